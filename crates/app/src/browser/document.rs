//! The document's own properties: language, title, theme, focus, the fragment of its address.

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::JsCast;

use super::calendar::tag;
use crate::state::preferences::Theme;
use crate::words::Locale;

fn root() -> Option<web_sys::HtmlElement> {
    document().document_element()?.dyn_into().ok()
}

/// Tells browsers and screen readers the language.
pub fn set_language(locale: Locale) {
    if let Some(root) = root() {
        root.set_lang(tag(locale));
    }
}

/// The language of the document as the start page set it.
pub fn language() -> Locale {
    let chinese = root().is_none_or(|root| root.lang().starts_with("zh"));
    if chinese { Locale::zh } else { Locale::en }
}

/// Whether the system wants dark colours.
pub fn system_is_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}

/// Paints in `theme`.
pub fn set_theme(theme: Theme) {
    let dark = match theme {
        Theme::System => system_is_dark(),
        Theme::Light => false,
        Theme::Dark => true,
    };
    if let Some(root) = root() {
        // Setting a plain attribute on the root element cannot fail.
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
    }
}

/// Names the page.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Puts the focus on the heading of a new screen, so that a screen reader says where one is.
pub fn focus_heading() {
    request_animation_frame(|| {
        let heading = document().query_selector("main h1").ok().flatten();
        if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A heading that has left the page again needs no focus.
            let _ = heading.set_attribute("tabindex", "-1");
            let _ = heading.focus();
        }
        window().scroll_to_with_x_and_y(0.0, 0.0);
    });
}

/// The whole address, when its fragment carries a payment link: another app's camera opened it here.
pub fn address_with_link() -> Option<String> {
    let location = window().location();
    location.hash().ok().filter(|fragment| fragment.len() > 1).and_then(|_| location.href().ok())
}

/// Loads the page anew at `path`.
pub fn start_anew(path: &str) {
    // A browser that refuses to navigate is about to close the page.
    let _ = window().location().replace(path);
}
