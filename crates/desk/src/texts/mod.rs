//! Words in the person's language.
//!
//! The texts stand in `web/locales`; the build makes a function of each, so that a missing one does not compile. A view
//! takes its words by [`say!`](crate::say), which follows a change of language.

mod problems;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_ui::words::KitWords;

pub use generated::i18n::Locale;
pub use problems::{failure, problem};

use crate::browser::preferences;

/// The module that the build makes of `web/locales`.
#[doc(hidden)]
#[allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications, reason = "made by the build")]
pub mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
}

/// The language of the page. Copy it out of the context.
#[derive(Clone, Copy, Debug)]
pub struct Language(RwSignal<Locale>);

impl Language {
    /// Starts in the language the page was painted in.
    pub fn provide() -> Self {
        let language = Self(RwSignal::new(preferences::language()));
        provide_context(language);
        language
    }

    /// The language of the app.
    ///
    /// # Panics
    /// Panics where nobody above has called [`Language::provide`].
    pub fn get() -> Self {
        expect_context()
    }

    /// The language now; a view that reads it follows it.
    pub fn locale(self) -> Locale {
        self.0.get()
    }

    /// Changes the language, here and for the next visit.
    pub fn change(self, locale: Locale) {
        preferences::keep_language(locale);
        self.0.set(locale);
    }
}

/// A text as a prop that follows the language: `say!(close)`, `say!(expires_in, time = || clock.get())`. Values are
/// closures, read each time the text is.
#[macro_export]
macro_rules! say {
    ($key:ident) => {{
        let language = $crate::texts::Language::get();
        ::leptos::text_prop::TextProp::from(move || {
            $crate::texts::generated::i18n::td_string!(language.locale(), desk.$key)
        })
    }};
    ($key:ident, $($name:ident = $value:expr),+) => {{
        let language = $crate::texts::Language::get();
        ::leptos::text_prop::TextProp::from(move || {
            $crate::texts::generated::i18n::td_string!(language.locale(), desk.$key, $($name = ($value)()),+)
        })
    }};
}

/// A text as it is in `locale` now: for titles and for what is said once.
#[macro_export]
macro_rules! word {
    ($locale:expr, $key:ident $(, $name:ident = $value:expr)*) => {
        $crate::texts::generated::i18n::td_string!($locale, desk.$key $(, $name = $value)*)
    };
}

/// Gives the kit its own few words.
pub fn provide_kit_words() {
    KitWords {
        close: say!(close),
        back: say!(back),
        amount_hidden: say!(amount_hidden),
        password_show: say!(password_show),
        password_hide: say!(password_hide),
        key_delete: say!(key_delete),
        key_point: say!(key_point),
        loading: say!(loading),
    }
    .provide();
}

/// A line of business by its merchant category code; the code itself where the desk has no word for it.
pub fn category(code: String) -> TextProp {
    let language = Language::get();
    TextProp::from(move || {
        let locale = language.locale();
        match code.as_str() {
            "5812" => word!(locale, category_5812).to_owned(),
            "5411" => word!(locale, category_5411).to_owned(),
            "5499" => word!(locale, category_5499).to_owned(),
            "5942" => word!(locale, category_5942).to_owned(),
            "5651" => word!(locale, category_5651).to_owned(),
            "7230" => word!(locale, category_7230).to_owned(),
            "5999" => word!(locale, category_5999).to_owned(),
            other => other.to_owned(),
        }
    })
}
