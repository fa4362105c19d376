//! What an order is for: amount, lines, description, checked at one door for making and editing.
//!
//! Rules: amount 1 to the largest payment, in the shop's currency; at most 50 lines, each with a name of 1–60 characters,
//! quantity 1–9999 and a price above zero in the same currency; the lines, if there are any, add up to the amount; description of at
//! most 80 characters. Texts keep the rules of `qianbao_core::text`.

use qianbao_api::ProblemCode;
use qianbao_api::orders::OrderLine;
use qianbao_core::amount::{AmountError, PositiveAmount};
use qianbao_core::text::{Description, LineName, TextError};
use qianbao_core::{Currency, Money};
use sha2::{Digest, Sha256};

/// Most lines of an order.
pub const LINES_MAX: usize = 50;
/// Largest quantity of a line.
pub const QUANTITY_MAX: u32 = 9_999;

/// What an order is for, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What is to be paid.
    pub amount: Money,
    /// Its lines, normalised.
    pub lines: Vec<OrderLine>,
    /// What it is for, normalised.
    pub description: String,
}

/// Why content is not an order's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// The amount is not payable.
    #[error("{param}: {source}")]
    Amount {
        /// Which field.
        param: String,
        /// Why.
        source: AmountError,
    },
    /// Another currency than the shop's.
    #[error("{param}: expected {expected}, the shop's currency, found {found}")]
    Currency {
        /// Which field.
        param: String,
        /// The shop's currency.
        expected: Currency,
        /// What was found.
        found: Currency,
    },
    /// A text cannot be used.
    #[error("{param}: {source}")]
    Text {
        /// Which field.
        param: String,
        /// Why.
        source: TextError,
    },
    /// Too many lines.
    #[error("expected at most {LINES_MAX} lines, found {0}")]
    TooManyLines(usize),
    /// A quantity is out of range.
    #[error("{param}: expected 1 to {QUANTITY_MAX}, found {found}")]
    Quantity {
        /// Which field.
        param: String,
        /// What was found.
        found: u32,
    },
    /// The lines do not add up.
    #[error("expected lines that add up to the amount of {expected} minor units, found {found}")]
    Sum {
        /// The amount.
        expected: i64,
        /// The sum of the lines.
        found: i128,
    },
}

impl ContentError {
    /// The problem it is on the wire.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::Amount { source: AmountError::NotPositive { .. }, .. } => ProblemCode::AmountNotPositive,
            Self::Amount { source: AmountError::TooLarge { .. }, .. } => ProblemCode::AmountTooLarge,
            Self::Currency { .. } => ProblemCode::CurrencyMismatch,
            Self::Text { source: TextError::CardNumber, .. } => ProblemCode::CardNumberInText,
            Self::Text { .. } | Self::TooManyLines(_) | Self::Quantity { .. } | Self::Sum { .. } => {
                ProblemCode::OrderInvalid
            }
        }
    }

    /// Which field of the request it is about.
    pub fn param(&self) -> &str {
        match self {
            Self::Amount { param, .. }
            | Self::Currency { param, .. }
            | Self::Text { param, .. }
            | Self::Quantity { param, .. } => param,
            Self::TooManyLines(_) => "lines",
            Self::Sum { .. } => "amount",
        }
    }
}

impl Content {
    /// Lets content in, or says why not. `largest` is the largest payment in minor units.
    ///
    /// # Errors
    /// [`ContentError`] names the first field that breaks a rule.
    pub fn new(
        amount: Money,
        lines: &[OrderLine],
        description: &str,
        currency: Currency,
        largest: i64,
    ) -> Result<Self, ContentError> {
        let amount = payable(amount, currency, largest, || "amount".to_owned())?;
        if lines.len() > LINES_MAX {
            return Err(ContentError::TooManyLines(lines.len()));
        }
        let lines: Vec<OrderLine> = lines
            .iter()
            .enumerate()
            .map(|(index, line)| checked_line(line, index, currency, largest))
            .collect::<Result<_, _>>()?;
        let sum: i128 = lines.iter().map(|line| i128::from(line.quantity) * i128::from(line.unit_price.minor)).sum();
        if !lines.is_empty() && sum != i128::from(amount.minor) {
            return Err(ContentError::Sum { expected: amount.minor, found: sum });
        }
        let description = Description::new(description)
            .map_err(|source| ContentError::Text { param: "description".to_owned(), source })?
            .into_string();
        Ok(Self { amount, lines, description })
    }

    /// SHA-256 of the content, `word` and `more`, to know a repeat from another request under the same id.
    pub fn digest(&self, word: &str, more: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(word);
        let mut part = |bytes: &[u8]| {
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        };
        part(more);
        part(&self.amount.minor.to_be_bytes());
        part(self.amount.currency.code().as_bytes());
        part(self.description.as_bytes());
        for line in &self.lines {
            part(line.name.as_bytes());
            part(&line.quantity.to_be_bytes());
            part(&line.unit_price.minor.to_be_bytes());
        }
        hash.finalize().into()
    }
}

