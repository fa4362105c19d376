//! Language, theme and sound, as kept in this browser. `web/src/preferences.js` reads the same keys before the first
//! paint and sets them on the document.

use leptos::prelude::{document, window};
use web_sys::Storage;

use super::page;
use crate::texts::Locale;

const LANGUAGE: &str = "qianbao.language";
const THEME: &str = "qianbao.theme";
const SILENT: &str = "qianbao.silent";

/// How light the desk is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Dark ink on paper.
    Light,
    /// Light ink on night.
    Dark,
}

/// The browser's store of small texts; a private window may have none.
fn store() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn read(key: &str) -> Option<String> {
    store()?.get_item(key).ok().flatten()
}

/// Keeps `value`, or forgets it. Where the browser keeps nothing the choice lasts as long as the page.
fn keep(key: &str, value: Option<&str>) {
    let Some(store) = store() else { return };
    let _ = match value {
        Some(value) => store.set_item(key, value),
        None => store.remove_item(key),
    };
}

/// The language the page was painted in.
pub fn language() -> Locale {
    let painted = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    if painted.starts_with("zh") { Locale::zh } else { Locale::en }
}

/// Keeps the language, and sets it on the document.
pub fn keep_language(locale: Locale) {
    let (kept, tag) = match locale {
        Locale::zh => ("zh", "zh-CN"),
        Locale::en => ("en", "en"),
    };
    keep(LANGUAGE, Some(kept));
    if let Some(root) = document().document_element() {
        // Setting a plain attribute cannot fail.
        let _ = root.set_attribute("lang", tag);
    }
}

/// The theme the person chose.
pub fn theme() -> Theme {
    match read(THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Keeps the theme, and sets it on the document.
pub fn keep_theme(theme: Theme) {
    keep(
        THEME,
        match theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        },
    );
    page::apply_theme();
}

/// Whether a payment is heard; it is unless the person switched that off.
pub fn sound() -> bool {
    read(SILENT).is_none()
}

/// Keeps whether a payment is heard.
pub fn keep_sound(on: bool) {
    keep(SILENT, (!on).then_some("yes"));
}
