//! Measures the ledger engine and money beside their peers, in turn, in one run on one machine.
//!
//! ```text
//! qianbao-tests-bench --out FILE [--quick] [--cala PROGRAM] [NAME]
//! ```
//!
//! Every pair runs ours and the peer one after the other, the first place alternating; the row holds the median of the
//! pairs' ratios, the smallest and the largest. After each run a gate checks that nothing was lost: a run that is fast and
//! wrong gives no row. A row that fails does not lose the others: it stands under `failed` with the reason. NAME chooses the rows
//! whose id begins with it.

mod bare;
mod cala;
mod engine;
mod history;
mod money;
mod tpcb;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use qianbao_tests_bench::{Failure, Results};
use qianbao_tests_postgres::Throwaway;

use cala::Cala;
use tpcb::Tpcb;

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
    /// The bench of cala-ledger.
    #[arg(long, default_value = "target/cala/release/qianbao-bench-cala")]
    cala: PathBuf,
}

impl Options {
    fn wants(&self, id: &str) -> bool {
        self.name.as_deref().is_none_or(|name| id.starts_with(name))
    }

    /// Whether some of the rows are wanted whose ids begin so.
    fn wants_some_of(&self, prefix: &str) -> bool {
        self.name.as_deref().is_none_or(|name| prefix.starts_with(name) || name.starts_with(prefix))
    }
}

/// How long and how often.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Length of one measured run.
    pub run: Duration,
    /// Pairs of a row.
    pub pairs: u32,
    /// Whether it is the short form.
    pub is_quick: bool,
}

fn main() -> ExitCode {
    match measure(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the bench ended without figures: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every row has figures.
fn measure(options: &Options) -> Result<bool, Failure> {
    let run = if options.quick { Duration::from_millis(1_500) } else { Duration::from_secs(5) };
    let plan = Plan { run, pairs: if options.quick { 5 } else { 7 }, is_quick: options.quick };
    let wanted = |id: &str| options.wants(id);
    std::fs::create_dir_all(&options.disk)?;
    let mut results = Results::default();
    if wanted("M1") {
        results.add("M1", money::beside_integers(plan));
    }
    if wanted("M1-single") {
        results.add("M1-single", money::one_by_one(plan));
    }
    if wanted("M1-loop") {
        results.add("M1-loop", money::in_a_plain_loop(plan));
    }
    if wanted("M1-decimal") {
        results.add("M1-decimal", money::beside_decimals(plan));
    }
    if wanted("L1") {
        results.add("L1", engine::transfers(plan, &options.disk));
    }
    if wanted("L1-payment") {
        results.add("L1-payment", engine::payments(plan, &options.disk));
    }
    if wanted("L3") {
        results.add("L3", engine::hot_accounts(plan, &options.disk));
    }
    if options.wants_some_of("H1-sqlite") {
        results.add_all("H1-sqlite", history::sqlite(plan, &options.disk));
    }
    if wanted("L1-tpcb") || options.wants_some_of("L2") || options.wants_some_of("H1-postgres") {
        on_postgres(options, plan, &mut results);
    }
    results.write(&options.out)
}

/// The rows that need a Postgres: all of them on one that is thrown away.
fn on_postgres(options: &Options, plan: Plan, results: &mut Results) {
    let wanted = |id: &str| options.wants(id);
    let postgres = Throwaway::start(&[]);
    let tpcb = Tpcb::new(&postgres);
    let cala = Cala(options.cala.clone());
    if wanted("L1-tpcb") {
        results.add("L1-tpcb", engine::transfers_beside_tpcb(plan, &options.disk, &tpcb));
    }
    if wanted("L2-cala") {
        results.add("L2-cala", engine::shared_beside_cala(plan, &postgres, &cala));
    }
    if wanted("L2-cala-batch") {
        results.add("L2-cala-batch", engine::shared_beside_cala_batches(plan, &postgres, &cala));
    }
    if wanted("L2-tpcb") {
        results.add("L2-tpcb", engine::shared(plan, &postgres, &tpcb));
    }
    if wanted("L2-payment") {
        results.add("L2-payment", engine::shared_payments(plan, &postgres, &tpcb));
    }
    if options.wants_some_of("H1-postgres") {
        results.add_all("H1-postgres", history::postgres(plan, &postgres));
    }
}
