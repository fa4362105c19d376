//! The formats of values, as the tables of the specification name them.
//!
//! `N` are digits; `ans` are the printable characters of ASCII, space included (annex A: the Common Character Set); `S` is
//! any text without control characters.

/// A format and the words that describe it in an error.
#[derive(Clone, Copy)]
pub(super) struct Format {
    pub(super) expected: &'static str,
    pub(super) fits: fn(&str) -> bool,
}

const fn format(expected: &'static str, fits: fn(&str) -> bool) -> Format {
    Format { expected, fits }
}

pub(super) const VERSION: Format = format("\"01\"", |value| value == "01");
pub(super) const INITIATION: Format = format("11 (static) or 12 (dynamic)", |value| matches!(value, "11" | "12"));
pub(super) const ANS_99: Format = format("printable ASCII", |value| ans(value, 99));
pub(super) const GUID: Format = format("at most 32 printable ASCII characters", |value| ans(value, 32));
pub(super) const DIGITS_4: Format = format("four digits", |value| digits(value, 4));
pub(super) const DIGITS_3: Format = format("three digits", |value| digits(value, 3));
pub(super) const AMOUNT: Format = format("at most 13 digits with at most one point, above zero", amount);
pub(super) const TIP: Format = format("01, 02 or 03", |value| matches!(value, "01" | "02" | "03"));
pub(super) const PERCENT: Format = format("a percentage from 00.01 to 99.99", percent);
pub(super) const COUNTRY: Format =
    format("two capital letters", |value| value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase()));
pub(super) const ANS_25: Format = format("at most 25 printable ASCII characters", |value| ans(value, 25));
pub(super) const ANS_15: Format = format("at most 15 printable ASCII characters", |value| ans(value, 15));
pub(super) const ANS_10: Format = format("at most 10 printable ASCII characters", |value| ans(value, 10));
pub(super) const CONSUMER: Format = format("some of the letters A, M and E, each at most once", |value| {
    (1..=3).contains(&value.len())
        && value.chars().enumerate().all(|(place, letter)| "AME".contains(letter) && value.rfind(letter) == Some(place))
});
pub(super) const LANGUAGE: Format =
    format("two letters", |value| value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic()));
pub(super) const TEXT_99: Format = format("text without control characters", |value| text(value, 99));
pub(super) const TEXT_25: Format = format("at most 25 characters of text", |value| text(value, 25));
pub(super) const TEXT_15: Format = format("at most 15 characters of text", |value| text(value, 15));

fn ans(value: &str, max: usize) -> bool {
    (1..=max).contains(&value.len()) && value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn digits(value: &str, length: usize) -> bool {
    value.len() == length && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn text(value: &str, max: usize) -> bool {
    (1..=max).contains(&value.chars().count()) && !value.contains(char::is_control)
}

/// `98.73`, `98` and `98.` are amounts; `98,73`, `.5`, `0.00` and the empty text are not (section 4.7.4.1).
fn amount(value: &str) -> bool {
    value.len() <= 13 && decimal(value) && value.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

/// 00.01 to 99.99, at most five characters (section 4.7.8).
fn percent(value: &str) -> bool {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    value.len() <= 5 && whole.len() <= 2 && part.len() <= 2 && amount(value)
}

fn decimal(value: &str) -> bool {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    !whole.is_empty() && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_percentages_are_decimals_above_zero() {
        for value in ["98.73", "98", "98.", "0.01", "1234567890123"] {
            assert!(amount(value), "{value}");
        }
        for value in ["", "0", "0.00", ".5", "98,73", "9.8.7", "-1", "12345678901234", "１"] {
            assert!(!amount(value), "{value}");
        }
        for value in ["00.01", "99.99", "3", "3.5", "10."] {
            assert!(percent(value), "{value}");
        }
        for value in ["00.00", "100", "3.555", "0"] {
            assert!(!percent(value), "{value}");
        }
    }

    #[test]
    fn consumer_data_names_each_letter_once() {
        for value in ["A", "ME", "AME", "EMA"] {
            assert!((CONSUMER.fits)(value), "{value}");
        }
        for value in ["", "AA", "AMEA", "X", "a"] {
            assert!(!(CONSUMER.fits)(value), "{value}");
        }
    }
}
