//! A style sheet as a list of declarations, and the search for literals in them.

use crate::tidy::finding::Finding;

/// A declaration such as `color: var(--ink)`, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Line from 1.
    pub line: usize,
    /// Selectors and at-rules around it, outermost first.
    pub inside: Vec<String>,
    /// Left of the colon.
    pub property: String,
    /// Right of the colon.
    pub value: String,
}

/// A parsed style sheet. The grammar is as much of CSS as the wallet writes: rules, at-rules, nesting, comments, texts.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Path relative to the repository.
    pub path: String,
    /// Its declarations in order.
    pub declarations: Vec<Declaration>,
}

impl Sheet {
    /// The style sheet `path` with this content.
    pub fn parse(path: &str, text: &str) -> Self {
        let mut declarations = Vec::new();
        let mut inside: Vec<String> = Vec::new();
        let mut pending = String::new();
        let (mut line, mut begin) = (1, 1);
        let mut depth = 0_u32;
        let text = without_comments(text);
        let mut quote = None;
        for letter in text.chars() {
            if pending.trim().is_empty() {
                begin = line;
            }
            if letter == '\n' {
                line += 1;
            }
            match letter {
                '"' | '\'' if quote.is_none() || quote == Some(letter) => {
                    quote = if quote.is_none() { Some(letter) } else { None };
                    pending.push(letter);
                }
                _ if quote.is_some() => pending.push(letter),
                '(' | ')' => {
                    depth = if letter == '(' { depth + 1 } else { depth.saturating_sub(1) };
                    pending.push(letter);
                }
                '{' => inside.push(std::mem::take(&mut pending).split_whitespace().collect::<Vec<_>>().join(" ")),
                ';' | '}' if depth == 0 => {
                    declarations.extend(declaration(&pending, begin, &inside));
                    pending.clear();
                    if letter == '}' {
                        inside.pop();
                    }
                }
                _ => pending.push(letter),
            }
        }
        Self { path: path.to_owned(), declarations }
    }
}

fn declaration(text: &str, line: usize, inside: &[String]) -> Option<Declaration> {
    let (property, value) = text.split_once(':')?;
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Declaration { line, inside: inside.to_vec(), property: property.trim().to_owned(), value })
}

/// Comments become blanks, so that lines keep their numbers.
fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        let end = rest[start + 2..].find("*/").map_or(rest.len(), |end| start + 2 + end + 2);
        out.extend(rest[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out + rest
}

const COLOUR_WORDS: &[&str] = &[
    "white", "black", "red", "green", "blue", "gray", "grey", "silver", "gold", "orange", "yellow", "purple", "navy",
    "teal",
];
const COLOUR_FUNCTIONS: &[&str] = &["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];
/// Properties whose lengths are type, radius or spacing; sizes of drawings (`block-size` and the like) are free.
const LENGTHS: &[&str] =
    &["font-size", "font", "border-radius", "margin", "padding", "gap", "row-gap", "column-gap", "letter-spacing"];

/// Colours, font sizes, radii and spacings that stand outside the tokens.
pub fn literals(sheet: &Sheet) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Paper has no themes and is measured in points.
    let on_screen =
        |declaration: &&Declaration| !declaration.inside.iter().any(|rule| rule.starts_with("@media print"));
    for declaration in sheet.declarations.iter().filter(on_screen) {
        if let Some(what) = literal(declaration) {
            let text = format!(
                "`{}: {}` holds {what}: name it in tokens.css and use var(--…)",
                declaration.property, declaration.value
            );
            findings.push(Finding::new(&sheet.path, declaration.line, text));
        }
    }
    findings
}

fn literal(declaration: &Declaration) -> Option<&'static str> {
    let Declaration { property, value, .. } = declaration;
    let value = value.to_ascii_lowercase();
    let words = || value.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '#' | '-' | '.' | '%')));
    let is_hex = |word: &str| {
        word.strip_prefix('#')
            .is_some_and(|hex| matches!(hex.len(), 3 | 4 | 6 | 8) && hex.chars().all(|c| c.is_ascii_hexdigit()))
    };
    if words().any(is_hex)
        || COLOUR_FUNCTIONS.iter().any(|function| value.contains(function))
        || words().any(|word| COLOUR_WORDS.contains(&word))
    {
        return Some("a colour");
    }
    let is_length_property = LENGTHS
        .iter()
        .any(|name| property == name || property.starts_with(&format!("{name}-")) || property.ends_with("-radius"));
    if is_length_property && words().any(is_length) {
        return Some("a size");
    }
    None
}

/// A number with an absolute or type-relative unit, other than zero: `0.5rem`, `12px`. Shares (`50%`) are no literals.
fn is_length(word: &str) -> bool {
    let units = ["px", "rem", "em", "pt", "ch"];
    units.iter().any(|unit| {
        word.strip_suffix(unit).is_some_and(|number| number.parse::<f32>().is_ok_and(|number| number != 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::{Sheet, literals};

    fn found(css: &str) -> usize {
        literals(&Sheet::parse("a.css", css)).len()
    }

    #[test]
    fn colours_outside_tokens_are_found() {
        assert_eq!(found("a { color: #fff; background: rgb(0 0 0 / 50%); border-color: white }"), 3);
        assert_eq!(found("a { color: var(--ink); background: transparent; fill: currentColor }"), 0);
    }

    #[test]
    fn sizes_of_type_radius_and_spacing_are_found() {
        assert_eq!(
            found("a { font-size: 14px; padding: 0 1rem; border-radius: 4px; margin-inline: 2em; gap: .5rem }"),
            5
        );
        assert_eq!(found("a { margin: 0 auto; border-radius: 50%; gap: var(--space-2); inline-size: 3rem }"), 0);
    }

    #[test]
    fn paper_is_free() {
        assert_eq!(found("@media print { a { font-size: 16pt } } b { font-size: 16pt }"), 1);
    }

    #[test]
    fn media_queries_and_comments_are_free() {
        assert_eq!(found("/* #fff */ @media (min-width: 900px) { a { color: var(--ink) } }"), 0);
    }

    #[test]
    fn a_declaration_knows_its_line_and_its_rule() {
        let sheet = Sheet::parse("a.css", "@layer base {\n  a:hover {\n    color: var(--x);\n  }\n}\n");
        assert_eq!(sheet.declarations.len(), 1);
        assert_eq!(sheet.declarations[0].line, 3);
        assert_eq!(sheet.declarations[0].inside, ["@layer base", "a:hover"]);
    }
}
