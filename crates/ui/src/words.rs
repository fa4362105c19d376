//! The words that belong to the kit's own parts, given once by each app in its language.

use crate::dom::{Child, View};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// Words of parts. Every app provides them before it shows a part.
#[derive(Clone, Debug, Default)]
pub struct KitWords {
    /// Closes a sheet.
    pub close: TextProp,
    /// Goes back one screen.
    pub back: TextProp,
    /// Stands for an amount that is hidden.
    pub amount_hidden: TextProp,
    /// Shows what is typed into a password field.
    pub password_show: TextProp,
    /// Hides it again.
    pub password_hide: TextProp,
    /// Deletes the last digit on a keypad.
    pub key_delete: TextProp,
    /// The decimal point on a keypad.
    pub key_point: TextProp,
    /// Something is being loaded.
    pub loading: TextProp,
}

impl KitWords {
    /// Makes these words the ones of all parts below.
    pub fn provide(self) {
        provide_context(self);
    }

    /// The words in force; empty ones where an app gave none.
    pub fn get() -> Self {
        use_context().unwrap_or_default()
    }
}

/// A text in a view that follows the language.
pub fn text(words: TextProp) -> View {
    (move || words.get()).built()
}
