//! The rule for passwords: 15 to 128 characters, from 8 on beside a second factor, none of the common ones, no rule of composition (NIST SP 800-63B).
//!
//! The list of common passwords is large and stays on the server; the check takes it as an argument. Hashing, trying and
//! throttling are the server's too.

use crate::unicode::composed;

/// Fewest characters of a password that stands alone.
pub const PASSWORD_CHARACTERS_MIN: usize = 15;
/// Fewest characters of a password beside a second factor.
pub const PASSWORD_CHARACTERS_MIN_BESIDE: usize = 8;
/// Most characters of a password; a passphrase of twenty words fits.
pub const PASSWORD_CHARACTERS_MAX: usize = 128;

/// The password cannot be used. It never repeats what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error(
        "expected {fewest} to {PASSWORD_CHARACTERS_MAX} characters, found {found}: \
        a few words in a row make a good password"
    )]
    Length {
        /// Fewest that are taken.
        fewest: usize,
        /// Characters found.
        found: usize,
    },
    /// A common password, or one that repeats a few characters.
    #[error("this password is among the first that are tried; take a few words that do not belong together")]
    Common,
}

/// The form in which a password is checked and hashed: Unicode NFC, as `OpaqueString` of RFC 8265 has it, so that two
/// keyboards that compose an accent differently type the same password. Nothing is trimmed.
pub fn normalise(typed: &str) -> String {
    composed(typed).collect()
}

/// What else the person has to show beside the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// A second factor.
    Second,
}

impl Beside {
    /// Fewest characters of a password.
    pub const fn characters_min(self) -> usize {
        match self {
            Self::Nothing => PASSWORD_CHARACTERS_MIN,
            Self::Second => PASSWORD_CHARACTERS_MIN_BESIDE,
        }
    }
}

/// Whether the password is long enough to stand alone.
pub fn stands_alone(typed: &str) -> bool {
    check_length(typed, Beside::Nothing).is_ok()
}

fn check_length(typed: &str, beside: Beside) -> Result<(), PasswordError> {
    let found = composed(typed).take(PASSWORD_CHARACTERS_MAX * 4).count();
    let fewest = beside.characters_min();
    if (fewest..=PASSWORD_CHARACTERS_MAX).contains(&found) {
        Ok(())
    } else {
        Err(PasswordError::Length { fewest, found })
    }
}

/// Checks the whole rule. `is_common` is asked with the normalised password in lower case.
///
/// # Errors
/// [`PasswordError`].
pub fn check(typed: &str, beside: Beside, is_common: impl FnOnce(&str) -> bool) -> Result<(), PasswordError> {
    check_length(typed, beside)?;
    let lower = normalise(typed).to_lowercase();
    if repeats(&lower) || is_common(&lower) { Err(PasswordError::Common) } else { Ok(()) }
}

/// Whether the text is a piece of at most 5 characters again and again, such as `abcabcabcabcabc`.
fn repeats(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=5).any(|period| characters.iter().zip(characters.iter().skip(period)).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters() {
        let alone = |typed: &str| check_length(typed, Beside::Nothing);
        let length = |fewest, found| Err(PasswordError::Length { fewest, found });
        assert_eq!(alone("jade-river-walk"), Ok(()));
        assert_eq!(alone("jade-river-wal"), length(15, 14));
        assert_eq!(alone(&"长".repeat(128)), Ok(()));
        assert_eq!(alone(&"长".repeat(129)), length(15, 129));
        assert_eq!(check_length("jade-riv", Beside::Second), Ok(()));
        assert_eq!(check_length("jade-ri", Beside::Second), length(8, 7));
        assert!(stands_alone("jade-river-walk") && !stands_alone("jade-river-wal"));
    }

    #[test]
    fn common_and_repeating_passwords_are_refused() {
        assert_eq!(check("jade-river-walks-2026", Beside::Nothing, |_| false), Ok(()));
        assert_eq!(
            check("Correct-Horse-Battery", Beside::Nothing, |word| word == "correct-horse-battery"),
            Err(PasswordError::Common)
        );
        assert_eq!(check("aaaaaaaaaaaaaaaaaa", Beside::Nothing, |_| false), Err(PasswordError::Common));
        assert_eq!(check("12345123451234512", Beside::Second, |_| false), Err(PasswordError::Common));
    }

    #[test]
    fn two_ways_to_type_an_accent_are_one_password() {
        assert_eq!(normalise("cafe\u{301}"), normalise("caf\u{e9}"));
    }
}
