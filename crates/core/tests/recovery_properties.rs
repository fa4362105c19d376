//! Recovery codes: every code comes back, and the mistakes that people make are found.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use qianbao_core::recovery::{CHARACTERS, GROUP_CHARACTERS, RecoveryCode, RecoveryCodeError};

const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn characters(code: RecoveryCode) -> Vec<u8> {
    code.to_string().bytes().filter(|byte| *byte != b'-').collect()
}

fn parse(characters: &[u8]) -> Result<RecoveryCode, RecoveryCodeError> {
    RecoveryCode::parse(&String::from_utf8_lossy(characters))
}

proptest! {
    #[test]
    fn every_code_comes_back(bytes: [u8; 16]) {
        let code = RecoveryCode::from_random(bytes);
        prop_assert_eq!(parse(&characters(code)), Ok(code));
    }

    #[test]
    fn the_secret_is_the_first_125_bits(bytes: [u8; 16], other: [u8; 16]) {
        let same = u128::from_be_bytes(bytes) >> 3 == u128::from_be_bytes(other) >> 3;
        prop_assert_eq!(RecoveryCode::from_random(bytes) == RecoveryCode::from_random(other), same);
        prop_assert_eq!(u128::from_be_bytes(RecoveryCode::from_random(bytes).bytes()), u128::from_be_bytes(bytes) >> 3);
    }

    #[test]
    fn one_wrong_character_is_found_in_its_group(bytes: [u8; 16], place in 0..CHARACTERS, by in 1..32_usize) {
        let mut wrong = characters(RecoveryCode::from_random(bytes));
        let digit = ALPHABET.iter().position(|known| *known == wrong[place]).unwrap_or(0);
        wrong[place] = ALPHABET[(digit + by) % 32];
        prop_assert_eq!(parse(&wrong), Err(RecoveryCodeError::Group { number: place / GROUP_CHARACTERS + 1 }));
    }

    #[test]
    fn two_exchanged_characters_are_found(bytes: [u8; 16], group in 0..5_usize, one in 0..6_usize, other in 0..6_usize) {
        let right = characters(RecoveryCode::from_random(bytes));
        let mut wrong = right.clone();
        wrong.swap(group * 6 + one, group * 6 + other);
        prop_assert_eq!(parse(&wrong).is_ok(), wrong == right);
    }

    #[test]
    fn groups_in_another_order_are_found(bytes: [u8; 16], one in 0..5_usize, other in 0..5_usize) {
        prop_assume!(one != other);
        let mut wrong = characters(RecoveryCode::from_random(bytes));
        for at in 0..6 {
            wrong.swap(one * 6 + at, other * 6 + at);
        }
        prop_assert!(parse(&wrong).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_is_a_whole_code(text in "\\PC{0,60}") {
        if let Ok(code) = RecoveryCode::parse(&text) {
            prop_assert_eq!(parse(&characters(code)), Ok(code));
        }
    }
}
