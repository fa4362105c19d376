//! What an account counts in: money, limits apart from money, counts, points, fund units.

use std::fmt;
use std::str::FromStr;

use super::label::Label;
use crate::Currency;

/// The unit of an account. Two accounts exchange value only within one asset.
///
/// Text form: `CNY` (money), `CNY·limit` (a budget in minor units of CNY), `count`, `points:NAME`, `units:NAME`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asset {
    /// Money, in minor units of the currency.
    Money(Currency),
    /// A budget, in minor units of the currency: no money, but counted like it.
    Limit(Currency),
    /// Whole occurrences, for velocity rules.
    Count,
    /// Points of a programme, at no decimals.
    Points(AssetName),
    /// Units of a fund, at four decimals.
    Units(AssetName),
}

/// Name of a point programme or a fund, 1 to 16 bytes.
pub type AssetName = Label<16>;

/// The text is not an asset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an asset such as CNY, CNY·limit, count, points:NAME or units:NAME, found {found:?}")]
pub struct AssetError {
    /// What was found, cut to 40 characters.
    pub found: String,
}

impl Asset {
    /// How many decimal digits one smallest unit stands for: 2 for CNY, 0 for counts and points, 4 for fund units.
    pub fn exponent(self) -> u8 {
        match self {
            Self::Money(currency) | Self::Limit(currency) => currency.exponent(),
            Self::Count | Self::Points(_) => 0,
            Self::Units(_) => 4,
        }
    }

    /// The currency, when the asset is money.
    pub fn money(self) -> Option<Currency> {
        match self {
            Self::Money(currency) => Some(currency),
            _ => None,
        }
    }
}

impl From<Currency> for Asset {
    fn from(currency: Currency) -> Self {
        Self::Money(currency)
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money(currency) => f.write_str(currency.code()),
            Self::Limit(currency) => write!(f, "{}·limit", currency.code()),
            Self::Count => f.write_str("count"),
            Self::Points(name) => write!(f, "points:{name}"),
            Self::Units(name) => write!(f, "units:{name}"),
        }
    }
}

impl FromStr for Asset {
    type Err = AssetError;

    fn from_str(text: &str) -> Result<Self, AssetError> {
        let error = || AssetError { found: text.chars().take(40).collect() };
        if text == "count" {
            Ok(Self::Count)
        } else if let Some(code) = text.strip_suffix("·limit") {
            code.parse().map(Self::Limit).map_err(|_| error())
        } else if let Some(name) = text.strip_prefix("points:") {
            AssetName::new(name).map(Self::Points).map_err(|_| error())
        } else if let Some(name) = text.strip_prefix("units:") {
            AssetName::new(name).map(Self::Units).map_err(|_| error())
        } else {
            text.parse().map(Self::Money).map_err(|_| error())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms_come_back() {
        for text in ["CNY", "JPY·limit", "count", "points:tea", "units:000198.OF"] {
            assert_eq!(text.parse::<Asset>().map(|asset| asset.to_string()), Ok(text.to_owned()));
        }
        for wrong in ["", "cny", "CNY·", "points:", "units:a b", "XXX"] {
            assert!(wrong.parse::<Asset>().is_err(), "{wrong:?}");
        }
    }
}
