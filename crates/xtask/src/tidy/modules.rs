//! Every module says what it is, and no file is longer than one can keep in mind.

use super::finding::Finding;
use super::source::Source;

/// No file is longer than this many lines.
const LINES_MAX: usize = 600;

/// Files that do not begin with `//!`.
pub fn without_description(sources: &[Source]) -> Vec<Finding> {
    let begins = |source: &Source| {
        source
            .text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with("#!["))
            .is_some_and(|line| line.starts_with("//!"))
    };
    sources
        .iter()
        .filter(|source| !begins(source))
        .map(|source| {
            Finding::new(
                &source.path,
                1,
                "begins without `//!`: say what it is, what it guarantees, what it leaves to others",
            )
        })
        .collect()
}

/// Files that are too long, given as path and content.
pub fn too_long<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Finding> {
    files
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| {
            Finding::new(path, LINES_MAX, format!("has {lines} lines, at most {LINES_MAX}: split it by what it does"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{too_long, without_description};
    use crate::tidy::source::Source;

    #[test]
    fn a_module_without_words_is_found() {
        let described = Source::parse("a.rs", "//! Says what it is.\n");
        let silent = Source::parse("b.rs", "use std::fmt;\n");
        let attribute_first = Source::parse("c.rs", "#![no_main]\n//! Says it.\n");
        let findings = without_description(&[described, silent, attribute_first]);
        assert_eq!(findings.iter().map(|finding| finding.file.as_str()).collect::<Vec<_>>(), ["b.rs"]);
    }

    #[test]
    fn the_line_after_six_hundred_is_one_too_many() {
        let (fits, long) = ("x\n".repeat(600), "x\n".repeat(601));
        assert_eq!(too_long([("fits.rs", fits.as_str()), ("long.rs", long.as_str())].into_iter()).len(), 1);
    }
}
