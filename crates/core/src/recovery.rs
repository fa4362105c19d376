//! Recovery codes: how 125 random bits are written down by hand and typed again.
//!
//! ```text
//! K3M9XT-7QWE2R-0DHN5V-ZB8C1Y-4JGPS6
//! code  = group "-" group "-" group "-" group "-" group
//! group = 5 digits of Crockford's base 32 (no I, L, O, U), most significant first · 1 check digit
//! ```
//!
//! Each group has a check digit of its own, so that a mistake is found, and its place named, as soon as the group is typed. The digit is the sum of
//! the group's digits in GF(32) (x⁵ + x² + 1), each times another power of x, and of the group's number: any one wrong digit and any two
//! exchanged ones are found for certain, groups in the wrong order too; anything else escapes once in 32 times for each group it touches.
//!
//! Read leniently: capital or small, full width as Chinese keyboards may give it, `O` for 0, `I` and `L` for 1; spaces, hyphens and dashes
//! anywhere.

use std::fmt;

/// Groups of a code.
pub const GROUPS: usize = 5;
/// Characters of a group: five of the secret and its check.
pub const GROUP_CHARACTERS: usize = 6;
/// Random bits of a code.
pub const SECRET_BITS: u32 = 125;
/// Characters of a code without what separates them.
pub const CHARACTERS: usize = GROUPS * GROUP_CHARACTERS;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA: usize = GROUP_CHARACTERS - 1;

/// A recovery code. It is a secret: `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RecoveryCode(u128);

/// The text is no recovery code. It never repeats what was typed but for a single character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryCodeError {
    /// A character that no code has.
    #[error("expected digits and letters without I, L, O and U, found {found:?}")]
    Character {
        /// It.
        found: char,
    },
    /// A group does not fit its check digit.
    #[error("expected the code as it was written down, found a mistake in group {number}; compare it")]
    Group {
        /// Which, from 1.
        number: usize,
    },
    /// Too few or too many.
    #[error("expected {CHARACTERS} letters and digits, found {found}")]
    Length {
        /// How many, at most one more than a code has.
        found: usize,
    },
}

impl RecoveryCode {
    /// The code of random bytes; their last three bits are not used.
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes) >> (128 - SECRET_BITS))
    }

    /// The secret, to be hashed.
    pub const fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The code that was typed.
    ///
    /// # Errors
    /// [`RecoveryCodeError`]: the first thing that is wrong.
    pub fn parse(typed: &str) -> Result<Self, RecoveryCodeError> {
        let (secret, found) = read(typed)?;
        if found == CHARACTERS { Ok(Self(secret)) } else { Err(RecoveryCodeError::Length { found }) }
    }

    /// Looks at what has been typed so far: groups that are not yet complete are not judged.
    ///
    /// # Errors
    /// [`RecoveryCodeError`]: what will not become right by typing on.
    pub fn check_so_far(typed: &str) -> Result<(), RecoveryCodeError> {
        read(typed).map(drop)
    }

    fn digits(self) -> [[u8; GROUP_CHARACTERS]; GROUPS] {
        let mut groups = [[0; GROUP_CHARACTERS]; GROUPS];
        for (place, digits) in groups.iter_mut().enumerate() {
            for (at, digit) in digits.iter_mut().take(DATA).enumerate() {
                let right = (GROUPS * DATA - 1 - (place * DATA + at)) * 5;
                *digit = u8::try_from(self.0 >> right & 31).expect("five bits fit a byte");
            }
            digits[DATA] = check_digit(place, &digits[..DATA]);
        }
        groups
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digits) in self.digits().iter().enumerate() {
            if place > 0 {
                f.write_str("-")?;
            }
            for digit in digits {
                fmt::Write::write_char(f, char::from(ALPHABET[usize::from(*digit)]))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode")
    }
}

