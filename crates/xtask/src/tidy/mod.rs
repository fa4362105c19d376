//! `cargo xtask tidy`: format, lints, the invariants of the architecture, licences, markup.
//!
//! Each check finds nothing, or says file, line, what was found and what to do. A check that cannot run has failed.

mod dependencies;
mod finding;
mod identifiers;
mod invariants;
mod links;
mod locales;
mod modules;
mod programs;
mod source;
mod styles;

use std::time::Instant;

use clap::Args;

use crate::failure::Failure;
use crate::places::Places;
use crate::progress::Steps;
use crate::test::Count;

/// Options of `tidy`.
#[derive(Args, Debug)]
pub struct Options {
    /// Only the checks whose name contains this.
    pub only: Option<String>,
}

/// A check: its name, and what it says when it fails.
type Check = (&'static str, fn(&Places) -> Result<(), Failure>);

const CHECKS: &[Check] = &[
    ("crates' arrows", invariants::arrows),
    ("words in their places", invariants::words),
    ("modules and files", invariants::files),
    ("colours, sizes, contrast", invariants::look),
    ("texts in both languages", invariants::texts),
    ("documents' links", invariants::documents),
    ("markup", programs::markup),
    ("types of the journeys", programs::types),
    ("licences and sources", programs::deny),
    ("format", programs::format),
    ("clippy native", programs::clippy_native),
    ("clippy wasm", programs::clippy_wasm),
    ("fuzz targets", programs::fuzz),
];

/// Runs the command.
pub fn run(places: &Places, options: &Options) -> Result<(), Failure> {
    let wanted = |name: &str| options.only.as_ref().is_none_or(|part| name.contains(part.as_str()));
    let checks: Vec<&Check> = CHECKS.iter().filter(|(name, _)| wanted(name)).collect();
    let mut steps = Steps::new(checks.len());
    let mut count = Count::default();
    let mut failed = Vec::new();
    for (name, check) in checks {
        steps.next(name);
        let started = Instant::now();
        match check(places) {
            Ok(()) => count.passed += 1,
            Err(failure) => {
                eprintln!("{failure}");
                count.failed += 1;
                failed.push(*name);
            }
        }
        eprintln!("      {} s", started.elapsed().as_secs());
    }
    count.keep(places, "tidy")?;
    println!("tidy: {count}");
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("not tidy: {}", failed.join(", ")),
        format!("one of them again: cargo xtask tidy '{}'", failed[0]),
    ))
}
