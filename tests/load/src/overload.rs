//! What people who are let in wait for when twice as many come as can be served (row O1 of the bench).
//!
//! First the sustainable load: as many payments a second as some callers get who each wait for their answer. Then payments arrive at twice that
//! pace, whether those before are answered or not; one that finds no idle connection opens another. Who is turned away has to be told when to
//! come again. The gate: each acknowledged payment has moved its money once, and nobody else's has; afterwards the audit.
//!
//! The server has one core and this program the others, so that it can bring what the server cannot do.

use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use qianbao_tests_api::House;
use qianbao_tests_bench::row::{Bound, Subject, in_turn};
use qianbao_tests_bench::{Failure, Results};

use crate::payers::{Caller, Payers};
use crate::{Ours, latency, said};

/// Options of `overload`.
#[derive(Args)]
pub struct Options {
    /// A shorter run.
    #[arg(long)]
    quick: bool,
    /// Where the row is written, JSON.
    #[arg(long)]
    out: PathBuf,
    /// Callers while the sustainable load is measured.
    #[arg(long, default_value_t = 64)]
    callers: usize,
}

/// Longest time for 99 of 100 who are let in, milliseconds.
const GOAL_MS: f64 = 200.0;
/// How many times the sustainable load has to have arrived at least; twice as much is sent.
const ARRIVALS_MIN: f64 = 1.9;
/// Most connections; a payment that finds all of them in use is not sent, which would be this program's own limit.
const OPEN_MAX: usize = 4_000;
/// Runs of which the middle one counts.
const RUNS: u32 = 5;

/// What came of the payments of one run.
#[derive(Default)]
struct Seen {
    turned_away: u64,
    not_sent: u64,
    /// Times of those who were let in, milliseconds.
    waited_ms: Vec<f64>,
    /// Why one of them was neither.
    failure: Option<String>,
    idle: Vec<Caller>,
}

/// Measures. True: there are no figures but whole ones.
pub fn bench(options: &Options) -> Result<bool, Failure> {
    let cores = cores()?;
    let [servers, others @ ..] = cores.as_slice() else { return Err("expected a list of cores".into()) };
    if others.is_empty() {
        return Err(
            "expected two cores at least, one for the server, found one: this row needs a larger machine".into()
        );
    }
    // Threads that begin later are where this one is.
    let workers = others.len();
    let others = others.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let me = std::process::id().to_string();
    let moved = Command::new("taskset").args(["--cpu-list", "--pid", &others, &me]).output();
    let moved = moved.map_err(|error| format!("expected the program taskset (Debian: util-linux): {error}"))?;
    if !moved.status.success() {
        return Err(format!("taskset: {}", String::from_utf8_lossy(&moved.stderr)).into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    let mut ours = runtime.block_on(start(*servers))?;
    let subject = Subject {
        id: "O1".to_owned(),
        what: "p99 of payments let in at twice the sustainable load of a server on one core".to_owned(),
        peer_name: "the goal".to_owned(),
        unit: "ms",
        goal: Some(1.0),
        bound: Bound::AtMost,
    };
    let time = Duration::from_secs(if options.quick { 3 } else { 8 });
    let p99 = || runtime.block_on(p99(&ours.payers, options.callers, time));
    let row = in_turn(&subject, RUNS, p99, || Ok(GOAL_MS))?;
    ours.gate(&runtime)?;
    let mut results = Results::default();
    results.add("O1", Ok(row));
    results.write(&options.out)
}

/// The cores that this program may use, from what Linux says: `Cpus_allowed_list: 0-1,4`.
fn cores() -> Result<Vec<usize>, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).ok_or("no list of cores")?;
    let mut cores = Vec::new();
    for part in list.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        cores.extend(first.parse::<usize>()?..=last.parse()?);
    }
    Ok(cores)
}

/// A server on one core, with its demo people.
async fn start(core: usize) -> Result<Ours, Failure> {
    let mut house = House::seeded().await.map_err(said)?;
    let stderr = std::io::stderr().as_fd().try_clone_to_owned()?;
    let one_core = ["taskset", "--cpu-list", &core.to_string()].map(str::to_owned);
    house.open_behind(&one_core, stderr.into()).await.map_err(said)?;
    let payers = Payers::sign_in(&house).await?;
    Ok(Ours { house, payers })
}

/// One run: what can be sustained, then twice of it.
async fn p99(payers: &Payers, callers: usize, time: Duration) -> Result<f64, Failure> {
    let pace = payers.rate(callers, time).await?;
    let seen = open(payers, pace * 2.0, time).await?;
    let (paid, turned_away) = (per_second(seen.waited_ms.len() as u64, time), per_second(seen.turned_away, time));
    let (arrived, least, not_sent) = (paid + turned_away, pace * ARRIVALS_MIN, seen.not_sent);
    if arrived < least {
        let found = format!("expected {least:.0}/s to arrive, found {arrived:.0}/s ({not_sent} not sent)");
        return Err(format!("{found}: the load program was the limit").into());
    }
    let waited = latency::of(seen.waited_ms).ok_or("nobody was let in")?;
    eprintln!(
        "O1: {pace:.0} payments/s can be sustained; of {arrived:.0}/s that came {paid:.0}/s were paid ({waited}), \
         {turned_away:.0}/s turned away, {not_sent} not sent"
    );
    Ok(waited.p99_ms)
}

/// Pays at this pace, whether those before are answered or not.
async fn open(payers: &Payers, pace: f64, time: Duration) -> Result<Seen, Failure> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (began, mut tick) = (Instant::now(), tokio::time::interval(Duration::from_millis(2)));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    let (mut sent, mut opened, mut tasks) = (0.0, 0, tokio::task::JoinSet::new());
    while began.elapsed() < time {
        tick.tick().await;
        while sent < began.elapsed().as_secs_f64() * pace {
            // Waiting begins when the payment is due, also where this program comes to it late.
            let due = began + Duration::from_secs_f64(sent / pace);
            sent += 1.0;
            let idle = locked(&seen).idle.pop();
            let caller = match idle {
                Some(caller) => caller,
                None if opened < OPEN_MAX => {
                    opened += 1;
                    payers.caller(opened).await?
                }
                None => {
                    locked(&seen).not_sent += 1;
                    continue;
                }
            };
            tasks.spawn(pay(caller, due, Arc::clone(&seen)));
        }
        while let Some(task) = tasks.try_join_next() {
            task?;
        }
    }
    while let Some(task) = tasks.join_next().await {
        task?;
    }
    let seen = Arc::into_inner(seen).ok_or("all callers have ended")?;
    let mut seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    seen.failure.take().map_or(Ok(seen), |failure| Err(failure.into()))
}

async fn pay(mut caller: Caller, due: Instant, seen: Arc<Mutex<Seen>>) {
    let outcome = caller.try_to_pay().await;
    let waited_ms = due.elapsed().as_secs_f64() * 1_000.0;
    let mut seen = locked(&seen);
    match outcome {
        Ok(true) => seen.waited_ms.push(waited_ms),
        Ok(false) => seen.turned_away += 1,
        Err(error) => seen.failure = Some(error.to_string()),
    }
    seen.idle.push(caller);
}

fn locked(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are far below 2^53")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
