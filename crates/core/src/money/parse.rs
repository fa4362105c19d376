//! Reading an amount as a person types or pastes it.
//!
//! ```text
//! typed  = space* sign? space* mark? space* sign? number space* mark? space*
//! sign   = "+" | "-" | U+2212 | "－" | "＋"
//! mark   = the currency's sign or code (capital or small), "￥" and "元" for CNY
//! number = whole [ point [ decimals ] ] | point decimals
//! whole  = digits | 1–3 digits ( group 3 digits )+
//! group  = "," | "，" | "'" | "’" | space, the same one throughout
//! point  = "." | "．" | "。"
//! digit  = 0–9 | ０–９
//! ```
//!
//! A comma never is a decimal point: `18,5` is refused instead of read as 185 or 18.50. More decimals than the currency has
//! are refused even when they are zeros, because whoever types `1.000` for CNY may mean a thousand. Spaces include the
//! ideographic and the no-break ones. Positions count characters from 1.

use super::Money;
use crate::Currency;
use crate::locale::Locale;

/// Longest text that is looked at, in characters.
pub const TYPED_CHARACTERS_MAX: usize = 64;

/// The text is no amount of the currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    /// Nothing was typed, or a sign alone.
    #[error("expected an amount such as 18.50, found no digits")]
    NoDigits,
    /// Longer than any amount.
    #[error("expected an amount such as 18.50, found more than {TYPED_CHARACTERS_MAX} characters")]
    TooLong,
    /// A character that does not belong there.
    #[error("expected an amount such as 18.50, found {character:?} at {position}")]
    Character {
        /// The character.
        character: char,
        /// Its place, from 1.
        position: usize,
    },
    /// A group of digits that is not three long.
    #[error("expected three digits after each separator as in 1,234.50, found {digits} before {position}")]
    Group {
        /// Digits in the group.
        digits: usize,
        /// Place behind the group, from 1.
        position: usize,
    },
    /// More decimals than the currency has.
    #[error("expected at most {allowed} decimals in {currency}, found {found}")]
    TooPrecise {
        /// Decimals of the currency.
        allowed: u8,
        /// Decimals found.
        found: usize,
        /// The currency.
        currency: Currency,
    },
    /// Outside of what 64 bits of minor units hold.
    #[error("this amount is larger than any that can be written down")]
    TooLarge,
}

impl Money {
    /// Reads what a person typed as an amount in `currency`; the grammar stands at the top of the module.
    ///
    /// ```
    /// # use qianbao_core::{Currency, Money};
    /// for typed in ["1234.5", "1,234.50", "￥１，２３４。５", " 1 234.50 元"] {
    ///     assert_eq!(Money::parse(typed, Currency::CNY), Ok(Money::new(123_450, Currency::CNY)), "{typed}");
    /// }
    /// ```
    ///
    /// # Errors
    /// [`ParseMoneyError`], with the place of what is wrong.
    pub fn parse(typed: &str, currency: Currency) -> Result<Self, ParseMoneyError> {
        let text: Vec<char> = typed.chars().take(TYPED_CHARACTERS_MAX + 1).collect();
        if text.len() > TYPED_CHARACTERS_MAX {
            return Err(ParseMoneyError::TooLong);
        }
        let mut cursor = Cursor { text: &text, at: 0 };
        let negative = cursor.signs_and_mark(currency);
        let mut magnitude = cursor.whole()?;
        let decimals = cursor.decimals()?;
        cursor.skip_spaces();
        cursor.skip_mark(currency);
        cursor.skip_spaces();
        if let Some(character) = cursor.peek() {
            return Err(ParseMoneyError::Character { character, position: cursor.at + 1 });
        }
        if magnitude.is_empty() && decimals.is_empty() {
            return Err(ParseMoneyError::NoDigits);
        }
        let allowed = currency.exponent();
        if decimals.len() > usize::from(allowed) {
            return Err(ParseMoneyError::TooPrecise { allowed, found: decimals.len(), currency });
        }
        magnitude.extend_from_slice(&decimals);
        magnitude.resize(magnitude.len() + usize::from(allowed) - decimals.len(), 0);
        let minor = fold(&magnitude, negative).ok_or(ParseMoneyError::TooLarge)?;
        Ok(Self { minor, currency })
    }
}

