//! What is typed on a till, and the order it becomes.

use qianbao_api::orders::CreateOrder;
use qianbao_core::amount::{AmountError, PositiveAmount};
use qianbao_core::id::OrderId;
use qianbao_core::{Currency, Money};
use qianbao_ui::Key;

/// Digits before the point: enough for the largest amount of one order.
pub const DIGITS_MAX: usize = 9;
/// How long a code can be paid, in seconds: long enough to find a phone, short enough that the counter is not blocked.
pub const CODE_LASTS_S: u32 = 300;
/// Longest note, in characters.
pub const NOTE_MAX: u32 = 80;

/// What a key of a keyboard means on the till.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TillKey {
    /// One of the keypad.
    Pad(Key),
    /// Clears the amount.
    Clear,
    /// Shows the code.
    Submit,
}

/// What the key with this name (`KeyboardEvent.key`) means, if anything.
pub fn till_key(name: &str) -> Option<TillKey> {
    match name {
        "Enter" => Some(TillKey::Submit),
        "Escape" | "Clear" => Some(TillKey::Clear),
        "Backspace" | "Delete" => Some(TillKey::Pad(Key::Delete)),
        "." | "," | "Decimal" => Some(TillKey::Pad(Key::Point)),
        _ => {
            let digit = name.parse::<u8>().ok().filter(|_| name.len() == 1)?;
            Some(TillKey::Pad(Key::Digit(digit)))
        }
    }
}

/// The money that `text` of the keypad says; zero for an empty one.
///
/// The keypad lets only digits, one point and at most the currency's own places through ([`Key::apply`]); anything else
/// counts as zero, so that no half-read amount is ever charged.
pub fn money(text: &str, currency: Currency) -> Money {
    let exponent = usize::from(currency.exponent());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut digits = whole.to_owned();
    digits.push_str(fraction);
    for _ in fraction.len()..exponent {
        digits.push('0');
    }
    let readable = fraction.len() <= exponent && digits.bytes().all(|byte| byte.is_ascii_digit());
    let minor = if readable { digits.parse().unwrap_or(0) } else { 0 };
    Money::new(minor, currency)
}

/// The text that [`money`] reads as `amount`, without superfluous places: where an edit starts.
pub fn typed(amount: Money) -> String {
    let exponent = usize::from(amount.currency.exponent());
    let digits = amount.minor.max(0).to_string();
    let padded = ["0".repeat((exponent + 1).saturating_sub(digits.len())), digits].concat();
    let (whole, fraction) = padded.split_at(padded.len() - exponent);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { [whole, ".", fraction].concat() }
}

/// The amount, if it may be charged.
///
/// # Errors
/// [`AmountError`] for nothing typed and for too much.
pub fn chargeable(text: &str, currency: Currency) -> Result<Money, AmountError> {
    PositiveAmount::new(money(text, currency)).map(PositiveAmount::money)
}

/// The order of `amount`. `id` is made once for a press and kept until an answer came.
pub fn order(id: OrderId, amount: Money, note: &str) -> CreateOrder {
    CreateOrder { id, amount, lines: Vec::new(), description: note.trim().to_owned(), expires_in_s: CODE_LASTS_S }
}

/// The request to send for `wanted`: the last one again if it asked for the same and no answer came, so that one press
/// more does not make one order more.
pub fn repeated(unanswered: Option<&CreateOrder>, wanted: CreateOrder) -> CreateOrder {
    match unanswered {
        Some(last) if last.amount == wanted.amount && last.description == wanted.description => last.clone(),
        _ => wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, code: &str) -> i64 {
        money(text, code.parse().expect("a currency")).minor
    }

    #[test]
    fn typed_text_is_read_by_the_places_of_its_currency() {
        assert_eq!(minor("36", "CNY"), 3_600);
        assert_eq!(minor("36.", "CNY"), 3_600);
        assert_eq!(minor("36.5", "CNY"), 3_650);
        assert_eq!(minor("0.05", "CNY"), 5);
        assert_eq!(minor("", "CNY"), 0);
        assert_eq!(minor("1200", "JPY"), 1_200);
        assert_eq!(minor("1.234", "KWD"), 1_234);
    }

    #[test]
    fn what_the_keypad_cannot_make_is_never_charged() {
        for text in ["1.234", "-5", "1e3", "1.2.3", "９", "99999999999999999999", "+1"] {
            assert_eq!(minor(text, "CNY"), 0, "{text}");
            assert!(chargeable(text, Currency::CNY).is_err(), "{text}");
        }
    }

    #[test]
    fn an_edit_starts_from_what_was_typed() {
        for text in ["36", "36.5", "0.05", "1234567.89", "7"] {
            assert_eq!(typed(money(text, Currency::CNY)), text);
        }
        assert_eq!(typed(money("36.50", Currency::CNY)), "36.5");
    }

    #[test]
    fn nothing_and_too_much_are_told_apart() {
        assert!(matches!(chargeable("", Currency::CNY), Err(AmountError::NotPositive { .. })));
        assert!(matches!(chargeable("999999999", Currency::CNY), Err(AmountError::TooLarge { .. })));
        assert_eq!(chargeable("100000000", Currency::CNY).map(|money| money.minor), Ok(10_000_000_000));
    }

    #[test]
    fn a_press_after_a_lost_answer_sends_the_same_order() {
        let amount = money("36", Currency::CNY);
        let (first, second) = (OrderId::from_parts(1, [1; 10]), OrderId::from_parts(2, [2; 10]));
        let lost = order(first, amount, "tea ");
        assert_eq!(repeated(Some(&lost), order(second, amount, "tea")).id, first);
        assert_eq!(repeated(Some(&lost), order(second, money("37", Currency::CNY), "tea")).id, second);
        assert_eq!(repeated(None, order(second, amount, "tea")).id, second);
    }

    #[test]
    fn a_till_is_worked_by_its_keyboard() {
        assert_eq!(till_key("7"), Some(TillKey::Pad(Key::Digit(7))));
        assert_eq!(till_key("Enter"), Some(TillKey::Submit));
        assert_eq!(till_key("Escape"), Some(TillKey::Clear));
        assert_eq!(till_key(","), Some(TillKey::Pad(Key::Point)));
        for name in ["F5", "12", "a", "Tab", ""] {
            assert_eq!(till_key(name), None, "{name}");
        }
    }
}
