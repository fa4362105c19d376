//! A keypad for amounts, or for digits alone.

use crate::dom::{Child, View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::icon::{Glyph, Icon};
use crate::words::KitWords;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A digit, 0–9.
    Digit(u8),
    /// The decimal point.
    Point,
    /// Takes the last character away.
    Delete,
}

const KEYS: [Key; 12] = [
    Key::Digit(1),
    Key::Digit(2),
    Key::Digit(3),
    Key::Digit(4),
    Key::Digit(5),
    Key::Digit(6),
    Key::Digit(7),
    Key::Digit(8),
    Key::Digit(9),
    Key::Point,
    Key::Digit(0),
    Key::Delete,
];

/// What is typed on a keypad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeypadKind {
    /// An amount.
    #[default]
    Amount,
    /// Digits; there is no point.
    Digits,
}

impl Key {
    /// What `text` becomes when this key is pressed. Never more than `exponent` places after the point, never more than
    /// `digits_max` before it, no zero in front of another digit; a key that would break this changes nothing.
    pub fn apply(self, text: &str, exponent: u8, digits_max: usize) -> String {
        let mut next = text.to_owned();
        match self {
            Self::Delete => {
                next.pop();
            }
            Self::Point => {
                if exponent > 0 && !text.contains('.') {
                    if text.is_empty() {
                        next.push('0');
                    }
                    next.push('.');
                }
            }
            Self::Digit(digit) => {
                let room = match text.split_once('.') {
                    Some((_, fraction)) => fraction.len() < usize::from(exponent),
                    None => text.len() < digits_max,
                };
                if text == "0" {
                    next.clear();
                }
                if room {
                    next.push(char::from(b'0' + digit.min(9)));
                }
            }
        }
        next
    }
}

/// A keypad.
#[component]
pub fn Keypad(
    /// Told of each key.
    #[prop(into)]
    press: Callback<Key>,
    /// What is typed.
    #[prop(optional)]
    kind: KeypadKind,
) -> View {
    let KitWords { key_delete, key_point, .. } = KitWords::get();
    let keys = KEYS.map(|key| {
        if key == Key::Point && kind == KeypadKind::Digits {
            return view! { <span></span> };
        }
        let (face, label) = match key {
            Key::Digit(digit) => (char::from(b'0' + digit).built(), None),
            Key::Point => ('.'.built(), Some(key_point.clone())),
            Key::Delete => (view! { <Icon glyph=Glyph::Backspace /> }, Some(key_delete.clone())),
        };
        view! {
            <button
                type="button"
                class="key"
                aria-label=move || label.as_ref().map(TextProp::get)
                on:click=move |_| press.run(key)
            >
                {face}
            </button>
        }
    });
    view! { <div class="keypad">{Vec::from(keys)}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[Key], exponent: u8) -> String {
        keys.iter().fold(String::new(), |text, key| key.apply(&text, exponent, 6))
    }

    #[test]
    fn an_amount_is_typed_as_on_a_till() {
        use Key::{Delete, Digit, Point};
        assert_eq!(typed(&[Digit(3), Digit(6), Point, Digit(5)], 2), "36.5");
        assert_eq!(typed(&[Point, Digit(0), Digit(5)], 2), "0.05");
        assert_eq!(typed(&[Digit(0), Digit(0), Digit(7)], 2), "7");
        assert_eq!(typed(&[Digit(1), Point, Point, Digit(2), Digit(3), Digit(4)], 2), "1.23");
        assert_eq!(typed(&[Digit(1), Point, Digit(2), Delete, Delete], 2), "1");
        assert_eq!(typed(&[Delete], 2), "");
        assert_eq!(typed(&[Digit(9); 9], 2), "999999");
        assert_eq!(typed(&[Digit(5), Point, Digit(1)], 0), "51");
    }
}
