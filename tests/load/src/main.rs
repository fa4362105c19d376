//! HTTP payments a second beside a route that does nothing (row L4 of the bench).
//!
//! One server, one load program, one machine: they take turns, payments then `GET /healthz`, as often as pairs are wanted,
//! and each pair gives a ratio. The load program's own work is the same on both sides, so it pulls the ratio towards one;
//! the figures say what this machine does with both programs on it. Afterwards the gate: every acknowledged payment has
//! moved its money once.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView};
use qianbao_core::intent::Payee;
use qianbao_tests_api::{House, TestResult, Visitor};
use serde::Serialize;

#[derive(Parser)]
#[command(about = "HTTP payments a second beside a route that does nothing")]
struct Options {
    /// Fewer and shorter pairs.
    #[arg(long)]
    quick: bool,
    /// Where the row is written, JSON.
    #[arg(long)]
    out: PathBuf,
    /// Requests in flight.
    #[arg(long, default_value_t = 64)]
    callers: u32,
}

/// A row of `target/bench.json`.
#[derive(Serialize)]
struct Row {
    id: &'static str,
    what: String,
    ours: f64,
    peer: f64,
    peer_name: &'static str,
    unit: &'static str,
    pairs: usize,
    ratio_median: f64,
    ratio_min: f64,
    ratio_max: f64,
    goal: Option<f64>,
    met: Option<bool>,
}

const GOAL: f64 = 0.5;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> TestResult {
    let options = Options::parse();
    let (pairs, time) = if options.quick { (2, Duration::from_secs(2)) } else { (5, Duration::from_secs(5)) };
    let house = House::start().await?;
    let (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let before = lan.balance().await?;
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let mut runs = Vec::new();
    let mut paid = 0;
    for pair in 1..=pairs {
        // The browser would ask again after two minutes as well.
        let first = ming.payment_to("lan", 1).await?;
        let payments = pay(&ming, &first, payee, options.callers, time).await?;
        let nothing = look(&ming, options.callers, time).await?;
        paid += payments;
        let (ours, peer) = (per_second(payments, time), per_second(nothing, time));
        eprintln!("pair {pair} of {pairs}: {ours:.0} payments/s, {peer:.0} empty answers/s, ratio {:.2}", ours / peer);
        runs.push((ours, peer));
    }
    assert_eq!(
        lan.balance().await?,
        before + i64::try_from(paid)?,
        "each acknowledged payment has moved its money once"
    );
    std::fs::write(&options.out, serde_json::to_string_pretty(&[row(&runs, options.callers)])?)?;
    Ok(())
}

/// Pays one minor unit after another from all callers until the time is over. Answers how many were paid.
async fn pay(ming: &Visitor, first: &PayRequest, payee: Payee, callers: u32, time: Duration) -> TestResult<u64> {
    let (count, end) = (Arc::new(AtomicU64::new(0)), Instant::now() + time);
    let mut tasks = Vec::new();
    for _ in 0..callers {
        let (ming, first, count) = (ming.clone(), first.clone(), Arc::clone(&count));
        tasks.push(tokio::spawn(async move {
            while Instant::now() < end {
                let request = ming.again(&first, payee).map_err(|error| error.to_string())?;
                let answer = ming.pay(&request).await.map_err(|error| error.to_string())?;
                let view: PaymentView = answer.json().map_err(|error| error.to_string())?;
                if view.status != PaymentStatus::Paid {
                    return Err(format!("expected paid, found {view:?}"));
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(count.load(Ordering::Relaxed))
}

/// Asks the route that does nothing until the time is over. Answers how often.
async fn look(ming: &Visitor, callers: u32, time: Duration) -> TestResult<u64> {
    let (count, end) = (Arc::new(AtomicU64::new(0)), Instant::now() + time);
    let mut tasks = Vec::new();
    for _ in 0..callers {
        let (ming, count) = (ming.clone(), Arc::clone(&count));
        tasks.push(tokio::spawn(async move {
            while Instant::now() < end {
                let answer = ming.get("/healthz").await.map_err(|error| error.to_string())?;
                if answer.status != 200 {
                    return Err(format!("expected 200, found {}", answer.status));
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(count.load(Ordering::Relaxed))
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are far below 2^53")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn row(runs: &[(f64, f64)], callers: u32) -> Row {
    let mut ratios: Vec<f64> = runs.iter().map(|(ours, peer)| ours / peer).collect();
    ratios.sort_by(f64::total_cmp);
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let ratio_median = ratios[ratios.len() / 2];
    Row {
        id: "L4",
        what: format!("HTTP payment to a person, {callers} callers, one node on SQLite"),
        ours: median(runs.iter().map(|(ours, _)| *ours).collect()),
        peer: median(runs.iter().map(|(_, peer)| *peer).collect()),
        peer_name: "GET /healthz",
        unit: "requests/s",
        pairs: runs.len(),
        ratio_median,
        ratio_min: ratios[0],
        ratio_max: ratios[ratios.len() - 1],
        goal: Some(GOAL),
        met: Some(ratio_median >= GOAL),
    }
}
