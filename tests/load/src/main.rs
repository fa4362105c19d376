//! HTTP payments (rows L4 and O1 of the bench).
//!
//! ```text
//! qianbao-tests-load bench --out FILE [--quick] [--callers N] [--lnbits FOLDER] [NAME]
//! qianbao-tests-load overload --out FILE [--quick]
//! ```
//!
//! | row | the peer |
//! | --- | --- |
//! | `L4` | the same route in the same kind of process, where a constant answers in the place of the ledger ([`peer`]) |
//! | `L4-noop` | an axum route that reads the same body and answers a constant; no session, no checks |
//! | `L4-p99` | the goal, 10 ms: payments come at half of the rate that `L4` reached, by the clock and not by the answers |
//! | `L4-lnbits` | LNbits 1.6.2: an invoice and its payment between two of its wallets |
//! | `O1` | the goal, 200 ms: twice as many payments come as can be served ([`overload`]) |
//!
//! One load program and one server at work, on one machine; they take turns. The load program's own work is the same on both sides, so it
//! pulls the ratio towards one. Afterwards the gate: every acknowledged payment has moved its money once, and the ledger passes its audit.

mod latency;
mod line;
mod lnbits;
mod overload;
mod payers;
mod peer;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use qianbao_tests_api::House;
use qianbao_tests_bench::row::{Bound, Row, Subject, in_turn};
use qianbao_tests_bench::{Failure, Results};
use tokio::runtime::Runtime;

use lnbits::Lnbits;
use payers::Payers;
use peer::Peer;

#[derive(Parser)]
#[command(about = "HTTP payments a second beside the same route without a ledger")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure.
    Bench(BenchOptions),
    /// Measure what those who are let in wait for when twice as many come as can be served.
    Overload(overload::Options),
    /// Serve a peer; `bench` starts it.
    Peer(peer::Options),
}

#[derive(Args)]
struct BenchOptions {
    /// Fewer and shorter pairs.
    #[arg(long)]
    quick: bool,
    /// Where the rows are written, JSON.
    #[arg(long)]
    out: PathBuf,
    /// Requests in flight.
    #[arg(long, default_value_t = 64)]
    callers: usize,
    /// Where LNbits is installed: a virtual environment of Python.
    #[arg(long, default_value = "target/lnbits")]
    lnbits: PathBuf,
    /// Only the rows whose id begins with this.
    name: Option<String>,
}

impl BenchOptions {
    fn wants(&self, id: &str) -> bool {
        self.name.as_deref().is_none_or(|name| id.starts_with(name))
    }
}

fn main() -> ExitCode {
    let done = match Options::parse().command {
        Command::Bench(options) => bench(&options),
        Command::Overload(options) => overload::bench(&options),
        Command::Peer(options) => peer::serve(options).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// How long and how often.
#[derive(Clone, Copy)]
struct Plan {
    run: Duration,
    pairs: u32,
    callers: usize,
}

/// Whether every row has figures.
fn bench(options: &BenchOptions) -> Result<bool, Failure> {
    let (run, pairs) = if options.quick { (Duration::from_secs(2), 5) } else { (Duration::from_secs(5), 7) };
    let plan = Plan { run, pairs, callers: options.callers };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut results = Results::default();
    let mut ours = Ours::start(&runtime)?;
    if options.wants("L4") {
        results.add("L4", beside(&runtime, plan, &ours, Peer::Constant));
    }
    if options.wants("L4-noop") {
        results.add("L4-noop", beside(&runtime, plan, &ours, Peer::Noop));
    }
    if options.wants("L4-p99") {
        results.add("L4-p99", at_half_load(&runtime, plan, &ours));
    }
    if options.wants("L4-lnbits") {
        results.add("L4-lnbits", beside_lnbits(&runtime, plan, &ours, options));
    }
    if let Err(error) = ours.gate(&runtime) {
        // Figures of a server that lost money are none.
        return Err(format!("the gate was not passed, so there are no figures: {error}").into());
    }
    results.write(&options.out)
}

/// The server that is measured.
struct Ours {
    house: House,
    payers: Payers,
}

impl Ours {
    fn start(runtime: &Runtime) -> Result<Self, Failure> {
        runtime.block_on(async {
            let house = House::start().await.map_err(said)?;
            let payers = Payers::sign_in(&house).await?;
            Ok(Self { house, payers })
        })
    }

    /// Every acknowledged payment has moved its money once, and the whole ledger adds up.
    fn gate(&mut self, runtime: &Runtime) -> Result<(), Failure> {
        runtime.block_on(async {
            self.payers.gate().await?;
            self.house.terminate().await.map_err(said)?;
            let audit = self.house.audit().await.map_err(said)?;
            if audit.status.success() {
                return Ok(());
            }
            Err(format!("qianbao audit: {}", String::from_utf8_lossy(&audit.stdout)).into())
        })
    }
}

/// The errors of the test house have no threads in mind.
fn said(error: impl std::fmt::Display) -> Failure {
    error.to_string().into()
}

fn beside(runtime: &Runtime, plan: Plan, ours: &Ours, peer: Peer) -> Result<Row, Failure> {
    let what = format!("HTTP payments to a person without PIN, {} in flight, one node on SQLite", plan.callers);
    let subject = Subject::rate(peer.row(), &what, peer.name(), "payments/s", peer.goal());
    let (house, others) = runtime.block_on(peer::start(peer))?;
    let rate = |payers: &Payers| runtime.block_on(payers.rate(plan.callers, plan.run));
    let row = in_turn(&subject, plan.pairs, || rate(&ours.payers), || rate(&others));
    drop((others, house));
    row
}

/// The goal of `L4-p99`, milliseconds.
const P99_MS: f64 = 10.0;

/// Payments at half of what the server can do.
fn at_half_load(runtime: &Runtime, plan: Plan, ours: &Ours) -> Result<Row, Failure> {
    let most = runtime.block_on(ours.payers.rate(plan.callers, plan.run))?;
    let half = most / 2.0;
    let subject = Subject {
        id: "L4-p99".to_owned(),
        what: format!(
            "99th percentile of an HTTP payment at {half:.0} a second, half of what the server did just before"
        ),
        peer_name: "the goal".to_owned(),
        unit: "ms",
        goal: Some(1.0),
        bound: Bound::AtMost,
    };
    let p99 = || {
        let latencies = runtime.block_on(latency::measure(&ours.payers, plan.callers, half, plan.run))?;
        eprintln!("L4-p99: {latencies}");
        Ok(latencies.p99_ms)
    };
    in_turn(&subject, plan.pairs, p99, || Ok(P99_MS))
}

fn beside_lnbits(runtime: &Runtime, plan: Plan, ours: &Ours, options: &BenchOptions) -> Result<Row, Failure> {
    let what = format!("HTTP payments to a person without PIN, {} in flight, one node on SQLite", plan.callers);
    let subject = Subject::rate("L4-lnbits", &what, "LNbits 1.6.2, an internal payment", "payments/s", Some(500.0));
    let lnbits = runtime.block_on(Lnbits::start(&options.lnbits))?;
    let rate = || runtime.block_on(ours.payers.rate(plan.callers, plan.run));
    // Some payments take longer than a short run: it gets more time.
    let row = in_turn(&subject, plan.pairs, rate, || runtime.block_on(lnbits.rate(plan.run * 2)));
    runtime.block_on(lnbits.gate())?;
    row
}
