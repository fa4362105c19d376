//! Rust files, split into code and texts: what stands in comments is of no interest to a check of identifiers, and SQL
//! stands in texts only.

use std::path::Path;

use crate::failure::Failure;
use crate::places::Places;
use crate::site::files_below;

/// A Rust file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path relative to the repository, with `/`.
    pub path: String,
    /// The file as it is.
    pub text: String,
    /// Its lines without comments; every text literal has become `""`.
    pub code: Vec<String>,
    /// Text literals with the line they begin on, from 1.
    pub texts: Vec<(usize, String)>,
    /// The first line of the unit tests at its end, from 1; beyond the last line where there are none.
    pub tests_from: usize,
}

impl Source {
    /// The file `path` with this content.
    pub fn parse(path: &str, text: &str) -> Self {
        let (code, texts) = Scanner::default().run(text);
        let tests_from =
            code.iter().position(|line| line.trim() == "#[cfg(test)]").map_or(usize::MAX, |index| index + 1);
        Self { path: path.to_owned(), text: text.to_owned(), code, texts, tests_from }
    }

    /// Whether the file holds nothing but tests.
    pub fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || name == "tests.rs"
            || name.ends_with("_tests.rs")
    }

    /// Lines of code that are not tests, numbered from 1.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 0 } else { self.tests_from };
        self.code
            .iter()
            .enumerate()
            .map(|(index, line)| (index + 1, line.as_str()))
            .filter(move |(line, _)| *line < end)
    }

    /// Text literals that are not in tests.
    pub fn product_texts(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 0 } else { self.tests_from };
        self.texts.iter().map(|(line, text)| (*line, text.as_str())).filter(move |(line, _)| *line < end)
    }
}

/// Every Rust file of `crates` and `tests`.
pub fn all(places: &Places) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for folder in ["crates", "tests"] {
        for file in files_below(&places.root.join(folder)) {
            let path = relative(places, &file);
            if file.extension().is_some_and(|kind| kind == "rs")
                && !path.contains("/node_modules/")
                && !path.contains("/target/")
            {
                sources.push(Source::parse(&path, &std::fs::read_to_string(&file)?));
            }
        }
    }
    Ok(sources)
}

/// A path as the checks print it.
pub fn relative(places: &Places, file: &Path) -> String {
    file.strip_prefix(&places.root).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

/// Whether `word` stands in `line` as a whole identifier path.
pub fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_part) && word.starts_with(is_part);
        let after = line[at + word.len()..].chars().next().is_some_and(is_part) && word.ends_with(is_part);
        !before && !after
    })
}

#[derive(Default)]
struct Scanner {
    lines: Vec<String>,
    line: String,
    texts: Vec<(usize, String)>,
}

impl Scanner {
    fn run(mut self, text: &str) -> (Vec<String>, Vec<(usize, String)>) {
        let letters: Vec<char> = text.chars().collect();
        let mut at = 0;
        while at < letters.len() {
            at = match (letters[at], letters.get(at + 1)) {
                ('/', Some('/')) => Self::until_line_end(&letters, at),
                ('/', Some('*')) => self.block_comment(&letters, at),
                ('"', _) => self.text(&letters, at),
                ('r', Some('"' | '#')) if !self.ends_in_identifier() => self.raw_text(&letters, at),
                ('\'', _) => self.letter(&letters, at),
                (letter, _) => {
                    self.put(letter);
                    at + 1
                }
            };
        }
        self.lines.push(self.line);
        (self.lines, self.texts)
    }

    fn put(&mut self, letter: char) {
        if letter == '\n' {
            self.lines.push(std::mem::take(&mut self.line));
        } else {
            self.line.push(letter);
        }
    }

    fn ends_in_identifier(&self) -> bool {
        // `br"…"` is a raw text too.
        let before = self.line.strip_suffix('b').unwrap_or(&self.line);
        before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
    }

