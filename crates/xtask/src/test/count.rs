//! How many tests passed and failed, read from what the test programs print.

use std::fmt;
use std::ops::Add;

use crate::failure::Failure;
use crate::places::Places;

/// Passed and failed tests of a suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Tests that passed.
    pub passed: u32,
    /// Tests that failed.
    pub failed: u32,
}

impl Count {
    /// Of `cargo test` and the wasm test runner: the sum of all lines `test result: ok. 3 passed; 0 failed; …`.
    pub fn of_libtest(text: &str) -> Self {
        text.lines()
            .filter(|line| line.trim_start().starts_with("test result:"))
            .map(Self::of_words)
            .fold(Self::default(), Add::add)
    }

    /// Of `cargo nextest run`: the line `Summary [   1.2s] 12 tests run: 11 passed, 1 failed, 0 skipped`.
    pub fn of_nextest(text: &str) -> Self {
        text.lines()
            .filter(|line| line.trim_start().starts_with("Summary ["))
            .map(Self::of_words)
            .fold(Self::default(), Add::add)
    }

    /// Of `node --test` with its TAP reporter: the closing lines `# pass 10` and `# fail 0`.
    pub fn of_tap(text: &str) -> Self {
        let number = |name: &str| {
            text.lines()
                .filter_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.trim().parse::<u32>().ok())
                .sum()
        };
        Self { passed: number("pass "), failed: number("fail ") }
    }

    /// Of Playwright: the closing lines `2 failed`, `1 flaky`, `30 passed (2.1m)`. A flaky test has failed once: it
    /// counts as failed.
    pub fn of_playwright(text: &str) -> Self {
        let tail: Vec<&str> = text.lines().rev().take(400).collect();
        tail.into_iter()
            .filter(|line| {
                let mut words = line.split_whitespace();
                words.next().is_some_and(|word| word.parse::<u32>().is_ok())
                    && words.next().is_some_and(|word| matches!(word, "passed" | "failed" | "flaky"))
            })
            .map(|line| Self::of_words(&line.replace("flaky", "failed")))
            .fold(Self::default(), Add::add)
    }

    /// The numbers before the words `passed` and `failed`.
    fn of_words(line: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let before = |name: &str| {
            words
                .windows(2)
                .filter(|pair| pair[1].trim_end_matches([';', ',', '.']) == name)
                .filter_map(|pair| pair[0].parse::<u32>().ok())
                .sum()
        };
        Self { passed: before("passed"), failed: before("failed") }
    }

    /// This count, with one failure where a suite failed without a failed test (it did not compile, say).
    pub fn with_a_failure(self) -> Self {
        Self { failed: self.failed.max(1), ..self }
    }

    /// Leaves the count where `.ci/run` sums them.
    pub fn keep(self, places: &Places, suite: &str) -> Result<(), Failure> {
        let folder = places.root.join("target/xtask/counts");
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join(suite), format!("{} {}\n", self.passed, self.failed))?)
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn libtest_results_are_summed() {
        let text = "test result: ok. 3 passed; 0 failed; 0 ignored\nnoise 9 passed\ntest result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(Count::of_libtest(text), Count { passed: 4, failed: 2 });
    }

    #[test]
    fn nextest_says_it_once() {
        let text = "     Summary [   1.204s] 12 tests run: 11 passed (1 slow), 1 failed, 3 skipped";
        assert_eq!(Count::of_nextest(text), Count { passed: 11, failed: 1 });
    }

    #[test]
    fn tap_closes_with_its_numbers() {
        assert_eq!(Count::of_tap("ok 1 - a\n# tests 3\n# pass 2\n# fail 1\n"), Count { passed: 2, failed: 1 });
    }

    #[test]
    fn a_flaky_journey_is_a_failed_one() {
        assert_eq!(
            Count::of_playwright("  1 failed\n    [x] › a.spec.ts\n  1 flaky\n  30 passed (2.1m)"),
            Count { passed: 30, failed: 2 }
        );
    }

    #[test]
    fn a_suite_that_never_ran_has_failed() {
        assert_eq!(Count::default().with_a_failure(), Count { passed: 0, failed: 1 });
    }
}
