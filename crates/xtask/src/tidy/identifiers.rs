//! Words that must not stand in some places, each with its reason.

use super::finding::Finding;
use super::source::{Source, has_word};

/// Words, where they are forbidden, and why.
struct Rule {
    words: &'static [&'static str],
    /// Whether the rule looks at this path.
    forbidden_in: fn(&str) -> bool,
    /// Whether it looks at tests too.
    in_tests: bool,
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        words: &["web_sys", "js_sys"],
        forbidden_in: |path| !speaks_to_the_browser(path),
        in_tests: false,
        why: "web-sys and js-sys stand only in `browser` folders and files and in ui: put the call behind a function there",
    },
    Rule {
        words: &["StatusCode"],
        forbidden_in: |path| path.starts_with("crates/server/") && path != "crates/server/src/problem.rs",
        in_tests: false,
        why: "HTTP status stands only in problem.rs: answer a ProblemCode",
    },
    Rule {
        words: &["f32", "f64"],
        forbidden_in: |path| is_money(path),
        in_tests: true,
        why: "no floats where money is: use i64 minor units, i128 inside multiply and divide, rust_decimal for rates",
    },
    Rule {
        words: &["SystemTime", "Instant", "getrandom", "async", "tokio"],
        forbidden_in: |path| path.starts_with("crates/core/src/") || path.starts_with("crates/api/src/"),
        in_tests: false,
        why: "core and api have no clock, no randomness and no waiting: take the value as an argument",
    },
    Rule {
        words: &["inner_html", "set_inner_html", "innerHTML"],
        forbidden_in: |path| path.starts_with("crates/"),
        in_tests: false,
        why: "text from outside would become markup: make elements or set text",
    },
    Rule {
        words: &[".unwrap()", ".unwrap_err()"],
        forbidden_in: |_| true,
        in_tests: true,
        why: "say why it cannot fail: expect(\"…\"), or give the error on",
    },
    Rule {
        words: &["todo!", "unimplemented!", "dbg!", "allow(dead_code)", "allow(unused)"],
        forbidden_in: |_| true,
        in_tests: true,
        why: "unfinished work does not land: finish it, or take it out",
    },
];

/// Where web-sys and js-sys may be spoken to.
fn speaks_to_the_browser(path: &str) -> bool {
    path.starts_with("crates/ui/")
        || path.contains("/browser/")
        || path.ends_with("/browser.rs")
        || !path.starts_with("crates/")
}

/// Where amounts are worked with.
fn is_money(path: &str) -> bool {
    [
        "crates/core/",
        "crates/api/",
        "crates/ledger/",
        "crates/connectors/",
        "crates/server/src/payments/",
        "crates/server/src/orders/",
    ]
    .iter()
    .any(|start| path.starts_with(start))
}

/// Where SQL may stand.
fn is_storage(path: &str) -> bool {
    let parts = ["/directory/", "/rows/", "/migrations/", "ledger/src/sqlite", "ledger/src/postgres"];
    path.ends_with("/rows.rs") || parts.iter().any(|part| path.contains(part)) || path.starts_with("crates/xtask/")
}

/// Words that stand where they must not.
pub fn forbidden_words(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("crates/xtask/src/tidy/")) {
        for rule in RULES.iter().filter(|rule| (rule.forbidden_in)(&source.path)) {
            let all = source.code.iter().enumerate().map(|(index, line)| (index + 1, line.as_str()));
            let lines: Vec<(usize, &str)> =
                if rule.in_tests { all.collect() } else { source.product_lines().collect() };
            for (line, code) in lines {
                for word in rule.words.iter().filter(|word| has_word(code, word)) {
                    findings.push(Finding::new(&source.path, line, format!("`{word}`: {}", rule.why)));
                }
            }
        }
    }
    findings
}

/// SQL outside storage.
pub fn sql(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("crates/") && !is_storage(&source.path)) {
        for (line, _) in source.product_texts().filter(|(_, text)| is_sql(text)) {
            findings.push(Finding::new(
                &source.path,
                line,
                "SQL stands only in rows.rs, rows/, directory/, migrations/ and the ledger's backends: move it there",
            ));
        }
    }
    findings
}

fn is_sql(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pair = |first: &str, second: &str| words.windows(2).any(|two| two[0] == first && two[1] == second);
    let starts = |word: &str| words.first() == Some(&word);
    (starts("SELECT") && words.len() > 1)
        || pair("INSERT", "INTO")
        || pair("DELETE", "FROM")
        || pair("CREATE", "TABLE")
        || pair("BEGIN", "IMMEDIATE")
        || (starts("UPDATE") && words.contains(&"SET"))
        || (starts("PRAGMA") && words.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::{forbidden_words, is_sql, sql};
    use crate::tidy::source::Source;

    fn words(path: &str, text: &str) -> usize {
        forbidden_words(&[Source::parse(path, text)]).len()
    }

    #[test]
    fn browser_calls_stand_in_browser_folders() {
        assert_eq!(words("crates/app/src/features/home/view.rs", "use web_sys::window;"), 1);
        assert_eq!(words("crates/app/src/browser/camera.rs", "use web_sys::window;"), 0);
        assert_eq!(words("crates/app/src/features/home/view.rs", "// web_sys\n\"web_sys\""), 0);
    }

    #[test]
    fn status_stands_in_problem_rs() {
        assert_eq!(words("crates/server/src/payments/pay.rs", "StatusCode::OK"), 1);
        assert_eq!(words("crates/server/src/problem.rs", "StatusCode::OK"), 0);
        assert_eq!(words("crates/server/tests/pay.rs", "StatusCode::OK"), 0);
    }

    #[test]
    fn money_has_no_floats_and_core_no_clock() {
        assert_eq!(words("crates/core/src/money.rs", "let a: f64 = 1.0;"), 1);
        assert_eq!(words("crates/ui/src/chart.rs", "let a: f64 = 1.0;"), 0);
        assert_eq!(words("crates/core/src/id.rs", "SystemTime::now()"), 1);
    }

    #[test]
    fn unwrap_and_unfinished_work_are_found_in_tests_too() {
        assert_eq!(words("crates/core/tests/a.rs", "x.unwrap();"), 1);
        assert_eq!(words("crates/core/src/a.rs", "#[cfg(test)]\nmod tests { todo!() }"), 1);
        assert_eq!(words("crates/core/src/a.rs", "x.unwrap_or(0)"), 0);
    }

    #[test]
    fn sql_is_told_from_prose() {
        assert!(
            is_sql("SELECT id FROM people")
                && is_sql("\n  UPDATE people SET name = $1")
                && is_sql("WITH x AS (SELECT 1) INSERT INTO y")
        );
        assert!(!is_sql("Select a language") && !is_sql("UPDATE") && !is_sql("money moved"));
    }

    #[test]
    fn sql_stands_in_rows() {
        let text = "let q = \"SELECT id FROM people\";";
        assert_eq!(sql(&[Source::parse("crates/server/src/identity/sign_in.rs", text)]).len(), 1);
        assert_eq!(sql(&[Source::parse("crates/server/src/identity/rows.rs", text)]).len(), 0);
    }
}
