//! `cargo xtask test`: every suite, one after another, and a table of where the time went.
//!
//! A failed suite does not stop the next one. Order: what tells most in the least time comes first, and whatever a suite
//! compiles is of use to the next: unit tests build the server that the API and browser suites start.
//!
//! One Postgres is started for all suites and removed at the end, whatever came out.

mod count;
mod schema;
mod suites;

use std::fmt::Write;
use std::time::{Duration, Instant};

use clap::Args;

pub use count::Count;
use suites::Suite;

use crate::failure::Failure;
use crate::places::Places;
use crate::postgres::Postgres;
use crate::progress::Steps;

/// Options of `test`.
#[derive(Args, Debug)]
pub struct Options {
    /// Only these suites.
    #[arg(value_enum)]
    pub only: Vec<Suite>,
}

struct Result {
    suite: Suite,
    count: Count,
    took: Duration,
    failure: Option<Failure>,
}

/// Runs the command.
pub fn run(places: &Places, options: &Options) -> std::result::Result<(), Failure> {
    let places = &places.for_tests();
    if let Some(folder) = &places.temporary {
        println!("temporary files of the tests lie in {} (TMPDIR says otherwise)", folder.display());
    }
    let wanted: Vec<Suite> =
        Suite::ALL.into_iter().filter(|suite| options.only.is_empty() || options.only.contains(suite)).collect();
    let postgres = wanted.iter().any(|suite| suite.needs_postgres()).then(|| Postgres::start(places)).transpose()?;
    let mut steps = Steps::new(wanted.len());
    let mut results = Vec::new();
    for suite in wanted {
        steps.next(&format!("{}: {}", suite.name(), suite.about()));
        let started = Instant::now();
        let (count, failure) = match suite.run(places, postgres.as_ref()) {
            Ok((true, count)) => (count, None),
            Ok((false, count)) => {
                (count.with_a_failure(), Some(Failure::new(format!("{} failed", suite.name()), suite.again())))
            }
            Err(failure) => (Count { passed: 0, failed: 1 }, Some(failure)),
        };
        if let Some(failure) = &failure {
            eprintln!("{failure}");
        }
        count.keep(places, suite.name())?;
        results.push(Result { suite, count, took: started.elapsed(), failure });
    }
    println!("\n{}", table(&results));
    let total = results.iter().fold(Count::default(), |sum, result| sum + result.count);
    println!("{total}");
    let failed: Vec<&str> =
        results.iter().filter(|result| result.failure.is_some()).map(|result| result.suite.name()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("failed suites: {}", failed.join(", ")),
        format!("one of them again: cargo xtask test {}", failed[0]),
    ))
}

fn table(results: &[Result]) -> String {
    let mut text = format!("{:<8} {:>7} {:>7} {:>9}  what\n", "suite", "passed", "failed", "time");
    let mut all = Duration::ZERO;
    for Result { suite, count, took, .. } in results {
        all += *took;
        let _ = writeln!(
            text,
            "{:<8} {:>7} {:>7} {:>9}  {}",
            suite.name(),
            count.passed,
            count.failed,
            minutes(*took),
            suite.about()
        );
    }
    text + &format!("{:<24} {:>9}", "all", minutes(all))
}

fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::minutes;

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(minutes(Duration::from_secs(605)), "10:05");
    }
}