    fn until_line_end(letters: &[char], at: usize) -> usize {
        letters[at..].iter().position(|&c| c == '\n').map_or(letters.len(), |length| at + length)
    }

    fn block_comment(&mut self, letters: &[char], from: usize) -> usize {
        let mut depth = 0;
        let mut at = from;
        while at < letters.len() {
            match (letters[at], letters.get(at + 1)) {
                ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
                ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
                (letter, _) => {
                    if letter == '\n' {
                        self.put('\n');
                    }
                    at += 1;
                }
            }
            if depth == 0 {
                break;
            }
        }
        at
    }

    fn text(&mut self, letters: &[char], from: usize) -> usize {
        let mut at = from + 1;
        let mut found = String::new();
        while at < letters.len() && letters[at] != '"' {
            if letters[at] == '\\' {
                found.push(letters[at]);
                at += 1;
            }
            found.extend(letters.get(at));
            at += 1;
        }
        self.keep(found);
        at + 1
    }

    fn raw_text(&mut self, letters: &[char], from: usize) -> usize {
        let hashes = letters[from + 1..].iter().take_while(|&&c| c == '#').count();
        let start = from + 1 + hashes;
        if letters.get(start) != Some(&'"') {
            // `r#type`: an identifier.
            self.put('r');
            return from + 1;
        }
        let ends = |at: usize| {
            letters[at] == '"' && letters[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes
        };
        let end = (start + 1..letters.len()).find(|&at| ends(at)).unwrap_or(letters.len() - 1);
        self.keep(letters[start + 1..end].iter().collect());
        end + 1 + hashes
    }

    /// `'a'` is a letter, `'a` a lifetime.
    fn letter(&mut self, letters: &[char], at: usize) -> usize {
        let length = match (letters.get(at + 1), letters.get(at + 2)) {
            (Some('\\'), _) => letters[at + 2..].iter().skip(1).position(|&c| c == '\'').map(|more| more + 4),
            (Some(_), Some('\'')) => Some(3),
            _ => None,
        };
        self.put(if length.is_some() { '0' } else { '\'' });
        at + length.unwrap_or(1)
    }

    fn keep(&mut self, text: String) {
        self.line.push_str("\"\"");
        let line = self.lines.len() + 1;
        for _ in text.matches('\n') {
            self.put('\n');
        }
        self.texts.push((line, text));
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, has_word};

    #[test]
    fn comments_vanish_and_texts_are_kept_apart() {
        let source = Source::parse(
            "a.rs",
            "let a = \"x // y\"; // web_sys\n/* web_sys\n */ let b = r#\"q\"z\"#;\nlet c = '\"';",
        );
        assert_eq!(source.code, ["let a = \"\"; ", "", " let b = \"\";", "let c = 0;"]);
        assert_eq!(source.texts, [(1, "x // y".to_owned()), (3, "q\"z".to_owned())]);
    }

    #[test]
    fn lifetimes_and_raw_identifiers_are_code() {
        let source = Source::parse("a.rs", "fn f<'a>(r#type: &'a str) -> char { '\\'' }");
        assert_eq!(source.code, ["fn f<'a>(r#type: &'a str) -> char { 0 }"]);
    }

    #[test]
    fn a_text_over_several_lines_keeps_the_line_numbers() {
        let source = Source::parse("a.rs", "let a = \"one\ntwo\";\nlet b = \"three\";");
        assert_eq!(source.code.len(), 3);
        assert_eq!(source.texts[1], (3, "three".to_owned()));
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use web_sys::Window", "web_sys") && has_word("a.unwrap()", ".unwrap()"));
        assert!(!has_word("my_web_sys", "web_sys") && !has_word("f640", "f64"));
    }

    #[test]
    fn unit_tests_are_not_product_lines() {
        let source = Source::parse("crates/a/src/b.rs", "let a = 1;\n#[cfg(test)]\nmod tests { f64 }");
        assert_eq!(source.product_lines().map(|(line, _)| line).collect::<Vec<_>>(), [1]);
    }
}
