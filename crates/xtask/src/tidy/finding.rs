//! What a check found, and where.

use std::fmt;

use crate::failure::Failure;

/// One thing that is not as it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// File, relative to the repository.
    pub file: String,
    /// Line from 1, or 0 for the whole file.
    pub line: usize,
    /// What was found and what to do.
    pub what: String,
}

impl Finding {
    /// `what` stands in `file` at `line`.
    pub fn new(file: impl Into<String>, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.into(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// A failure that lists the findings, if there are any.
pub fn none(findings: &[Finding], next: &str) -> Result<(), Failure> {
    if findings.is_empty() {
        return Ok(());
    }
    for finding in findings {
        eprintln!("{finding}");
    }
    Err(Failure::new(format!("{} findings", findings.len()), next))
}
