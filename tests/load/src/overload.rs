//! What people who are let in wait for when twice as many come as can be served (row O1 of the bench).
//!
//! First the sustainable load: as many payments a second as some callers get who each wait for their answer. Then payments arrive at twice that
//! pace, whether those before are answered or not, each on a connection of its own. Who is turned away has to be told when to come again. The gate:
//! each acknowledged payment has moved its money once, and nobody else's has.
//!
//! The load program takes a part of the same machine, so the sustainable load of its first half is what both together can do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView};
use qianbao_core::intent::Payee;
use qianbao_tests_api::{House, TestResult, Visitor};
use qianbao_tests_bench::Results;
use qianbao_tests_bench::row::{Bound, Row};
use tokio::sync::{Mutex, Semaphore};

#[derive(Parser)]
#[command(about = "What those who are let in wait for when twice as many come as can be served")]
struct Options {
    /// A shorter run.
    #[arg(long)]
    quick: bool,
    /// Where the row is written, JSON.
    #[arg(long)]
    out: PathBuf,
    /// Callers while the sustainable load is measured.
    #[arg(long, default_value_t = 64)]
    callers: u32,
}

/// Longest time for 99 of 100 who are let in, milliseconds.
const GOAL_MS: f64 = 200.0;
/// How many times the sustainable load has to have arrived at least; twice as much is sent.
const ARRIVALS_MIN: f64 = 1.9;
/// Requests on their way at once; one more than that is not sent, which would be the load program's own limit.
const OPEN_MAX: usize = 4_000;

/// What came of the payments of one run.
#[derive(Default)]
struct Seen {
    paid: u64,
    turned_away: u64,
    not_sent: u64,
    /// Times of those who were let in, milliseconds.
    waited_ms: Vec<f64>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> TestResult {
    let options = Options::parse();
    let (runs, time) = (5, Duration::from_secs(if options.quick { 3 } else { 8 }));
    let house = House::start().await?;
    let (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let before = lan.balance().await?;
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let (mut paid, mut p99s, mut paces) = (0, Vec::new(), Vec::new());
    for run in 1..=runs {
        let first = ming.payment_to("lan", 1).await?;
        let sustained = closed(&ming, &first, payee, options.callers, time).await?;
        let pace = per_second(sustained, time);
        let mut seen = open(&ming, &first, payee, pace * 2.0, time).await?;
        paid += sustained + seen.paid;
        let arrived = per_second(seen.paid + seen.turned_away, time);
        if arrived < pace * ARRIVALS_MIN {
            let (least, not_sent) = (pace * ARRIVALS_MIN, seen.not_sent);
            return Err(format!("expected {least:.0}/s to arrive, found {arrived:.0}/s ({not_sent} not sent): the load program was the limit").into());
        }
        seen.waited_ms.sort_by(f64::total_cmp);
        let (half, most) = (part(&seen.waited_ms, 50), part(&seen.waited_ms, 99));
        eprintln!(
            "run {run} of {runs}: {pace:.0} payments/s can be sustained; of {:.0}/s that came {:.0}/s were paid in {half:.0} ms (p99 {most:.0} ms), \
             {:.0}/s turned away, {} not sent",
            pace * 2.0,
            per_second(seen.paid, time),
            per_second(seen.turned_away, time),
            seen.not_sent
        );
        p99s.push(most);
        paces.push(pace);
    }
    let moved = lan.balance().await? - before;
    assert_eq!(moved, i64::try_from(paid)?, "each acknowledged payment has moved its money once, and no other");
    let mut results = Results::default();
    results.add("O1", Ok(row(&p99s, &paces)));
    results.write(&options.out).map_err(|error| error.to_string())?;
    Ok(())
}

/// Pays from callers who each wait for their answer. Answers how many were paid.
async fn closed(ming: &Visitor, first: &PayRequest, payee: Payee, callers: u32, time: Duration) -> TestResult<u64> {
    let end = Instant::now() + time;
    let mut tasks = Vec::new();
    for _ in 0..callers {
        let (ming, first) = (ming.clone(), first.clone());
        tasks.push(tokio::spawn(async move {
            let mut paid = 0;
            while Instant::now() < end {
                let request = ming.again(&first, payee).map_err(|error| error.to_string())?;
                paid += u64::from(pay(&ming, &request).await?);
            }
            Ok::<u64, String>(paid)
        }));
    }
    let mut paid = 0;
    for task in tasks {
        paid += task.await??;
    }
    Ok(paid)
}

/// Pays at this pace, whether those before are answered or not.
async fn open(ming: &Visitor, first: &PayRequest, payee: Payee, pace: f64, time: Duration) -> TestResult<Seen> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let places = Arc::new(Semaphore::new(OPEN_MAX));
    let (began, mut tick) = (Instant::now(), tokio::time::interval(Duration::from_millis(2)));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let (mut sent, mut tasks) = (0.0, tokio::task::JoinSet::new());
    while began.elapsed() < time {
        tick.tick().await;
        while sent < began.elapsed().as_secs_f64() * pace {
            // Waiting begins when the payment is due, also where this program comes to it late.
            let due = began + Duration::from_secs_f64(sent / pace);
            sent += 1.0;
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                seen.lock().await.not_sent += 1;
                continue;
            };
            let (ming, request, seen) = (ming.clone(), ming.again(first, payee)?, Arc::clone(&seen));
            tasks.spawn(async move {
                let is_paid = pay(&ming, &request).await?;
                let waited_ms = due.elapsed().as_secs_f64() * 1_000.0;
                let mut seen = seen.lock().await;
                if is_paid {
                    seen.paid += 1;
                    seen.waited_ms.push(waited_ms);
                } else {
                    seen.turned_away += 1;
                }
                drop(place);
                Ok::<(), String>(())
            });
        }
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let seen = Arc::into_inner(seen).ok_or("all callers have ended")?;
    Ok(seen.into_inner())
}

/// Whether the payment was paid; false when it was turned away as it should be.
async fn pay(ming: &Visitor, request: &PayRequest) -> Result<bool, String> {
    let answer = ming.pay(request).await.map_err(|error| error.to_string())?;
    if answer.status == 503 {
        let waits = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        return waits.map(|_| false).ok_or_else(|| format!("turned away and not told until when: {}", answer.body));
    }
    let view: PaymentView = answer.json().map_err(|error| error.to_string())?;
    if view.status == PaymentStatus::Paid { Ok(true) } else { Err(format!("expected paid, found {view:?}")) }
}

/// The value below which `percent` of a hundred of the sorted ones lie.
fn part(sorted: &[f64], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are far below 2^53")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn row(p99s: &[f64], paces: &[f64]) -> Row {
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (p99s, paces) = (sorted(p99s), sorted(paces));
    let median = part(&p99s, 50);
    Row {
        id: "O1".to_owned(),
        what: format!("p99 of payments let in at twice the sustainable load ({:.0}/s)", part(&paces, 50)),
        ours: median,
        peer: GOAL_MS,
        peer_name: "the goal".to_owned(),
        unit: "ms",
        pairs: p99s.len(),
        ratio_median: median / GOAL_MS,
        ratio_min: part(&p99s, 0) / GOAL_MS,
        ratio_max: part(&p99s, 100) / GOAL_MS,
        goal: Some(1.0),
        met: Some(median <= GOAL_MS),
        bound: Bound::AtMost,
    }
}
