//! What a typed code says of itself, and how long there is to wait.

use qianbao_core::Timestamp;
use qianbao_core::recovery::{CHARACTERS, RecoveryCode, RecoveryCodeError};

use crate::words::{Words, said};

/// What is wrong with what was typed so far; once it was sent, also that something is missing.
pub fn fault(typed: &str, was_sent: bool) -> Option<RecoveryCodeError> {
    if was_sent { RecoveryCode::parse(typed).err() } else { RecoveryCode::check_so_far(typed).err() }
}

/// The fault in words.
pub fn sentence(words: Words, fault: RecoveryCodeError) -> String {
    match fault {
        RecoveryCodeError::Character { found } => said!(words, recovery_code_character, character = found.to_string()),
        RecoveryCodeError::Group { number } => said!(words, recovery_code_group, number = number),
        RecoveryCodeError::Length { .. } => said!(words, recovery_code_length, count = CHARACTERS),
    }
}

/// Whole hours and minutes until `ready`.
pub fn hours_and_minutes(ready: Timestamp, now: Timestamp) -> (i64, i64) {
    let minutes = ((ready.0 - now.0).max(0) + 59_999_999) / 60_000_000;
    (minutes / 60, minutes % 60)
}

/// How long there is to wait.
pub fn left(words: Words, ready: Timestamp, now: Timestamp) -> String {
    let (hours, minutes) = hours_and_minutes(ready, now);
    said!(words, recovery_left, hours = hours, minutes = minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_found_while_typing_and_a_missing_part_when_it_is_sent() {
        let code = RecoveryCode::from_random([7; 16]).to_string();
        assert_eq!(fault(&code[..9], false), None);
        assert_eq!(fault(&code[..9], true), Some(RecoveryCodeError::Length { found: 8 }));
        assert_eq!(fault(&code, true), None);
        assert_eq!(fault("000002", false), Some(RecoveryCodeError::Group { number: 1 }));
        assert_eq!(fault("", false), None);
    }

    #[test]
    fn the_wait_is_said_in_hours_and_minutes_and_never_below_zero() {
        let left = |seconds: i64| hours_and_minutes(Timestamp(seconds * 1_000_000), Timestamp(0));
        assert_eq!(left(86_400), (24, 0));
        assert_eq!(left(86_399), (24, 0));
        assert_eq!(left(3_661), (1, 2));
        assert_eq!(left(1), (0, 1));
        assert_eq!(left(-5), (0, 0));
    }
}
