//! The one door for amounts that a request may move: positive, and not above [`AMOUNT_MAX_MINOR`].
//!
//! Server and browser refuse by this type alone, so that zero, a negative amount and a slip of the finger by three
//! digits are met alike on both sides. Limits of a person or shop are another matter and lower.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Currency, Money};

/// Largest amount of one payment, order, refund or top-up, in minor units of its currency: 100,000,000.00 for CNY.
///
/// Such an amount prints in at most 12 characters (an EMVCo code has room for 13), and 900 million of them fit into the
/// `i64` sums of one account.
pub const AMOUNT_MAX_MINOR: i64 = 10_000_000_000;

/// An amount in `1..=AMOUNT_MAX_MINOR` minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PositiveAmount(Money);

/// The amount cannot be moved by one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Zero or negative.
    #[error("expected an amount above zero, found {found} minor units")]
    NotPositive {
        /// Minor units found.
        found: i64,
    },
    /// Above [`AMOUNT_MAX_MINOR`].
    #[error("expected at most {AMOUNT_MAX_MINOR} minor units, found {found}")]
    TooLarge {
        /// Minor units found.
        found: i64,
    },
}

impl PositiveAmount {
    /// Lets `money` in, or says why not.
    ///
    /// # Errors
    /// [`AmountError`] for zero, negative and too large amounts.
    pub const fn new(money: Money) -> Result<Self, AmountError> {
        if money.minor <= 0 {
            Err(AmountError::NotPositive { found: money.minor })
        } else if money.minor > AMOUNT_MAX_MINOR {
            Err(AmountError::TooLarge { found: money.minor })
        } else {
            Ok(Self(money))
        }
    }

    /// The largest amount in `currency`.
    pub const fn max(currency: Currency) -> Self {
        Self(Money::new(AMOUNT_MAX_MINOR, currency))
    }

    /// The amount as money.
    pub const fn money(self) -> Money {
        self.0
    }

    /// Minor units, `1..=AMOUNT_MAX_MINOR`.
    pub const fn minor(self) -> i64 {
        self.0.minor
    }

    /// Currency.
    pub const fn currency(self) -> Currency {
        self.0.currency
    }
}

impl TryFrom<Money> for PositiveAmount {
    type Error = AmountError;

    fn try_from(money: Money) -> Result<Self, AmountError> {
        Self::new(money)
    }
}

impl From<PositiveAmount> for Money {
    fn from(amount: PositiveAmount) -> Self {
        amount.0
    }
}

impl Serialize for PositiveAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PositiveAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Money::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_amounts_up_to_the_maximum_pass() {
        let door = |minor| PositiveAmount::new(Money::new(minor, Currency::CNY)).map(PositiveAmount::minor);
        assert_eq!(door(1), Ok(1));
        assert_eq!(door(AMOUNT_MAX_MINOR), Ok(AMOUNT_MAX_MINOR));
        assert_eq!(door(0), Err(AmountError::NotPositive { found: 0 }));
        assert_eq!(door(-1), Err(AmountError::NotPositive { found: -1 }));
        assert_eq!(door(i64::MIN), Err(AmountError::NotPositive { found: i64::MIN }));
        assert_eq!(door(AMOUNT_MAX_MINOR + 1), Err(AmountError::TooLarge { found: AMOUNT_MAX_MINOR + 1 }));
        assert_eq!(door(i64::MAX), Err(AmountError::TooLarge { found: i64::MAX }));
    }

    #[test]
    fn a_document_with_zero_is_refused() {
        assert!(serde_json::from_str::<PositiveAmount>(r#"{"minor":"0","currency":"CNY"}"#).is_err());
        assert!(serde_json::from_str::<PositiveAmount>(r#"{"minor":"1","currency":"CNY"}"#).is_ok());
    }
}
