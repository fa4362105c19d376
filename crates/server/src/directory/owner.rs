//! Whose documents a change is about.

use std::fmt;
use std::str::FromStr;

use qianbao_core::id::{IdError, PersonId, ShopId};

/// A person or a shop: whoever has a wallet and a mirror of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A person.
    Person(PersonId),
    /// A shop.
    Shop(ShopId),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => id.fmt(f),
            Self::Shop(id) => id.fmt(f),
        }
    }
}

impl FromStr for Owner {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.starts_with("shp_") { text.parse().map(Self::Shop) } else { text.parse().map(Self::Person) }
    }
}

impl From<PersonId> for Owner {
    fn from(id: PersonId) -> Self {
        Self::Person(id)
    }
}

impl From<ShopId> for Owner {
    fn from(id: ShopId) -> Self {
        Self::Shop(id)
    }
}
