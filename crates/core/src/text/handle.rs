//! Handles: the public names by which people are found, such as `ming`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 3 to 30 characters of `a–z 0–9 . _`, beginning and ending with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

/// The text is no handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandleError {
    /// Too short or too long.
    #[error("expected 3 to 30 characters, found {found}")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// A character that handles do not have, or a dot or underscore at an end.
    #[error(
        "expected a–z, 0–9, dot and underscore with a letter or digit at both ends, found {character:?} at {position}"
    )]
    Character {
        /// The character.
        character: char,
        /// Its place, from 1.
        position: usize,
    },
}

impl Handle {
    /// The handle a person means: spaces around, one `@` in front and capital letters are forgiven, also full-width ones.
    ///
    /// # Errors
    /// [`HandleError`] when what is left is no handle.
    pub fn typed(text: &str) -> Result<Self, HandleError> {
        let text = text.trim();
        let name = text.strip_prefix(['@', '＠']).unwrap_or(text);
        let narrow = |c: char| match u32::from(c) {
            point @ 0xff01..=0xff5e => char::from_u32(point - 0xfee0).unwrap_or(c),
            _ => c,
        };
        name.chars().take(200).map(|c| narrow(c).to_ascii_lowercase()).collect::<String>().parse()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Handle {
    type Err = HandleError;

    /// Takes the exact form only.
    fn from_str(text: &str) -> Result<Self, HandleError> {
        let found = text.chars().count();
        if !(3..=30).contains(&found) {
            return Err(HandleError::Length { found });
        }
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let wrong = text.chars().enumerate().find(|&(index, c)| {
            let at_end = index == 0 || index + 1 == found;
            !(inner(c) || !at_end && matches!(c, '.' | '_'))
        });
        match wrong {
            Some((index, character)) => Err(HandleError::Character { character, position: index + 1 }),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Handle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Handle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
