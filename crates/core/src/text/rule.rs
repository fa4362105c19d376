//! The rule all texts share, with its few knobs.
//!
//! Phases: normalise (NFC, every white space becomes U+0020, runs become one, ends are trimmed) → length → characters →
//! scripts → card numbers. Positions in errors count characters of the normalised text from 1.

use super::card::has_card_number;
use super::script::mixes_scripts;
use crate::unicode::{composed, is_combining_mark};

/// Unit of a length limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Unicode code points.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

/// The text cannot be used in its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("expected some text, found none")]
    Empty,
    /// Too long.
    #[error("expected at most {max} {unit:?}, found {found}")]
    TooLong {
        /// The limit.
        max: usize,
        /// What was found.
        found: usize,
        /// What both count.
        unit: Unit,
    },
    /// A character that controls, hides, turns the reading direction, or does not belong into this field.
    #[error("character {position} (U+{:04X}) cannot be used here: remove it", u32::from(*.character))]
    Forbidden {
        /// The character.
        character: char,
        /// Its place, from 1.
        position: usize,
    },
    /// Letters of scripts that hold look-alikes stand side by side, such as Latin and Cyrillic.
    #[error("letters of different scripts that look alike are mixed: write the name in one script")]
    MixedScripts,
    /// The number of a payment card.
    #[error("this looks like the number of a payment card: remove it")]
    CardNumber,
}

/// Which characters a field takes beside letters, digits and marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Whatever shows something.
    Visible,
    /// Letters, marks, and what joins the parts of a name: space . , ' - · •
    Name,
    /// Printable ASCII (the `ans` of EMVCo).
    Ascii,
}

/// The knobs of one field.
pub(super) struct Rule {
    pub(super) max: usize,
    pub(super) unit: Unit,
    pub(super) alphabet: Alphabet,
    /// Whether the empty text is fine.
    pub(super) optional: bool,
    /// Whether the text says who somebody is.
    pub(super) name: bool,
}

/// Longest run of marks on one letter; Vietnamese and Thai need two, stacks of more hide the lines around.
const MARKS_MAX: usize = 3;

pub(super) fn admit(typed: &str, rule: &Rule) -> Result<String, TextError> {
    let text = fold(typed, rule.max);
    if text.is_empty() {
        return if rule.optional { Ok(text) } else { Err(TextError::Empty) };
    }
    let found = match rule.unit {
        Unit::Characters => text.chars().count(),
        Unit::Bytes => text.len(),
    };
    if found > rule.max {
        return Err(TextError::TooLong { max: rule.max, found, unit: rule.unit });
    }
    check_characters(&text, rule.alphabet)?;
    if rule.name && mixes_scripts(&text) {
        return Err(TextError::MixedScripts);
    }
    if has_card_number(&text) {
        return Err(TextError::CardNumber);
    }
    Ok(text)
}

/// NFC with folded white space. Reads no more than it takes to know that a text is too long.
fn fold(typed: &str, max: usize) -> String {
    let mut text = String::new();
    let mut gap = false;
    for character in composed(typed.trim()).take(max.saturating_mul(4).saturating_add(64)) {
        if character.is_whitespace() && !matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}') {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push(' ');
        }
        text.push(character);
    }
    text
}

fn check_characters(text: &str, alphabet: Alphabet) -> Result<(), TextError> {
    let mut marks = MARKS_MAX;
    let mut before = '\0';
    let mut characters = text.chars().enumerate().peekable();
    while let Some((index, character)) = characters.next() {
        let after = characters.peek().map_or('\0', |&(_, next)| next);
        let mark = is_combining_mark(character);
        marks = if mark { marks + 1 } else { 0 };
        let fine = match alphabet {
            Alphabet::Visible => is_visible(character) || joins_emoji(before, character, after),
            Alphabet::Name => {
                mark || character.is_alphabetic() && is_visible(character) || " .,'’-·•・()（）".contains(character)
            }
            Alphabet::Ascii => character.is_ascii_graphic() || character == ' ',
        };
        if !fine || marks > MARKS_MAX {
            return Err(TextError::Forbidden { character, position: index + 1 });
        }
        before = character;
    }
    Ok(())
}

/// Whether the character shows something: no control, no format character, no filler, nothing unassigned for ever.
pub(crate) fn is_visible(character: char) -> bool {
    let point = u32::from(character);
    let hidden = character.is_control()
        || point & 0xfffe == 0xfffe
        || matches!(point,
            0xad | 0x34f | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x890..=0x891 | 0x8e2 | 0x115f..=0x1160
            | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x2800
            | 0x3164 | 0xe000..=0xf8ff | 0xfdd0..=0xfdef | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffd
            | 0x110bd | 0x110cd | 0x13430..=0x1345f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff | 0xf0000..=0x10_ffff);
    !hidden
}

/// Whether an invisible character only does its work between emoji: U+FE0F after one, U+200D between two.
fn joins_emoji(before: char, character: char, after: char) -> bool {
    match character {
        '\u{fe0f}' => is_pictograph(before),
        '\u{200d}' => (is_pictograph(before) || before == '\u{fe0f}') && is_pictograph(after),
        _ => false,
    }
}

fn is_pictograph(character: char) -> bool {
    matches!(u32::from(character),
        0xa9 | 0xae | 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x21ff | 0x2300..=0x27bf | 0x2900..=0x297f
        | 0x2b00..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299 | 0x1f000..=0x1faff)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Rule =
        Rule { max: 10, unit: Unit::Characters, alphabet: Alphabet::Visible, optional: false, name: true };

    #[test]
    fn text_is_folded() {
        assert_eq!(admit("  王\u{3000}\t 岚 \n", &NAME), Ok("王 岚".to_owned()));
        assert_eq!(admit("cafe\u{301}", &NAME), Ok("café".to_owned()));
        assert_eq!(admit(" \u{3000}", &NAME), Err(TextError::Empty));
    }

    #[test]
    fn invisible_and_turning_characters_are_refused_with_their_place() {
        for character in [
            '\u{202e}',
            '\u{2066}',
            '\u{200b}',
            '\u{200d}',
            '\u{feff}',
            '\0',
            '\u{7f}',
            '\u{ad}',
            '\u{3164}',
            '\u{e0041}',
            '\u{2028}',
        ] {
            let typed = format!("ab{character}c");
            assert_eq!(admit(&typed, &NAME), Err(TextError::Forbidden { character, position: 3 }), "{character:?}");
        }
    }

    #[test]
    fn stacked_marks_are_refused() {
        assert!(admit("Nguyễn", &NAME).is_ok());
        assert!(matches!(admit("x\u{301}\u{302}\u{303}\u{304}", &NAME), Err(TextError::Forbidden { position: 5, .. })));
        assert!(matches!(admit("\u{301}x", &NAME), Err(TextError::Forbidden { position: 1, .. })));
    }

    #[test]
    fn emoji_may_be_joined() {
        assert_eq!(admit("❤\u{fe0f}👩\u{200d}👧", &NAME).as_deref(), Ok("❤\u{fe0f}👩\u{200d}👧"));
        assert!(admit("a\u{200d}👧", &NAME).is_err());
    }

    #[test]
    fn a_very_long_text_is_refused_without_reading_it_all() {
        assert!(matches!(admit(&"长".repeat(1_000_000), &NAME), Err(TextError::TooLong { max: 10, .. })));
    }
}