/// The secret of all groups that are complete, and how many characters there are.
fn read(typed: &str) -> Result<(u128, usize), RecoveryCodeError> {
    let (mut secret, mut found) = (0, 0);
    let mut group = [0; GROUP_CHARACTERS];
    for character in typed.chars().filter(|character| !is_between(*character)) {
        if found == CHARACTERS {
            return Err(RecoveryCodeError::Length { found: found + 1 });
        }
        let digit = digit_of(character).ok_or(RecoveryCodeError::Character { found: character })?;
        let (place, at) = (found / GROUP_CHARACTERS, found % GROUP_CHARACTERS);
        group[at] = digit;
        found += 1;
        if at < DATA {
            secret = secret << 5 | u128::from(digit);
        } else if check_digit(place, &group[..DATA]) != digit {
            return Err(RecoveryCodeError::Group { number: place + 1 });
        }
    }
    Ok((secret, found))
}

/// What may stand between characters.
fn is_between(character: char) -> bool {
    character.is_whitespace() || matches!(character, '-' | '‐' | '‑' | '–' | '—' | '－' | '_' | '.')
}

fn digit_of(character: char) -> Option<u8> {
    let narrow = match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0)?,
        other => other,
    };
    let plain = match narrow.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == plain)?;
    u8::try_from(place).ok()
}

fn check_digit(place: usize, digits: &[u8]) -> u8 {
    // Horner's rule; the check itself stands at the power 0.
    let sum = digits.iter().fold(0, |sum, digit| times_x(sum ^ digit));
    sum ^ u8::try_from(place + 1).expect("a code has a few groups")
}

/// Times x in GF(32).
const fn times_x(value: u8) -> u8 {
    let twice = value << 1;
    if twice & 0b10_0000 == 0 { twice } else { twice ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> RecoveryCode {
        RecoveryCode::from_random([
            0x9d, 0x1e, 0x42, 0xa7, 0x55, 0xb8, 0x03, 0xfc, 0x61, 0x2b, 0x99, 0x70, 0xde, 0x48, 0x16, 0xc5,
        ])
    }

    #[test]
    fn a_code_is_read_as_it_was_written_and_as_people_type() {
        let text = code().to_string();
        assert_eq!(text.len(), CHARACTERS + GROUPS - 1);
        assert_eq!(RecoveryCode::parse(&text), Ok(code()));
        assert_eq!(RecoveryCode::parse(&text.to_lowercase().replace('-', " ")), Ok(code()));
        assert_eq!(RecoveryCode::parse(&text.replace('-', "").replace('0', "o").replace('1', "l")), Ok(code()));
        let wide: String = text.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xFEE0)).collect();
        assert_eq!(RecoveryCode::parse(&wide), Ok(code()));
        assert_eq!(format!("{:?}", code()), "RecoveryCode");
    }

    #[test]
    fn the_form_is_fixed() {
        // Codes lie in drawers for years: this text was computed once and stays.
        assert_eq!(RecoveryCode::from_random([0; 16]).to_string(), "000001-000002-000003-000004-000005");
        assert_eq!(RecoveryCode::parse(&code().to_string()).map(RecoveryCode::bytes), Ok(code().bytes()));
        assert_eq!(code().to_string(), FIXED);
    }

    const FIXED: &str = "KMF45Y-9TNQ0S-1ZRR93-BK5RD6-WJ0PR9";

    #[test]
    fn what_is_typed_so_far_is_judged_by_whole_groups() {
        let text = code().to_string();
        for end in 0..=text.len() {
            assert_eq!(RecoveryCode::check_so_far(&text[..end]), Ok(()), "{end}");
        }
        let found = RecoveryCode::parse(&text[..20]);
        assert_eq!(found, Err(RecoveryCodeError::Length { found: 18 }));
        assert_eq!(RecoveryCode::parse(&(text.clone() + "7")), Err(RecoveryCodeError::Length { found: 31 }));
        assert_eq!(RecoveryCode::check_so_far("U"), Err(RecoveryCodeError::Character { found: 'U' }));
        assert_eq!(RecoveryCode::check_so_far("000002"), Err(RecoveryCodeError::Group { number: 1 }));
        let exchanged = text[7..13].to_owned() + &text[..6];
        assert_eq!(RecoveryCode::check_so_far(&exchanged), Err(RecoveryCodeError::Group { number: 1 }));
    }
}
