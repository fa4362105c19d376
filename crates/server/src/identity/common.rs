//! The blocklist of common passwords (NIST SP 800-63B, 3.1.1.2).
//!
//! The list holds 28 thousand leaked passwords, most of them shorter than the fifteen characters asked for; whoever pads one to reach
//! the length has gained little. So a password is common when its letters and digits are, in lower case,
//!
//! 1. one entry of the list, or two entries in a row (`password` `123456789`),
//! 2. or a run of neighbours of an alphabet or keyboard row, there and back (`abcdefghijklmnop`, `1qaz2wsx3edc4rfv`).
//!
//! Repetitions are refused before ([`qianbao_core::password`]). Four words in a row that merely are in the list are a good
//! passphrase and pass.
//!
//! Source of the list: the passwords of zxcvbn (MIT licence), entries of letters and digits with at least four of them, sorted.

use std::sync::OnceLock;

const LIST: &str = include_str!("common-passwords.txt");

/// Rows in which people walk with a finger. Columns of a keyboard are walked one after the other.
const ROWS: [&str; 5] = [
    "abcdefghijklmnopqrstuvwxyz",
    "12345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Whether `lower`, a password in lower case, is common.
pub fn is_common(lower: &str) -> bool {
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let others = lower.chars().filter(|c| c.is_alphanumeric() && !c.is_ascii()).count();
    // Letters of other scripts are not in the list: a password that holds some of them is not one of the list.
    if others > 0 || plain.is_empty() {
        return false;
    }
    is_entry(&plain) || is_walk(&plain) || (1..plain.len()).any(|at| is_piece(&plain[..at]) && is_piece(&plain[at..]))
}

fn is_piece(text: &str) -> bool {
    is_entry(text) || (text.len() >= 4 && is_walk(text))
}

fn is_entry(text: &str) -> bool {
    static ENTRIES: OnceLock<Vec<&str>> = OnceLock::new();
    let entries = ENTRIES.get_or_init(|| LIST.lines().collect());
    entries.binary_search(&text).is_ok()
}

fn is_walk(text: &str) -> bool {
    ROWS.iter().any(|row| {
        let back: String = row.chars().rev().collect();
        row.contains(text) || back.contains(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_large() {
        let entries: Vec<_> = LIST.lines().collect();
        assert!(entries.len() > 20_000);
        assert!(entries.is_sorted(), "the search needs it");
    }

    #[test]
    fn padded_common_passwords_are_common() {
        for password in [
            "password123456789",
            "passwordpassword1",
            "qwertyuiopasdfgh",
            "abcdefghijklmnop",
            "iloveyou-12345678",
            "1qaz2wsx3edc4rfv",
            "123456789012345",
            "letmein!!!!!!!letmein",
            "1234567890!qwerty",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn passphrases_are_not() {
        for password in [
            "jade-river-walks-2026",
            "correct horse battery staple",
            "云山茶铺的老板娘每天五点起床",
            "purple monkey dishwasher seven",
            "x7k2-qm93-vt5w-hd8p",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }
}
