//! The fields that hold text, each with its length and its alphabet.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::rule::{Alphabet, Rule, TextError, Unit, admit};

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident { $($knob:ident: $value:expr),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $field(String);

        impl $field {
            const RULE: Rule = Rule { $($knob: $value),* };

            /// Longest text, in characters unless the type says bytes.
            pub const MAX: usize = Self::RULE.max;

            /// The text as typed, normalised and checked.
            ///
            /// # Errors
            /// [`TextError`] when the text does not keep the rule of this field.
            pub fn new(typed: &str) -> Result<Self, TextError> {
                admit(typed, &Self::RULE).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl FromStr for $field {
            type Err = TextError;

            fn from_str(typed: &str) -> Result<Self, TextError> {
                Self::new(typed)
            }
        }

        impl fmt::Display for $field {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $field {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $field {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

fields! {
    /// The name a person shows to others, 1–40 characters. Free text, never a proof of who they are.
    DisplayName { max: 40, unit: Unit::Characters, alphabet: Alphabet::Visible, optional: false, name: true }
    /// A legal name, 1–60 letters with the signs that join names.
    LegalName { max: 60, unit: Unit::Characters, alphabet: Alphabet::Name, optional: false, name: true }
    /// A shop's Chinese name, 1–40 characters.
    ShopNameZh { max: 40, unit: Unit::Characters, alphabet: Alphabet::Visible, optional: false, name: true }
    /// A shop's English name, 1–25 printable ASCII characters (object 59 of an EMVCo code).
    ShopNameEn { max: 25, unit: Unit::Characters, alphabet: Alphabet::Ascii, optional: false, name: true }
    /// A city, 1–15 printable ASCII characters (object 60 of an EMVCo code).
    City { max: 15, unit: Unit::Characters, alphabet: Alphabet::Ascii, optional: false, name: true }
    /// A note from payer to payee, at most 100 bytes of UTF-8; may be empty.
    Note { max: 100, unit: Unit::Bytes, alphabet: Alphabet::Visible, optional: true, name: false }
    /// What an order or a refund is for, at most 80 characters; may be empty.
    Description { max: 80, unit: Unit::Characters, alphabet: Alphabet::Visible, optional: true, name: false }
    /// The name of an order's line, 1–60 characters.
    LineName { max: 60, unit: Unit::Characters, alphabet: Alphabet::Visible, optional: false, name: false }
}

/// A merchant category code of ISO 18245: four digits, such as 5812 for restaurants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CategoryCode(u16);

impl CategoryCode {
    /// The number, 0–9999.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl FromStr for CategoryCode {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if let Some((index, character)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
            return Err(TextError::Forbidden { character, position: index + 1 });
        }
        match text.len() {
            4 => Ok(Self(text.parse().map_err(|_| TextError::Empty)?)),
            0..=3 => Err(TextError::Empty),
            found => Err(TextError::TooLong { max: 4, found, unit: Unit::Characters }),
        }
    }
}

impl fmt::Display for CategoryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_length() {
        assert!(DisplayName::new(&"名".repeat(40)).is_ok());
        assert!(matches!(DisplayName::new(&"名".repeat(41)), Err(TextError::TooLong { max: 40, found: 41, .. })));
        assert!(Note::new(&"谢".repeat(33)).is_ok());
        assert!(matches!(
            Note::new(&"谢".repeat(34)),
            Err(TextError::TooLong { max: 100, found: 102, unit: Unit::Bytes })
        ));
        assert_eq!(Note::new("  ").map(Note::into_string), Ok(String::new()));
        assert_eq!(LegalName::new(""), Err(TextError::Empty));
    }

    #[test]
    fn each_field_has_its_alphabet() {
        assert!(LegalName::new("Jean-Luc O'Neil, Jr.").is_ok());
        assert!(LegalName::new("阿依古丽·买买提").is_ok());
        assert!(matches!(LegalName::new("Ming 2"), Err(TextError::Forbidden { character: '2', position: 6 })));
        assert!(matches!(ShopNameEn::new("云山茶铺"), Err(TextError::Forbidden { character: '云', position: 1 })));
        assert_eq!(Note::new("<b>'; DROP TABLE</b>").map(Note::into_string).as_deref(), Ok("<b>'; DROP TABLE</b>"));
        assert_eq!(Note::new("4111 1111 1111 1111"), Err(TextError::CardNumber));
        assert_eq!("5812".parse::<CategoryCode>().map(|code| code.to_string()).as_deref(), Ok("5812"));
        assert!("58a2".parse::<CategoryCode>().is_err());
    }
}
