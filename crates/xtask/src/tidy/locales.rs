//! Texts: both languages have the same keys, no text is empty, and every problem code has one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::Finding;

/// Keys of a locale file, nested ones joined by a dot.
pub fn keys(text: &str) -> Result<BTreeSet<String>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut found = BTreeSet::new();
    collect("", &value, &mut found)?;
    Ok(found)
}

fn collect(prefix: &str, value: &Value, found: &mut BTreeSet<String>) -> Result<(), String> {
    match value {
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            collect(&path, value, found)
        }),
        Value::String(text) if text.trim().is_empty() => Err(format!("`{prefix}` is empty")),
        Value::String(_) => {
            found.insert(prefix.to_owned());
            Ok(())
        }
        _ => Err(format!("`{prefix}` is no text")),
    }
}

/// Keys that one language has and the other lacks. Files are given as name and the two contents.
pub fn differences(name: &str, zh: &str, en: &str) -> Vec<Finding> {
    let file = |language: &str| format!("web/locales/{language}/{name}");
    let (zh_keys, en_keys) = match (keys(zh), keys(en)) {
        (Ok(zh), Ok(en)) => (zh, en),
        (Err(error), _) => return vec![Finding::new(file("zh"), 0, error)],
        (_, Err(error)) => return vec![Finding::new(file("en"), 0, error)],
    };
    let lacks = |language: &'static str, key: &String| {
        Finding::new(file(language), 0, format!("`{key}` is missing: the other language has it"))
    };
    let zh_lacks = en_keys.difference(&zh_keys).map(|key| lacks("zh", key));
    let en_lacks = zh_keys.difference(&en_keys).map(|key| lacks("en", key));
    zh_lacks.chain(en_lacks).collect()
}

/// Codes of `enum ProblemCode` that `problems.json` does not translate.
pub fn untranslated(problem_rs: &str, problems_json: &str, file: &str) -> Vec<Finding> {
    let codes = problem_codes(problem_rs);
    let keys = match keys(problems_json) {
        Ok(keys) => keys,
        Err(error) => return vec![Finding::new(file, 0, error)],
    };
    if codes.is_empty() {
        return vec![Finding::new("crates/api/src/problem.rs", 0, "expected `pub enum ProblemCode {`, found none")];
    }
    let has = |code: &str| keys.iter().any(|key| key == code || key.split('.').next() == Some(code));
    codes.iter().filter(|code| !has(code)).map(|code| Finding::new(file, 0, format!("`{code}` has no text"))).collect()
}

/// Variants of `enum ProblemCode`, as they stand on the wire.
fn problem_codes(problem_rs: &str) -> Vec<String> {
    let Some((_, rest)) = problem_rs.split_once("pub enum ProblemCode {") else { return Vec::new() };
    let body = rest.split_once('}').map_or(rest, |(body, _)| body);
    let is_variant = |line: &&str| line.chars().next().is_some_and(char::is_uppercase);
    body.lines().map(|line| line.trim().trim_end_matches(',')).filter(is_variant).map(snake_case).collect()
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{differences, untranslated};

    #[test]
    fn a_key_of_one_language_is_found() {
        let found = differences("app.json", r#"{"a":"甲","b":{"c":"丙"}}"#, r#"{"a":"A","d":"D"}"#);
        assert_eq!(found.len(), 2);
        assert_eq!(differences("app.json", r#"{"a":"甲"}"#, r#"{"a":"A"}"#).len(), 0);
    }

    #[test]
    fn an_empty_text_is_found() {
        assert_eq!(differences("app.json", r#"{"a":" "}"#, r#"{"a":"A"}"#).len(), 1);
    }

    #[test]
    fn a_code_without_text_is_found() {
        let rust = "pub enum ProblemCode {\n    /// Words.\n    OrderPaid,\n    PaySelf,\n}\n";
        assert_eq!(untranslated(rust, r#"{"order_paid":"…"}"#, "problems.json").len(), 1);
        assert_eq!(untranslated(rust, r#"{"order_paid":"…","pay_self":{"title":"…"}}"#, "problems.json").len(), 0);
        assert_eq!(untranslated("", "{}", "problems.json").len(), 1);
    }
}
