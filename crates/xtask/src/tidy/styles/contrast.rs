//! Contrast of text on its ground by WCAG 2.2 (1.4.3: 4.5:1 for text, 1.4.11: 3:1 for the edge of a control), computed
//! from the tokens in both themes. Pairs are those listed here and those that a rule of the style sheets sets together.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::{Declaration, Sheet};
use crate::tidy::finding::Finding;

const TEXT: f64 = 4.5;
const EDGE: f64 = 3.0;

/// Text and the grounds it lies on, though no single rule says both.
const PAIRS: &[(&str, &[&str])] = &[
    ("ink", &["paper", "surface", "sunken", "jade-wash", "cinnabar-wash", "gold-wash"]),
    ("ink-2", &["paper", "surface", "sunken"]),
    ("ink-3", &["paper", "surface"]),
    ("jade", &["paper", "surface", "jade-wash"]),
    ("cinnabar", &["paper", "surface", "cinnabar-wash"]),
    ("gold", &["paper", "surface", "gold-wash"]),
    ("on-jade", &["jade", "jade-deep"]),
    ("on-face", &["face", "face-2"]),
    ("on-face-2", &["face", "face-2"]),
    ("code-ink", &["code-paper"]),
    ("on-night", &["night"]),
];
const EDGES: &[(&str, &[&str])] = &[("edge", &["paper", "surface"])];

type Colour = [f64; 3];
type Tokens = BTreeMap<String, Colour>;

/// Pairs that cannot be read well enough. `tokens` is `tokens.css`, `sheets` all other style sheets.
pub fn unreadable(tokens: &Sheet, sheets: &[Sheet]) -> Vec<Finding> {
    let light = theme(tokens, |inside| !inside.contains("dark"));
    let mut dark = light.clone();
    dark.extend(theme(tokens, |inside| inside.contains("dark")));
    if light.is_empty() || dark == light {
        return vec![Finding::new(&tokens.path, 0, "expected colours for a light and a dark theme, found none")];
    }
    let mut pairs = BTreeSet::new();
    for (list, wanted) in [(PAIRS, TEXT), (EDGES, EDGE)] {
        for (text, grounds) in list {
            pairs.extend(grounds.iter().map(|ground| ((*text).to_owned(), (*ground).to_owned(), wanted < TEXT)));
        }
    }
    pairs.extend(sheets.iter().flat_map(set_together).map(|(text, ground)| (text, ground, false)));
    let mut findings = Vec::new();
    for (name, theme) in [("light", &light), ("dark", &dark)] {
        for (text, ground, is_edge) in &pairs {
            let (Some(a), Some(b)) = (theme.get(text), theme.get(ground)) else { continue };
            let wanted = if *is_edge { EDGE } else { TEXT };
            let found = contrast(*a, *b);
            if found < wanted {
                findings.push(Finding::new(
                    &tokens.path,
                    0,
                    format!(
                        "--{text} on --{ground} is {found:.2}:1 in the {name} theme, at least {wanted}:1 is needed"
                    ),
                ));
            }
        }
    }
    findings
}

fn theme(sheet: &Sheet, belongs: fn(&str) -> bool) -> Tokens {
    let of = |declaration: &Declaration| {
        let name = declaration.property.strip_prefix("--")?;
        Some((name.to_owned(), colour(&declaration.value)?))
    };
    sheet.declarations.iter().filter(|declaration| belongs(&declaration.inside.join(" "))).filter_map(of).collect()
}

/// Rules that set text colour and ground at once, both by token.
fn set_together(sheet: &Sheet) -> Vec<(String, String)> {
    let mut rules: BTreeMap<String, (Option<String>, Option<String>)> = BTreeMap::new();
    for declaration in &sheet.declarations {
        let token = declaration.value.strip_prefix("var(--").and_then(|rest| rest.strip_suffix(')')).map(str::to_owned);
        let rule = rules.entry(declaration.inside.join(" ")).or_default();
        match declaration.property.as_str() {
            "color" => rule.0 = token,
            "background" | "background-color" => rule.1 = token,
            _ => {}
        }
    }
    rules.into_values().filter_map(|(text, ground)| Some((text?, ground?))).collect()
}

/// `#rgb` or `#rrggbb`; anything see-through is no ground of its own.
fn colour(value: &str) -> Option<Colour> {
    let hex = value.strip_prefix('#')?;
    let wide: String = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
    if wide.len() != 6 {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok().map(f64::from);
    Some([part(0)?, part(2)?, part(4)?])
}

/// WCAG 2.2, "contrast ratio".
fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: Colour) -> f64 {
    let linear = |part: f64| {
        let part = part / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

#[cfg(test)]
mod tests {
    use super::{contrast, unreadable};
    use crate::tidy::styles::Sheet;

    #[test]
    fn black_on_white_is_twenty_one() {
        assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn grey_text_is_found_in_the_theme_that_has_it() {
        let tokens = Sheet::parse(
            "tokens.css",
            ":root { --ink: #000; --paper: #fff } :root[data-theme=\"dark\"] { --ink: #777; --paper: #555 }",
        );
        let findings = unreadable(&tokens, &[]);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].what.contains("dark"), "{}", findings[0].what);
    }

    #[test]
    fn a_pair_that_a_rule_sets_is_looked_at() {
        let tokens =
            Sheet::parse("tokens.css", ":root { --a: #888; --b: #999 } [data-theme=\"dark\"] { --a: #000; --b: #fff }");
        let rule = Sheet::parse("app.css", ".x { color: var(--a); background: var(--b) }");
        assert_eq!(unreadable(&tokens, &[]).len(), 0);
        assert_eq!(unreadable(&tokens, &[rule]).len(), 1);
    }

    #[test]
    fn no_tokens_is_a_finding() {
        assert_eq!(unreadable(&Sheet::parse("tokens.css", ""), &[]).len(), 1);
    }
}
