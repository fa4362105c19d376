//! Short machine-made words, kept inline: kinds of postings, names of point programmes and funds.

use std::fmt;

/// A word of 1 to `N` bytes out of `a–z`, `A–Z`, `0–9`, `_`, `-` and `.`; never text that a person typed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label<const N: usize> {
    bytes: [u8; N],
    len: u8,
}

/// The text is not a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {length_max} of a–z, A–Z, 0–9, '_', '-', '.', found {found:?}")]
pub struct LabelError {
    /// Longest allowed length in bytes.
    pub length_max: usize,
    /// What was found, cut to 40 characters.
    pub found: String,
}

impl<const N: usize> Label<N> {
    /// The label written in the source text. A word that is not a label stops the build when used in a constant.
    ///
    /// # Panics
    /// When `word` is not a label.
    pub const fn literal(word: &'static str) -> Self {
        match Self::build(word.as_bytes()) {
            Some(label) => label,
            None => panic!("not a label: 1 to N of a-z, A-Z, 0-9, '_', '-', '.'"),
        }
    }

    /// The label with this text.
    pub fn new(word: &str) -> Result<Self, LabelError> {
        Self::build(word.as_bytes()).ok_or_else(|| LabelError { length_max: N, found: word.chars().take(40).collect() })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).expect("labels are made of ASCII only")
    }

    const fn build(word: &[u8]) -> Option<Self> {
        if word.is_empty() || word.len() > N || N > 64 {
            return None;
        }
        let mut bytes = [0; N];
        let mut index = 0;
        while index < word.len() {
            let byte = word[index];
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) {
                return None;
            }
            bytes[index] = byte;
            index += 1;
        }
        // At most 64, checked above.
        #[allow(clippy::cast_possible_truncation)]
        let len = word.len() as u8;
        Some(Self { bytes, len })
    }
}

impl<const N: usize> fmt::Display for Label<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Label<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_words_are_labels() {
        assert_eq!(Label::<8>::new("pay").map(|label| label.to_string()), Ok("pay".to_owned()));
        for wrong in ["", "ninebytes", "a b", "钱", "a\n"] {
            assert!(Label::<8>::new(wrong).is_err(), "{wrong:?}");
        }
        assert_ne!(Label::<8>::literal("a"), Label::<8>::literal("aa"));
    }
}
