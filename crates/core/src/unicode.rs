//! The two facts of Unicode that need large tables: canonical composition, and which characters are combining marks.
//!
//! With the feature `unicode`, the default, they are exact. The browser's apps do without it, because the tables alone
//! would weigh 50 kB of their first load: there a text is looked at as it was typed and marks are known by their main
//! blocks. Nothing rests on that: the server, which decides, has the tables and composes each text anew.

#[cfg(feature = "unicode")]
pub(crate) use unicode_normalization::char::is_combining_mark;

/// The characters of `text` in normalisation form C.
#[cfg(feature = "unicode")]
pub(crate) fn composed(text: &str) -> impl Iterator<Item = char> + '_ {
    unicode_normalization::UnicodeNormalization::nfc(text)
}

/// The characters of `text` as they were typed.
#[cfg(not(feature = "unicode"))]
pub(crate) fn composed(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
}

/// Whether the character is a mark of one of the blocks that hold nothing but marks for all scripts.
#[cfg(not(feature = "unicode"))]
pub(crate) fn is_combining_mark(character: char) -> bool {
    matches!(
        u32::from(character),
        0x300..=0x36f | 0x483..=0x489 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0x3099..=0x309a | 0xfe20..=0xfe2f
    )
}
