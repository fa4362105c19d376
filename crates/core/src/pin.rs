//! The payment PIN: six digits, none of those that are tried first.
//!
//! A million PINs are few, so what counts is that the server alone checks one, and how often it may be tried. The rule here keeps away the few
//! that half of all people would take: one digit or two, runs up or down, a piece that repeats, patterns of the keypad.

/// Digits of a PIN.
pub const PIN_DIGITS: usize = 6;

/// Patterns of the keypad, and numbers that sound like something, which no rule below finds.
const COMMON: [&str; 10] =
    ["147258", "258369", "159357", "357159", "159753", "753159", "147369", "369258", "521314", "142536"];

/// The PIN cannot be used. It never repeats what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not six digits.
    #[error("expected {PIN_DIGITS} digits from 0 to 9, found something else")]
    Form,
    /// Among the first that are tried.
    #[error("this PIN is among the first that are tried; take {PIN_DIGITS} digits without a pattern")]
    Trivial,
}

/// Whether the text has the form of a PIN. What is checked against a stored PIN needs no more.
///
/// # Errors
/// [`PinError::Form`].
pub fn check_form(typed: &str) -> Result<(), PinError> {
    let is_pin = typed.len() == PIN_DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit());
    if is_pin { Ok(()) } else { Err(PinError::Form) }
}

/// Whether the text can become a PIN.
///
/// # Errors
/// [`PinError`].
pub fn check(typed: &str) -> Result<(), PinError> {
    check_form(typed)?;
    if is_trivial(typed.as_bytes()) || COMMON.contains(&typed) { Err(PinError::Trivial) } else { Ok(()) }
}

fn is_trivial(digits: &[u8]) -> bool {
    let mut distinct = digits.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    // Over the end, as in 890123, a run is still a run.
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[1] - b'0') % 10 == (pair[0] - b'0' + step) % 10);
    let repeats = digits[..3] == digits[3..];
    let doubles: Vec<u8> = digits.iter().step_by(2).copied().collect();
    let is_doubled = digits.chunks(2).all(|pair| pair[0] == pair[1])
        && [1, 9].iter().any(|step| doubles.windows(2).all(|pair| (pair[1] - b'0') == (pair[0] - b'0' + step) % 10));
    let halves = [&digits[..3], &digits[3..]].iter().all(|half| half[0] == half[1] && half[1] == half[2]);
    distinct.len() < 3 || steps(1) || steps(9) || repeats || is_doubled || halves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_without_a_pattern_are_a_pin() {
        for typed in ["290417", "739201", "000123", "112358", "901827", "135791"] {
            assert_eq!(check(typed), Ok(()), "{typed}");
        }
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for typed in [
            "000000", "111111", "999999", "123456", "654321", "012345", "890123", "210987", "121212", "112211",
            "123123", "520520", "112233", "332211", "111222", "147258", "521314",
        ] {
            assert_eq!(check(typed), Err(PinError::Trivial), "{typed}");
            assert_eq!(check_form(typed), Ok(()), "{typed}");
        }
    }

    #[test]
    fn anything_but_six_ascii_digits_is_no_pin() {
        for typed in ["", "12345", "1234567", "12345a", "１２３４５６", " 90417", "29041\n", "-90417", "2904.7"] {
            assert_eq!(check(typed), Err(PinError::Form), "{typed:?}");
        }
    }

    #[test]
    fn few_pins_are_refused() {
        let refused = (0..1_000_000).filter(|number| check(&format!("{number:06}")).is_err()).count();
        assert!((1_000..5_000).contains(&refused), "{refused} of a million");
    }
}
