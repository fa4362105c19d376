//! Dividing one amount into shares that add up to it exactly (largest remainder method).

use super::Money;

/// Most shares one amount is divided into.
pub const PARTS_MAX: usize = 1_000;

/// The amount cannot be divided like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllocateError {
    /// No shares, or too many.
    #[error("expected 1 to {PARTS_MAX} shares, found {found}")]
    Parts {
        /// Shares found.
        found: usize,
    },
    /// All weights are zero.
    #[error("expected at least one weight above zero")]
    NoWeight,
}

impl Money {
    /// Divides the amount in proportion to `weights`. The shares add up to the amount; each is at most one minor unit
    /// away from its exact value, and the units left over go to the largest remainders, the earlier share first where they
    /// are equal. A negative amount is divided like its positive counterpart. A weight of zero gets nothing.
    ///
    /// ```
    /// # use qianbao_core::{Currency, Money};
    /// let shares = Money::new(100, Currency::CNY).allocate(&[1, 1, 1])?;
    /// assert_eq!(shares.iter().map(|share| share.minor).collect::<Vec<_>>(), [34, 33, 33]);
    /// # Ok::<(), qianbao_core::money::AllocateError>(())
    /// ```
    ///
    /// # Errors
    /// [`AllocateError`] for no shares, more than [`PARTS_MAX`], or weights that are all zero.
    pub fn allocate(self, weights: &[u64]) -> Result<Vec<Self>, AllocateError> {
        if weights.is_empty() || weights.len() > PARTS_MAX {
            return Err(AllocateError::Parts { found: weights.len() });
        }
        let whole: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
        if whole == 0 {
            return Err(AllocateError::NoWeight);
        }
        let magnitude = u128::from(self.minor.unsigned_abs());
        // 2^63 × 2^64 fits into 128 bits, and a weight is at most the whole, so a share fits into 64.
        let exact = |&weight: &u64| (magnitude * u128::from(weight) / whole, magnitude * u128::from(weight) % whole);
        let mut shares: Vec<(u128, u128)> = weights.iter().map(exact).collect();
        let left = magnitude - shares.iter().map(|(share, _)| share).sum::<u128>();
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(shares[index].1));
        // Each remainder is below the whole, so fewer units are left than there are shares with a remainder.
        for &index in order.iter().take(usize::try_from(left).unwrap_or(PARTS_MAX)) {
            shares[index].0 += 1;
        }
        Ok(shares.into_iter().map(|(share, _)| self.with_magnitude(share)).collect())
    }

    /// The same sign and currency with another magnitude, which is at most the present one.
    fn with_magnitude(self, magnitude: u128) -> Self {
        let signed = i128::try_from(magnitude).unwrap_or(i128::MAX) * i128::from(self.minor.signum());
        Self { minor: i64::try_from(signed).expect("a share is never larger than the whole"), ..self }
    }
}
