//! The choice of the language, by the languages' own names.

use leptos::prelude::*;
use qianbao_ui::Segmented;
use qianbao_ui::dom::{View, view};

use crate::state::Preferences;
use crate::words::{Locale, say, words};

const LANGUAGES: [Locale; 2] = [Locale::zh, Locale::en];

/// Chooses between 中文 and English.
#[component]
pub fn LanguageChoice() -> View {
    let words = words();
    let chosen = Signal::derive(move || LANGUAGES.iter().position(|known| *known == words.get_locale()).unwrap_or(0));
    let choose = move |place: usize| {
        if let Some(locale) = LANGUAGES.get(place) {
            Preferences::set_language(words, *locale);
        }
    };
    view! {
        <Segmented label=say!(words, language) options=vec!["中文".into(), "English".into()] chosen=chosen choose=choose />
    }
}
