//! Language, theme and sound, as kept in this browser. `web/src/preferences.js` reads the same keys before the first
//! paint and sets them on the document.

use leptos::prelude::document;
use qianbao_ui::kept;

use super::page;
use crate::texts::Locale;

const LANGUAGE: &str = "qianbao.language";
const THEME: &str = "qianbao.theme";
const SILENT: &str = "qianbao.silent";

/// Holds what this browser keeps: see [`kept`].
pub fn hold() {
    kept::hold(&[LANGUAGE, THEME, SILENT]);
}

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

/// The language the page was painted in.
pub fn language() -> Locale {
    let painted = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    if painted.starts_with("zh") { Locale::zh } else { Locale::en }
}

/// Keeps the language, and sets it on the document.
pub fn keep_language(locale: Locale) {
    let (name, tag) = match locale {
        Locale::zh => ("zh", "zh-CN"),
        Locale::en => ("en", "en"),
    };
    kept::set(LANGUAGE, Some(name));
    if let Some(root) = document().document_element() {
        // Setting a plain attribute cannot fail.
        let _ = root.set_attribute("lang", tag);
    }
}

/// The theme the person chose.
pub fn theme() -> Theme {
    match kept::get(THEME).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// Keeps the theme, and sets it on the document.
pub fn keep_theme(theme: Theme) {
    kept::set(
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
    kept::get(SILENT).is_none()
}

/// Keeps whether a payment is heard.
pub fn keep_sound(on: bool) {
    kept::set(SILENT, (!on).then_some("yes"));
}