fn checked_line(line: &OrderLine, index: usize, currency: Currency, largest: i64) -> Result<OrderLine, ContentError> {
    let field = |name: &str| format!("lines[{index}].{name}");
    let name =
        LineName::new(&line.name).map_err(|source| ContentError::Text { param: field("name"), source })?.into_string();
    if !(1..=QUANTITY_MAX).contains(&line.quantity) {
        return Err(ContentError::Quantity { param: field("quantity"), found: line.quantity });
    }
    let unit_price = payable(line.unit_price, currency, largest, || field("unit_price"))?;
    Ok(OrderLine { name, quantity: line.quantity, unit_price })
}

fn payable(amount: Money, currency: Currency, largest: i64, param: impl Fn() -> String) -> Result<Money, ContentError> {
    if amount.currency != currency {
        return Err(ContentError::Currency { param: param(), expected: currency, found: amount.currency });
    }
    let payable = PositiveAmount::up_to(amount, largest).map(PositiveAmount::money);
    payable.map_err(|source| ContentError::Amount { param: param(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(minor: i64) -> Money {
        Money::new(minor, Currency::CNY)
    }

    fn line(name: &str, quantity: u32, minor: i64) -> OrderLine {
        OrderLine { name: name.to_owned(), quantity, unit_price: yuan(minor) }
    }

    fn check(amount: Money, lines: &[OrderLine], description: &str) -> Result<Content, ContentError> {
        Content::new(amount, lines, description, Currency::CNY, 5_000_000)
    }

    #[test]
    fn lines_add_up_and_texts_are_normalised() {
        let content =
            check(yuan(4_400), &[line(" 龙井  茶 ", 2, 1_800), line("饼", 1, 800)], " 下午茶 ").expect("adds up");
        assert_eq!(content.lines[0].name, "龙井 茶");
        assert_eq!(content.description, "下午茶");
        assert!(check(yuan(1), &[], "").is_ok(), "an amount alone is an order");
    }

    #[test]
    fn each_broken_rule_has_its_code_and_field() {
        let cases = [
            (check(yuan(0), &[], ""), ProblemCode::AmountNotPositive, "amount"),
            (check(yuan(-5), &[], ""), ProblemCode::AmountNotPositive, "amount"),
            (check(yuan(i64::MAX), &[], ""), ProblemCode::AmountTooLarge, "amount"),
            (check(yuan(5_000_001), &[], ""), ProblemCode::AmountTooLarge, "amount"),
            (
                check(Money::new(5, Currency::from_numeric(840).expect("USD")), &[], ""),
                ProblemCode::CurrencyMismatch,
                "amount",
            ),
            (check(yuan(9), &[line("a", 1, 8)], ""), ProblemCode::OrderInvalid, "amount"),
            (check(yuan(9), &[line("a", 0, 9)], ""), ProblemCode::OrderInvalid, "lines[0].quantity"),
            (check(yuan(9), &[line("a", 10_000, 9)], ""), ProblemCode::OrderInvalid, "lines[0].quantity"),
            (
                check(yuan(9), &[line("a", 1, 9), line("b", 1, -9)], ""),
                ProblemCode::AmountNotPositive,
                "lines[1].unit_price",
            ),
            (check(yuan(9), &[line("", 1, 9)], ""), ProblemCode::OrderInvalid, "lines[0].name"),
            (check(yuan(9), &[line("a\u{202e}b", 1, 9)], ""), ProblemCode::OrderInvalid, "lines[0].name"),
            (check(yuan(9), &[line(&"x".repeat(10_000), 1, 9)], ""), ProblemCode::OrderInvalid, "lines[0].name"),
            (check(yuan(9), &[], &"长".repeat(81)), ProblemCode::OrderInvalid, "description"),
            (check(yuan(9), &[], "4111 1111 1111 1111"), ProblemCode::CardNumberInText, "description"),
            (check(yuan(51), &vec![line("a", 1, 1); 51], ""), ProblemCode::OrderInvalid, "lines"),
        ];
        for (found, code, param) in cases {
            let error = found.expect_err("each case breaks a rule");
            assert_eq!((error.code(), error.param()), (code, param), "{error}");
        }
    }

    #[test]
    fn another_content_has_another_digest() {
        let first = check(yuan(4), &[line("a", 1, 4)], "x").expect("right");
        let others = [
            check(yuan(4), &[], "x").expect("right"),
            check(yuan(4), &[line("b", 1, 4)], "x").expect("right"),
            check(yuan(4), &[line("a", 2, 2)], "x").expect("right"),
            check(yuan(4), &[line("a", 1, 4)], "y").expect("right"),
        ];
        for other in others {
            assert_ne!(other.digest("w", b""), first.digest("w", b""));
        }
        assert_ne!(first.digest("w", b"1"), first.digest("w", b"2"));
    }
}
