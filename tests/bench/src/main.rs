//! Measures the ledger engine and money beside their peers, in turn, in one run on one machine.
//!
//! ```text
//! qianbao-tests-bench --out FILE [--quick] [NAME]
//! ```
//!
//! Every pair runs ours and the peer one after the other, the first place alternating; the row holds the median of the
//! pairs' ratios, the smallest and the largest. After each run a gate checks that nothing was lost: a run that is fast and
//! wrong ends the program. NAME chooses the rows whose id begins with it.

mod bare;
mod engine;
mod money;
mod row;
mod tpcb;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use qianbao_tests_postgres::Throwaway;

use row::Row;

/// Why a measurement ended without a figure.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
struct Options {
    /// Where the rows go, as JSON.
    #[arg(long)]
    out: PathBuf,
    /// Short runs: shows that it runs, proves little.
    #[arg(long)]
    quick: bool,
    /// Only the rows whose id begins with this.
    name: Option<String>,
    /// Where the databases are written; the disk under it is what is measured.
    #[arg(long, default_value = "target")]
    disk: PathBuf,
}

/// How long and how often.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Length of one measured run.
    pub run: Duration,
    /// Pairs of a row.
    pub pairs: u32,
}

fn main() -> ExitCode {
    match measure(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the bench ended without figures: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> Result<(), Failure> {
    let run = if options.quick { Duration::from_millis(1_500) } else { Duration::from_secs(5) };
    let plan = Plan { run, pairs: if options.quick { 5 } else { 7 } };
    let wanted = |id: &str| options.name.as_deref().is_none_or(|name| id.starts_with(name));
    std::fs::create_dir_all(&options.disk)?;
    let mut rows: Vec<Row> = Vec::new();
    if wanted("L1") {
        rows.push(engine::transfers(plan, &options.disk)?);
    }
    if wanted("L1-payment") {
        rows.push(engine::payments(plan, &options.disk)?);
    }
    if wanted("L2") {
        let postgres = Throwaway::start(&[]);
        rows.push(engine::shared(plan, &postgres)?);
        rows.push(engine::shared_payments(plan, &postgres)?);
    }
    if wanted("L3") {
        rows.push(engine::hot_accounts(plan, &options.disk)?);
    }
    if wanted("M1") {
        rows.push(money::beside_integers(plan)?);
    }
    if wanted("M1-decimal") {
        rows.push(money::beside_decimals(plan)?);
    }
    std::fs::write(&options.out, serde_json::to_string_pretty(&rows)?)?;
    Ok(())
}
