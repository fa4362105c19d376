//! Documents point at files that are there.

use super::finding::Finding;

/// Links of a Markdown text that lead to files of the repository, with their lines: `[…](path)` and `![…](path)`.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut rest = line;
        while let Some((_, after)) = rest.split_once("](") {
            let Some((target, tail)) = after.split_once(')') else { break };
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") && !path.starts_with("mailto:") {
                found.push((index + 1, path));
            }
            rest = tail;
        }
    }
    found
}

/// Links of the document `file` that lead nowhere; `exists` is asked with the path as it stands there.
pub fn broken(file: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    links(text)
        .into_iter()
        .filter(|(_, path)| !exists(path))
        .map(|(line, path)| Finding::new(file, line, format!("`{path}` is not there: correct the link or take it out")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::broken;

    #[test]
    fn a_link_to_a_missing_file_is_found() {
        let text = "See [a](a.md), [b](b.md#part) and [c](https://example.org).\n![d](images/d.png)";
        let findings = broken("README.md", text, |path| path == "a.md");
        assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [1, 2]);
    }
}
