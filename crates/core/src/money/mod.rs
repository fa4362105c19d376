//! Money: integer minor units with their currency, and all arithmetic on them.
//!
//! - this file: the value, checked addition, subtraction, negation, multiplication;
//! - [`Money::parse`]: what people type → money;
//! - [`print`](AmountParts): money → what people read, in parts that a page can style;
//! - [`allocate`](Money::allocate): one amount into shares that add up to it;
//! - [`fee`](BasisPoints): rates in basis points with a named [`Rounding`].
//!
//! Guarantees: no operation wraps, loses a minor unit or mixes currencies; each says so with an error instead. `i128`
//! stands only inside multiplication and division. No floats.

mod allocate;
mod fee;
mod parse;
mod print;

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Currency;

pub use allocate::{AllocateError, PARTS_MAX};
pub use fee::{BasisPoints, FeeBackError, Rounding, fee_back};
pub use parse::{ParseMoneyError, TYPED_CHARACTERS_MAX};
pub use print::AmountParts;

/// An amount in minor units of its currency (分 for CNY). May be zero or negative; where a rule forbids that, the rule
/// has a type or a check of its own, such as [`PositiveAmount`](crate::PositiveAmount).
///
/// On the wire: `{"minor":"1800","currency":"CNY"}`. The amount is a string because JavaScript numbers end at 2^53, and
/// has one form only: digits without leading zeros, with `-` before a negative one.
///
/// Two amounts compare only within one currency: across currencies `<` and `>` are both false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units.
    #[serde(serialize_with = "to_text", deserialize_with = "from_text")]
    pub minor: i64,
    /// Currency of the minor units.
    pub currency: Currency,
}

/// Two amounts cannot be put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit into 64 bits of minor units.
    #[error("the result does not fit into 64 bits of minor units")]
    Overflow,
    /// The amounts are in different currencies.
    #[error("expected an amount in {expected}, found {found}: exchange it first")]
    CurrencyMismatch {
        /// Currency of the left side.
        expected: Currency,
        /// Currency of the right side.
        found: Currency,
    },
}

impl Money {
    /// `minor` units of `currency`.
    #[inline]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    #[inline]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether it is nothing.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Whether it is above zero.
    #[inline]
    pub const fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// Whether it is below zero.
    #[inline]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// `self + other`.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the sum does not fit.
    #[inline]
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`MoneyError`] when the currencies differ or the difference does not fit.
    #[inline]
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.minor.checked_sub(other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// `-self`.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for `i64::MIN`, which has no counterpart.
    #[inline]
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        self.minor.checked_neg().map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// `self × factor`, such as a price times a quantity.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the product does not fit.
    #[inline]
    pub fn checked_mul(self, factor: i64) -> Result<Self, MoneyError> {
        self.minor.checked_mul(factor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// The sum of `amounts` in `currency`; zero when there are none. Only the sum has to fit, whatever their order.
    ///
    /// Sixteen at a time are asked once whether they are all of the currency, and every fourth is added to the same of four sums: an addition
    /// then has one branch of its own and not two, and waits for the fourth before it. Without any branch, asking 256 at a time whether
    /// they are small, it takes half as long again: the processor takes two branches that are not taken in a turn for nothing.
    ///
    /// # Errors
    /// [`MoneyError`] when one is in another currency, the first such, or else when the sum does not fit.
    pub fn sum(currency: Currency, amounts: &[Self]) -> Result<Self, MoneyError> {
        let mut sums = [0_i64; 4];
        let (sixteens, rest) = amounts.as_chunks::<16>();
        for sixteen in sixteens {
            let mut difference = 0;
            for four in sixteen.as_chunks::<4>().0 {
                for (sum, amount) in sums.iter_mut().zip(four) {
                    difference |= amount.currency.tag() ^ currency.tag();
                    let Some(added) = sum.checked_add(amount.minor) else { return sum_widely(0, currency, amounts) };
                    *sum = added;
                }
            }
            if difference != 0 {
                return sum_widely(0, currency, amounts);
            }
        }
        sum_widely(sums.into_iter().map(i128::from).sum(), currency, rest)
    }

    #[inline]
    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { expected: self.currency, found: other.currency })
        }
    }
}

/// `start` and the sum of `amounts`, as its definition says: no slice is so long that 128 bits overflow.
fn sum_widely(start: i128, currency: Currency, amounts: &[Money]) -> Result<Money, MoneyError> {
    let zero = Money::zero(currency);
    let mut total = start;
    for amount in amounts {
        zero.same_currency(*amount)?;
        total += i128::from(amount.minor);
    }
    i64::try_from(total).map(|minor| Money::new(minor, currency)).map_err(|_| MoneyError::Overflow)
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

impl fmt::Display for Money {
    /// For logs and errors: `CNY -1234.56`. What people read is [`AmountParts`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.to_decimal())
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields by reference; on wasm32 the lint is silent")]
fn to_text<S: Serializer>(minor: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(minor)
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let canonical = digits.starts_with(|first: char| matches!(first, '1'..='9')) || text == "0";
    let minor = if canonical { text.parse().ok() } else { None };
    minor.ok_or_else(|| serde::de::Error::custom("expected whole minor units as a string such as \"1800\""))
}