/// The number with these digits. Counts downwards where it is negative, so that `i64::MIN` can be read.
fn fold(digits: &[u8], negative: bool) -> Option<i64> {
    digits.iter().try_fold(0_i64, |sum, &digit| {
        let sum = sum.checked_mul(10)?;
        let digit = i64::from(digit);
        if negative { sum.checked_sub(digit) } else { sum.checked_add(digit) }
    })
}

struct Cursor<'a> {
    text: &'a [char],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Reads a sign before or behind the currency's mark; true when it is a minus.
    fn signs_and_mark(&mut self, currency: Currency) -> bool {
        self.skip_spaces();
        let before = self.sign();
        self.skip_spaces();
        self.skip_mark(currency);
        self.skip_spaces();
        let sign = before.or_else(|| self.sign());
        self.skip_spaces();
        sign.unwrap_or(false)
    }

    fn sign(&mut self) -> Option<bool> {
        let negative = match self.peek()? {
            '-' | '\u{2212}' | '－' => true,
            '+' | '＋' => false,
            _ => return None,
        };
        self.at += 1;
        Some(negative)
    }

    fn skip_mark(&mut self, currency: Currency) {
        let signs = [Locale::Zh, Locale::En].map(|locale| super::print::symbol(currency, locale));
        let marks = signs.iter().map(|sign| sign.trim_end()).chain([currency.code()]);
        let chinese: &[&str] = if currency == Currency::CNY { &["￥", "元"] } else { &[] };
        let length = marks.chain(chinese.iter().copied()).find_map(|mark| self.starts_with(mark));
        self.at += length.unwrap_or(0);
    }

    /// The length of `mark` in characters, when it stands here.
    fn starts_with(&self, mark: &str) -> Option<usize> {
        let length = mark.chars().count();
        let here = self.text.get(self.at..self.at + length)?;
        let same = here.iter().zip(mark.chars()).all(|(found, expected)| found.eq_ignore_ascii_case(&expected));
        same.then_some(length)
    }

    fn digit(&mut self) -> Option<u8> {
        let character = self.peek()?;
        let zero = if character.is_ascii_digit() { u32::from('0') } else { u32::from('０') };
        let digit = u32::from(character).checked_sub(zero).filter(|&digit| digit <= 9)?;
        self.at += 1;
        u8::try_from(digit).ok()
    }

    fn digits(&mut self) -> Vec<u8> {
        std::iter::from_fn(|| self.digit()).collect()
    }

    /// The digits before the point, without their separators.
    fn whole(&mut self) -> Result<Vec<u8>, ParseMoneyError> {
        let mut whole = self.digits();
        let first = whole.len();
        let separator = self.peek().and_then(group_separator).filter(|_| first > 0 && self.separates_digits());
        if let Some(separator) = separator {
            if first > 3 {
                return Err(ParseMoneyError::Group { digits: first, position: self.at + 1 });
            }
            while self.peek().and_then(group_separator) == Some(separator) && self.separates_digits() {
                self.at += 1;
                let group = self.digits();
                if group.len() != 3 {
                    return Err(ParseMoneyError::Group { digits: group.len(), position: self.at + 1 });
                }
                whole.extend(group);
            }
        }
        Ok(whole)
    }

    /// Whether a digit follows the character here.
    fn separates_digits(&self) -> bool {
        Cursor { text: self.text, at: self.at + 1 }.digit().is_some()
    }

    /// The digits behind the point.
    fn decimals(&mut self) -> Result<Vec<u8>, ParseMoneyError> {
        match self.peek() {
            Some('.' | '．' | '。') => {
                self.at += 1;
                Ok(self.digits())
            }
            Some(character) if !character.is_whitespace() && group_separator(character).is_some() => {
                Err(ParseMoneyError::Character { character, position: self.at + 1 })
            }
            _ => Ok(Vec::new()),
        }
    }
}

/// The separator that a character is, full-width and narrow forms taken together.
fn group_separator(character: char) -> Option<char> {
    match character {
        ',' | '，' => Some(','),
        '\'' | '’' => Some('\''),
        _ if character.is_whitespace() => Some(' '),
        _ => None,
    }
}
