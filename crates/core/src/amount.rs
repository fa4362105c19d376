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
    /// Above the limit that holds here, at most [`AMOUNT_MAX_MINOR`].
    #[error("expected at most {most} minor units, found {found}")]
    TooLarge {
        /// The limit, minor units.
        most: i64,
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
        Self::up_to(money, AMOUNT_MAX_MINOR)
    }

    /// Lets `money` in where a lower limit holds, or says why not, with the limit that holds.
    ///
    /// # Errors
    /// [`AmountError`] for zero, negative and too large amounts.
    pub const fn up_to(money: Money, most: i64) -> Result<Self, AmountError> {
        let most = if most < AMOUNT_MAX_MINOR { most } else { AMOUNT_MAX_MINOR };
        if money.minor <= 0 {
            Err(AmountError::NotPositive { found: money.minor })
        } else if money.minor > most {
            Err(AmountError::TooLarge { most, found: money.minor })
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
        let most = AMOUNT_MAX_MINOR;
        assert_eq!(door(most + 1), Err(AmountError::TooLarge { most, found: most + 1 }));
        assert_eq!(door(i64::MAX), Err(AmountError::TooLarge { most, found: i64::MAX }));
    }

    #[test]
    fn a_lower_limit_is_the_one_that_is_named_however_large_the_amount() {
        let door = |minor, most| PositiveAmount::up_to(Money::new(minor, Currency::CNY), most);
        assert!(door(200, 200).is_ok());
        for found in [201, AMOUNT_MAX_MINOR + 1, i64::MAX] {
            assert_eq!(door(found, 200), Err(AmountError::TooLarge { most: 200, found }));
        }
        assert_eq!(door(i64::MAX, i64::MAX), Err(AmountError::TooLarge { most: AMOUNT_MAX_MINOR, found: i64::MAX }));
    }

    #[test]
    fn a_document_with_zero_is_refused() {
        assert!(serde_json::from_str::<PositiveAmount>(r#"{"minor":"0","currency":"CNY"}"#).is_err());
        assert!(serde_json::from_str::<PositiveAmount>(r#"{"minor":"1","currency":"CNY"}"#).is_ok());
    }
}
