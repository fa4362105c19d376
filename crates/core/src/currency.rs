//! Currencies of ISO 4217 with their exponents.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency of ISO 4217 that has minor units (special codes such as XXX or XAU are refused).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// The text is not a currency of ISO 4217 with minor units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a three-letter ISO 4217 currency with minor units such as CNY, found {found:?}")]
pub struct CurrencyError {
    /// What was found instead, cut to 16 characters.
    pub found: String,
}

impl Currency {
    /// Renminbi, the currency of the demo and of most examples.
    pub const CNY: Self = Self(iso_currency::Currency::CNY);

    /// The alphabetic code, such as `CNY`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// The numeric code, such as 156 for CNY.
    pub fn numeric(self) -> u16 {
        self.0.numeric()
    }

    /// A number that no other currency has; only good for comparing within one run of a program.
    #[inline]
    pub(crate) const fn tag(self) -> u16 {
        self.0 as u16
    }

    /// How many decimal digits the minor unit has: 0 for JPY, 2 for CNY, 3 for KWD, 4 for CLF.
    pub fn exponent(self) -> u8 {
        u8::try_from(self.0.exponent().unwrap_or(0)).unwrap_or(0)
    }

    /// The currency with this numeric code.
    pub fn from_numeric(numeric: u16) -> Option<Self> {
        iso_currency::Currency::from_numeric(numeric).filter(|c| c.exponent().is_some()).map(Self)
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    /// By alphabetic code.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        iso_currency::Currency::from_code(text)
            .filter(|c| c.exponent().is_some())
            .map(Self)
            .ok_or_else(|| CurrencyError { found: text.chars().take(16).collect() })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
