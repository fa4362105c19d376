//! The text that a person puts into a transfer: `QB` and nine characters, as in `QB7K2M-9PX4T`.
//!
//! Eight of the characters are random (40 bits, Crockford base32), the ninth is a check character (Luhn modulo 32), so a slip of
//! one character or a swap of two neighbours names nobody instead of somebody else. Around it banks and people add what they
//! like; small letters, spaces and hyphens do not matter, O is 0, I and L are 1.

use std::fmt;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MARK: &str = "QB";
const RANDOM: usize = 8;

/// A reference in its one stored form, without hyphen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference(String);

impl Reference {
    /// The reference of 40 random bits.
    pub fn from_random(random: [u8; 5]) -> Self {
        let bits = random.iter().fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
        let digits: Vec<u8> =
            (0..RANDOM).rev().map(|place| u8::try_from(bits >> (5 * place) & 31).unwrap_or(0)).collect();
        let last = check(&digits);
        let text = digits.iter().chain([&last]).map(|&digit| char::from(ALPHABET[usize::from(digit)]));
        Self(MARK.chars().chain(text).collect())
    }

    /// The reference somewhere in the text of a transfer; nothing when there is none, or several that differ.
    pub fn find(text: &str) -> Option<Self> {
        let letters: Vec<u8> =
            text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect();
        let mut found = letters.windows(MARK.len() + RANDOM + 1).filter_map(Self::read);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    fn read(letters: &[u8]) -> Option<Self> {
        let digits: Vec<u8> =
            letters.strip_prefix(MARK.as_bytes())?.iter().map(|&letter| digit(letter)).collect::<Option<_>>()?;
        let (&last, first) = digits.split_last()?;
        (check(first) == last).then(|| {
            let text = digits.iter().map(|&digit| char::from(ALPHABET[usize::from(digit)]));
            Self(MARK.chars().chain(text).collect())
        })
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    /// In two groups, as people copy it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(6);
        write!(f, "{first}-{second}")
    }
}

fn digit(letter: u8) -> Option<u8> {
    let letter = match letter {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.iter().position(|&known| known == letter).and_then(|place| u8::try_from(place).ok())
}

/// Luhn's check digit modulo 32: every second digit from the right is doubled, with its two base-32 digits added.
fn check(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| {
            let weighed = u32::from(digit) * if place % 2 == 0 { 2 } else { 1 };
            weighed / 32 + weighed % 32
        })
        .sum();
    u8::try_from((32 - sum % 32) % 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_in_what_people_and_banks_write() {
        let reference = Reference::from_random([0x12, 0x34, 0x56, 0x78, 0x9a]);
        let text = reference.to_string();
        for written in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', ""),
            format!("充值 {text} 谢谢"),
            format!("/ROC/NOTPROVIDED//URI/{}", text.replace('-', " ")),
            format!("{text} {text}"),
        ] {
            assert_eq!(Reference::find(&written).as_ref(), Some(&reference), "{written}");
        }
        let zeros = Reference::from_random([0; 5]);
        assert_eq!(zeros.to_string(), "QB0000-00000");
        assert_eq!(Reference::find("QBOOOO-OOOOO"), Some(zeros));
    }

    #[test]
    fn a_slip_names_nobody() {
        let reference = Reference::from_random([0xfe, 0xdc, 0xba, 0x98, 0x76]);
        let right = reference.as_str().as_bytes().to_vec();
        for place in 2..right.len() {
            for &letter in ALPHABET.iter().filter(|&&letter| letter != right[place]) {
                let mut wrong = right.clone();
                wrong[place] = letter;
                let wrong = String::from_utf8(wrong).expect("ASCII");
                assert_eq!(Reference::find(&wrong), None, "{wrong}");
            }
        }
        let other = Reference::from_random([1; 5]);
        assert_eq!(Reference::find(&format!("{reference} {other}")), None);
        for text in ["", "QB", "hello", "李明", &"QB".repeat(100)] {
            assert_eq!(Reference::find(text), None, "{text}");
        }
    }
}
