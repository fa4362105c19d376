//! Contrast of text on its ground by WCAG 2.2 (1.4.3: 4.5:1 for text, 1.4.11: 3:1 for the edge of a control), computed
//! from the tokens in both themes. Pairs are those listed here and those that a rule of the style sheets sets together. A token
//! that has no colour in a theme is a finding as well: a pair that cannot be computed must not count as one that can be read.

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
    ("code-ink-2", &["code-paper"]),
    ("on-night", &["night"]),
    ("on-night-2", &["night"]),
];
const EDGES: &[(&str, &[&str])] = &[("edge", &["paper", "surface"])];

type Colour = [f64; 3];
type Tokens = BTreeMap<String, Colour>;

/// What has to be told apart from its ground.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Front {
    Text(String),
    Edge(String),
}

impl Front {
    fn token(&self) -> &str {
        let (Self::Text(token) | Self::Edge(token)) = self;
        token
    }

    fn wanted(&self) -> f64 {
        match self {
            Self::Text(_) => TEXT,
            Self::Edge(_) => EDGE,
        }
    }
}

/// A front and its ground.
type Pairs = BTreeSet<(Front, String)>;

/// Pairs that cannot be read well enough. `tokens` is `tokens.css`, `sheets` all other style sheets.
pub fn unreadable(tokens: &Sheet, sheets: &[Sheet]) -> Vec<Finding> {
    let mut pairs = listed(PAIRS, Front::Text);
    pairs.extend(listed(EDGES, Front::Edge));
    pairs.extend(sheets.iter().flat_map(|sheet| set_together(tokens, sheet)));
    unreadable_among(&pairs, tokens)
}

fn listed(list: &[(&str, &[&str])], front: fn(String) -> Front) -> Pairs {
    let pairs = list.iter().flat_map(|(token, grounds)| grounds.iter().map(move |ground| (*token, *ground)));
    pairs.map(|(token, ground)| (front(token.to_owned()), ground.to_owned())).collect()
}

fn unreadable_among(pairs: &Pairs, tokens: &Sheet) -> Vec<Finding> {
    let light = theme(tokens, |inside| !inside.contains("dark"));
    let mut dark = light.clone();
    dark.extend(theme(tokens, |inside| inside.contains("dark")));
    if light.is_empty() || dark == light {
        return vec![Finding::new(&tokens.path, 0, "expected colours for a light and a dark theme, found none")];
    }
    let themes = [("light", &light), ("dark", &dark)];
    let mut found: BTreeSet<String> = BTreeSet::new();
    for ((name, theme), (front, ground)) in
        themes.into_iter().flat_map(|theme| pairs.iter().map(move |pair| (theme, pair)))
    {
        let token = front.token();
        let (Some(a), Some(b)) = (theme.get(token), theme.get(ground)) else {
            let missing = [token, ground].into_iter().filter(|token| !theme.contains_key(*token));
            found.extend(
                missing.map(|token| format!("--{token} has no colour in the {name} theme, #rrggbb is expected")),
            );
            continue;
        };
        let (contrast, wanted) = (contrast(*a, *b), front.wanted());
        if contrast < wanted {
            found.insert(format!(
                "--{token} on --{ground} is {contrast:.2}:1 in the {name} theme, at least {wanted}:1 is needed"
            ));
        }
    }
    found.into_iter().map(|what| Finding::new(&tokens.path, 0, what)).collect()
}

fn theme(sheet: &Sheet, belongs: fn(&str) -> bool) -> Tokens {
    let of = |declaration: &Declaration| {
        let name = declaration.property.strip_prefix("--")?;
        Some((name.to_owned(), colour(&declaration.value)?))
    };
    sheet.declarations.iter().filter(|declaration| belongs(&declaration.inside.join(" "))).filter_map(of).collect()
}

/// Rules that set text colour and ground at once, both by token. A token that is a see-through colour is no ground of its own: what
/// lies beneath it has to be listed as the ground.
fn set_together(tokens: &Sheet, sheet: &Sheet) -> Pairs {
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
    let pairs = rules.into_values().filter_map(|(text, ground)| Some((Front::Text(text?), ground?)));
    pairs.filter(|(_, ground)| !is_see_through(tokens, ground)).collect()
}

fn is_see_through(tokens: &Sheet, token: &str) -> bool {
    tokens.declarations.iter().any(|declaration| {
        declaration.property.strip_prefix("--") == Some(token)
            && declaration.value.starts_with("rgb(")
            && declaration.value.contains('/')
    })
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
    use super::{Front, Pairs, contrast, set_together, unreadable, unreadable_among};
    use crate::tidy::styles::Sheet;

    fn pair(text: &str, ground: &str) -> Pairs {
        [(Front::Text(text.to_owned()), ground.to_owned())].into()
    }

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
        let findings = unreadable_among(&pair("ink", "paper"), &tokens);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].what.contains("dark"), "{}", findings[0].what);
    }

    #[test]
    fn an_edge_needs_less_than_text() {
        let tokens =
            Sheet::parse("tokens.css", ":root { --a: #888; --b: #fff } [data-theme=\"dark\"] { --a: #888; --b: #000 }");
        let edge = [(Front::Edge("a".to_owned()), "b".to_owned())].into();
        assert_eq!(unreadable_among(&edge, &tokens).len(), 0);
        assert_eq!(unreadable_among(&pair("a", "b"), &tokens).len(), 1, "3.54:1 on white");
    }

    #[test]
    fn a_pair_that_a_rule_sets_is_looked_at() {
        let tokens =
            Sheet::parse("tokens.css", ":root { --a: #888; --b: #999 } [data-theme=\"dark\"] { --a: #000; --b: #fff }");
        let rule = Sheet::parse("app.css", ".x { color: var(--a); background: var(--b) }");
        assert_eq!(set_together(&tokens, &rule), pair("a", "b"));
        assert_eq!(unreadable_among(&pair("a", "b"), &tokens).len(), 1);
    }

    #[test]
    fn a_token_without_a_colour_is_a_finding_in_each_theme_that_lacks_it() {
        let tokens = Sheet::parse("tokens.css", ":root { --a: #000 } [data-theme=\"dark\"] { --a: #111; --b: #fff }");
        let findings = unreadable_among(&pair("a", "b"), &tokens);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].what.starts_with("--b has no colour in the light theme"), "{}", findings[0].what);
        assert_eq!(unreadable_among(&pair("a", "c"), &tokens).len(), 2);
    }

    #[test]
    fn a_veil_is_no_ground_of_its_own() {
        let tokens = Sheet::parse("tokens.css", ":root { --a: #fff; --veil: rgb(0 0 0 / 0.6) }");
        let rule = Sheet::parse("app.css", ".x { color: var(--a); background: var(--veil) }");
        assert!(set_together(&tokens, &rule).is_empty());
    }

    #[test]
    fn no_tokens_is_a_finding() {
        assert_eq!(unreadable(&Sheet::parse("tokens.css", ""), &[]).len(), 1);
    }
}
