//! Amounts as people type them, and the sentence for one that cannot be paid.

use qianbao_core::amount::{AmountError, PositiveAmount};
use qianbao_core::money::ParseMoneyError;
use qianbao_core::{Currency, Money};
use qianbao_ui::AmountParts;

use crate::words::{Words, said};

/// Why a typed text is no amount that can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedAmountError {
    /// The text is no amount of the currency.
    Text(ParseMoneyError),
    /// Zero or less.
    NotPositive,
    /// Above what one payment may be.
    TooLarge,
}

/// The amount that `text` says in `currency`, at most `max`.
pub fn typed(text: &str, currency: Currency, max: Money) -> Result<PositiveAmount, TypedAmountError> {
    let money = Money::parse(text, currency).map_err(|error| match error {
        ParseMoneyError::TooLarge => TypedAmountError::TooLarge,
        other => TypedAmountError::Text(other),
    })?;
    let amount = PositiveAmount::new(money).map_err(|error| match error {
        AmountError::NotPositive { .. } => TypedAmountError::NotPositive,
        AmountError::TooLarge { .. } => TypedAmountError::TooLarge,
    })?;
    if max.currency == currency && amount.minor() > max.minor { Err(TypedAmountError::TooLarge) } else { Ok(amount) }
}

impl TypedAmountError {
    /// What to say below the field; nothing while nothing is typed.
    pub fn sentence(&self, words: Words, currency: Currency, max: Money) -> String {
        match self {
            Self::Text(ParseMoneyError::NoDigits) => String::new(),
            Self::Text(ParseMoneyError::TooPrecise { .. }) => {
                said!(words, amount_too_precise, places = currency.exponent())
            }
            Self::Text(_) => said!(words, amount_not_number),
            Self::NotPositive => said!(words, amount_not_positive),
            Self::TooLarge => said!(words, amount_too_large, max = AmountParts::of(max).text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<i64, TypedAmountError> {
        let max = PositiveAmount::max(Currency::CNY).money();
        typed(text, Currency::CNY, max).map(PositiveAmount::minor)
    }

    #[test]
    fn what_can_be_paid_is_read() {
        for (text, minor) in [("18", 1_800), ("18.5", 1_850), ("0.01", 1), ("１８．５０", 1_850)] {
            assert_eq!(read(text), Ok(minor), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_paid_says_why() {
        use TypedAmountError::{NotPositive, Text, TooLarge};
        assert_eq!(read(""), Err(Text(ParseMoneyError::NoDigits)));
        assert!(matches!(read("1.005"), Err(Text(ParseMoneyError::TooPrecise { .. }))));
        assert!(matches!(read("' OR 1=1"), Err(Text(_))));
        assert!(matches!(read("<b>1</b>"), Err(Text(_))));
        assert_eq!(read("0"), Err(NotPositive));
        assert_eq!(read("-5"), Err(NotPositive));
        assert_eq!(read("100000000.01"), Err(TooLarge));
        assert_eq!(read(&"9".repeat(30)), Err(TooLarge));
    }

    #[test]
    fn a_lower_maximum_holds() {
        let max = Money::new(50_000, Currency::CNY);
        assert_eq!(typed("500", Currency::CNY, max).map(PositiveAmount::minor), Ok(50_000));
        assert_eq!(typed("500.01", Currency::CNY, max), Err(TypedAmountError::TooLarge));
    }
}
