//! Printing money: in parts that a page draws differently, and as a plain decimal for codes and files.

use std::borrow::Cow;

use super::Money;
use crate::{Currency, Locale};

/// An amount in parts. Together they read as `−¥12,480.36`.
///
/// Both languages write digits, groups of three and the point alike; they differ in the signs of foreign currencies. A
/// currency without a short sign shows its code and a no-break space. `¥` is the yuan in both languages, as everywhere in
/// this wallet; the yen is `JP¥`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountParts {
    /// Whether the amount is below zero.
    pub negative: bool,
    /// Sign of the currency.
    pub symbol: Cow<'static, str>,
    /// Whole units in groups of three.
    pub major: String,
    /// Point and minor units; empty for currencies without.
    pub minor: String,
}

impl AmountParts {
    /// The parts of `money` with the signs that are unmistakable in both languages.
    pub fn of(money: Money) -> Self {
        Self::in_language(money, Locale::Zh)
    }

    /// The parts of `money` with the signs of a language.
    pub fn in_language(money: Money, locale: Locale) -> Self {
        let (whole, minor) = whole_and_minor(money);
        Self { negative: money.is_negative(), symbol: symbol(money.currency, locale), major: grouped(&whole), minor }
    }

    /// A minus (U+2212) for negative amounts, else nothing.
    pub fn minus(&self) -> &'static str {
        if self.negative { "\u{2212}" } else { "" }
    }

    /// A minus (U+2212) or a plus.
    pub fn direction(&self) -> &'static str {
        if self.negative { "\u{2212}" } else { "+" }
    }

    /// All in one text, such as `−¥12,480.36`.
    pub fn text(&self) -> String {
        [self.minus(), &self.symbol, &self.major, &self.minor].concat()
    }
}

impl Money {
    /// The amount as people read it, such as `−¥12,480.36`.
    pub fn to_text(self, locale: Locale) -> String {
        AmountParts::in_language(self, locale).text()
    }

    /// The amount as a plain decimal, such as `-12480.36`: ASCII, a point, no groups, all decimals of the currency.
    pub fn to_decimal(self) -> String {
        let (whole, minor) = whole_and_minor(self);
        [if self.is_negative() { "-" } else { "" }, &whole, &minor].concat()
    }
}

/// Whole units, and a point with the minor units where the currency has them.
fn whole_and_minor(money: Money) -> (String, String) {
    let exponent = usize::from(money.currency.exponent());
    let mut whole = format!("{:0>width$}", money.minor.unsigned_abs(), width = exponent + 1);
    let minor = whole.split_off(whole.len() - exponent);
    (whole, if minor.is_empty() { minor } else { [".", &minor].concat() })
}

fn grouped(whole: &str) -> String {
    let mut text = String::with_capacity(whole.len() + whole.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Signs as CLDR 48 has them for `zh` and `en`, without those that a second currency shares.
pub(super) fn symbol(currency: Currency, locale: Locale) -> Cow<'static, str> {
    let sign = match (currency.code(), locale) {
        ("CNY", _) => "¥",
        ("JPY", _) => "JP¥",
        ("USD", Locale::Zh) => "US$",
        ("USD", Locale::En) => "$",
        ("AUD", Locale::Zh) => "AU$",
        ("AUD", Locale::En) => "A$",
        ("EUR", _) => "€",
        ("GBP", _) => "£",
        ("HKD", _) => "HK$",
        ("TWD", _) => "NT$",
        ("CAD", _) => "CA$",
        ("NZD", _) => "NZ$",
        ("KRW", _) => "₩",
        ("INR", _) => "₹",
        ("VND", _) => "₫",
        ("PHP", _) => "₱",
        ("BRL", _) => "R$",
        (code, _) => return Cow::Owned([code, "\u{a0}"].concat()),
    };
    Cow::Borrowed(sign)
}
