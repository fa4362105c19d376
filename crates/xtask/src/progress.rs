//! Lines such as `[3/7] building the wallet`.

use std::time::Instant;

/// A known number of steps, told one after another.
pub struct Steps {
    total: usize,
    done: usize,
    started: Instant,
}

impl Steps {
    /// Nothing done of `total`.
    pub fn new(total: usize) -> Self {
        Self { total, done: 0, started: Instant::now() }
    }

    /// Says that the next step begins.
    pub fn next(&mut self, what: &str) {
        self.done += 1;
        eprintln!("[{}/{}] {what}", self.done, self.total);
    }

    /// Whole seconds since the first step.
    pub fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}
