//! Why a command stopped, and what to do next.

use std::fmt;

/// A command could not be finished.
#[derive(Debug)]
pub struct Failure {
    /// What happened.
    pub what: String,
    /// The next step to take.
    pub next: String,
}

impl Failure {
    /// `what` happened; `next` is the step to take.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed: {}\n  next: {}", self.what, self.next)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(
            error.to_string(),
            "look at the path or program named above; free disk space if it is full, then run the command again",
        )
    }
}
