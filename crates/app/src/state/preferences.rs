//! What a person prefers in this browser: language, theme, whether amounts are shown, whether money in makes a sound.

use leptos::prelude::*;
use qianbao_ui::kept;

use crate::browser::document;
use crate::words::{Locale, Words};

/// Which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

// The start page reads the first two before the first paint; see `web/src/preferences.js`.
const LANGUAGE: &str = "qianbao.language";
const THEME: &str = "qianbao.theme";
const HIDDEN: &str = "qianbao.amounts-hidden";
const SILENT: &str = "qianbao.silent";
const LOCK_AFTER: &str = "qianbao.lock-after";

/// After how many minutes without a touch the wallet may lock itself.
pub const LOCK_AFTER_MINUTES: [u32; 4] = [1, 5, 15, 60];
/// Unless the person says otherwise.
const LOCK_AFTER_MINUTES_USUAL: u32 = 5;

/// The preferences. Copy them out of the context.
#[derive(Clone, Copy)]
pub struct Preferences {
    theme: RwSignal<Theme>,
    hidden: RwSignal<bool>,
    silent: RwSignal<bool>,
    lock_after: RwSignal<u32>,
}

/// After how many minutes without a touch the wallet locks itself, as this browser keeps it.
pub fn lock_after_kept() -> u32 {
    let kept = kept::get(LOCK_AFTER).and_then(|kept| kept.parse().ok());
    kept.filter(|minutes| LOCK_AFTER_MINUTES.contains(minutes)).unwrap_or(LOCK_AFTER_MINUTES_USUAL)
}

impl Preferences {
    /// Reads what this browser keeps, and holds it: see [`kept`].
    pub fn provide() {
        kept::hold(&[LANGUAGE, THEME, HIDDEN, SILENT, LOCK_AFTER]);
        let theme = match kept::get(THEME).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        let is_on = |key| kept::get(key).is_some();
        provide_context(Self {
            theme: RwSignal::new(theme),
            hidden: RwSignal::new(is_on(HIDDEN)),
            silent: RwSignal::new(is_on(SILENT)),
            lock_after: RwSignal::new(lock_after_kept()),
        });
    }

    /// The preferences of the app.
    pub fn get() -> Self {
        expect_context()
    }

    /// Which colours.
    pub fn theme(self) -> Signal<Theme> {
        self.theme.into()
    }

    /// Whether dots stand in the place of amounts.
    pub fn amounts_hidden(self) -> Signal<bool> {
        self.hidden.into()
    }

    /// Whether money that comes in makes no sound.
    pub fn silent(self) -> Signal<bool> {
        self.silent.into()
    }

    /// Speaks another language from here on.
    pub fn set_language(words: Words, locale: Locale) {
        let name = match locale {
            Locale::zh => "zh",
            Locale::en => "en",
        };
        kept::set(LANGUAGE, Some(name));
        document::set_language(locale);
        words.set_locale(locale);
    }

    /// Paints in other colours from here on.
    pub fn set_theme(self, theme: Theme) {
        let name = match theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        kept::set(THEME, name);
        document::set_theme(theme);
        self.theme.set(theme);
    }

    /// Hides or shows amounts.
    pub fn set_amounts_hidden(self, hidden: bool) {
        kept::set(HIDDEN, hidden.then_some("yes"));
        self.hidden.set(hidden);
    }

    /// After how many minutes without a touch the wallet locks itself.
    pub fn lock_after(self) -> Signal<u32> {
        self.lock_after.into()
    }

    /// Locks after another time from here on.
    pub fn set_lock_after(self, minutes: u32) {
        kept::set(LOCK_AFTER, Some(&minutes.to_string()));
        self.lock_after.set(minutes);
    }

    /// Silences money that comes in, or not.
    pub fn set_silent(self, silent: bool) {
        kept::set(SILENT, silent.then_some("yes"));
        self.silent.set(silent);
    }
}
