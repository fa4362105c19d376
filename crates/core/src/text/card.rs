//! Finding card numbers in free text.
//!
//! A card number is 13 to 19 digits whose Luhn sum (ISO/IEC 7812-1 annex B) is a multiple of ten, written in one run or in
//! groups with one space, dot or hyphen between them. Full-width and other decimal digits of common keyboards count.

const DIGITS_MIN: usize = 13;
const DIGITS_MAX: usize = 19;

/// Whether `text` holds what looks like the number of a payment card. One in ten numbers of that length does by chance.
pub fn has_card_number(text: &str) -> bool {
    let mut groups: Vec<Vec<u8>> = Vec::new();
    let mut gap = 2_usize;
    for character in text.chars() {
        if let Some(digit) = digit(character) {
            match groups.last_mut() {
                Some(group) if gap == 0 => group.push(digit),
                _ if gap == 1 => groups.push(vec![digit]),
                _ => {
                    if ends_in_card(&groups) {
                        return true;
                    }
                    groups = vec![vec![digit]];
                }
            }
            gap = 0;
        } else {
            gap += if matches!(character, ' ' | '-' | '.' | '\u{3000}' | '\u{2010}' | '\u{2011}') { 1 } else { 2 };
        }
    }
    ends_in_card(&groups)
}

/// Whether some neighbouring groups together make a card number.
fn ends_in_card(groups: &[Vec<u8>]) -> bool {
    (0..groups.len()).any(|start| {
        let mut digits = Vec::with_capacity(DIGITS_MAX);
        groups[start..].iter().any(|group| {
            digits.extend_from_slice(group);
            (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && luhn(&digits)
        })
    })
}

fn digit(character: char) -> Option<u8> {
    let value = match character {
        '0'..='9' => u32::from(character) - u32::from('0'),
        '０'..='９' => u32::from(character) - u32::from('０'),
        '\u{660}'..='\u{669}' => u32::from(character) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(character) - 0x6f0,
        '\u{966}'..='\u{96f}' => u32::from(character) - 0x966,
        _ => return None,
    };
    u8::try_from(value).ok()
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, u32::from(digit) * 2) {
            (0, _) => u32::from(digit),
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_found_however_written() {
        for text in [
            "4111111111111111",
            "my card 4111 1111 1111 1111, thanks",
            "4111-1111-1111-1111",
            "６２２２０２１２３４５６７８９０１２８",
            "order 12 4111111111111111",
            "378282246310005",
        ] {
            assert!(has_card_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_not() {
        for text in ["", "18.00", "4111111111111112", "411111111111", "2026-11-23 18:00", "4111  1111  1111  1111"] {
            assert!(!has_card_number(text), "{text}");
        }
    }
}
