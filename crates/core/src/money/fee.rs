//! Rates in basis points, and division with a named rounding.

use serde::{Deserialize, Serialize};

use super::{Money, MoneyError};

/// What happens to the part below one minor unit. All rules treat a negative amount as the mirror of the positive one,
/// so that what is taken and what is given back round alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest; a half away from zero (四舍五入).
    HalfUp,
    /// To the nearest; a half to the even neighbour.
    HalfEven,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

impl Rounding {
    /// `numerator ÷ denominator`, rounded. `denominator` is above zero.
    fn divide(self, numerator: i128, denominator: i128) -> i128 {
        let (quotient, remainder) = (numerator / denominator, (numerator % denominator).abs());
        // `remainder < denominator`, and the callers' denominators are below 2^63, so doubling is safe.
        let away = match self {
            Self::Down => false,
            Self::Up => remainder > 0,
            Self::HalfUp => remainder * 2 >= denominator,
            Self::HalfEven => remainder * 2 > denominator || remainder * 2 == denominator && quotient % 2 != 0,
        };
        quotient + if away { numerator.signum() } else { 0 }
    }
}

impl Money {
    /// `self × numerator ÷ denominator`, rounded once at the end.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the result does not fit, or when `denominator` is not above zero.
    pub fn checked_ratio(self, numerator: i64, denominator: i64, rounding: Rounding) -> Result<Self, MoneyError> {
        if denominator <= 0 {
            return Err(MoneyError::Overflow);
        }
        let exact = i128::from(self.minor) * i128::from(numerator);
        let minor = rounding.divide(exact, i128::from(denominator));
        i64::try_from(minor).map(|minor| Self { minor, ..self }).map_err(|_| MoneyError::Overflow)
    }
}

/// A rate in hundredths of a percent, 0 to 10,000: 38 is 0.38 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct BasisPoints(u16);

/// The rate is above 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 0 to 10000 basis points, found {found}")]
pub struct BasisPointsError {
    /// Basis points found.
    pub found: u16,
}

impl BasisPoints {
    /// The whole: 100 %.
    pub const WHOLE: u16 = 10_000;
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// This many basis points.
    ///
    /// # Errors
    /// [`BasisPointsError`] above [`Self::WHOLE`].
    pub const fn new(points: u16) -> Result<Self, BasisPointsError> {
        if points <= Self::WHOLE { Ok(Self(points)) } else { Err(BasisPointsError { found: points }) }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// This share of `amount`. Never fails: a share is not larger than the whole.
    pub fn of(self, amount: Money, rounding: Rounding) -> Money {
        let exact = i128::from(amount.minor) * i128::from(self.0);
        let minor = rounding.divide(exact, i128::from(Self::WHOLE));
        Money { minor: i64::try_from(minor).expect("at most 100 % of an amount fits where the amount does"), ..amount }
    }
}

impl TryFrom<u16> for BasisPoints {
    type Error = BasisPointsError;

    fn try_from(points: u16) -> Result<Self, BasisPointsError> {
        Self::new(points)
    }
}

impl From<BasisPoints> for u16 {
    fn from(points: BasisPoints) -> Self {
        points.0
    }
}

/// The share of a fee that goes back with a refund cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeeBackError {
    /// The amounts are in different currencies, or do not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// More is refunded than was paid, or nothing was paid, or an amount is negative.
    #[error("expected 0 ≤ refunded ≤ paid and 0 < paid, found refunded {refunded} of {paid}")]
    Range {
        /// Refunded so far, this refund included; minor units.
        refunded: i64,
        /// Paid; minor units.
        paid: i64,
    },
}

/// How much of `fee` goes back with a refund: `round(fee × refunded ÷ paid) − returned`, where `refunded` is all that has been
/// given back with this refund included, and `returned` what of the fee went back with the earlier ones.
///
/// Rounding the total instead of each step, the whole fee has gone back exactly when the whole payment has, in however many
/// refunds.
///
/// # Errors
/// [`FeeBackError`] when currencies differ or the refunds exceed the payment.
pub fn fee_back(
    fee: Money,
    paid: Money,
    refunded: Money,
    returned: Money,
    rounding: Rounding,
) -> Result<Money, FeeBackError> {
    fee.same_currency(paid)?;
    fee.same_currency(refunded)?;
    if paid.minor <= 0 || !(0..=paid.minor).contains(&refunded.minor) {
        return Err(FeeBackError::Range { refunded: refunded.minor, paid: paid.minor });
    }
    Ok(fee.checked_ratio(refunded.minor, paid.minor, rounding)?.checked_sub(returned)?)
}
