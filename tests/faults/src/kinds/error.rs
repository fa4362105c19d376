//! A disk that answers with an error: the n-th write or sync fails, once or from then on.
//!
//! On SQLite the first error has to stop the ledger, also one that comes while the log is copied into the file: it acknowledges nothing
//! more, says why, and the process ends. On Postgres the database ends itself and recovers; the ledger's process goes on with it.

use std::process::Command;
use std::time::Duration;

use crate::check::Memory;
use crate::cluster::Cluster;
use crate::kinds::Tally;
use crate::kinds::trace::{Calls, Happens, file_and_log, goes_on, injected, tracer};
use crate::life::{Ended, Life};
use crate::random::Random;
use crate::stage::{NUMBERS, Stage};
use crate::store::Store;
use crate::write::{NOT_OPENED, STOPPED};
use crate::{Told, hold};

/// Errors of one story.
pub const ERRORS: u64 = 10;
/// What a process sends when nothing stops it.
const COUNT: &str = "1500";

/// Lets calls of a ledger's process on its SQLite file fail, `errors` times one of them.
pub fn sqlite(stage: &Stage, seed: u64, errors: u64) -> Told<Tally> {
    let mut random = Random::new(seed);
    let (mut tally, mut memory) = (Tally::default(), Memory::default());
    let store = stage.file();
    stage.open_new(&store)?;
    let [file, log] = file_and_log(&stage.folder.join("ledger.db"));
    for index in 0..errors {
        let first = index * NUMBERS;
        let calls = *random.one_of(&[Calls::Write, Calls::Sync]);
        let error = *random.one_of(&["EIO", "ENOSPC"]);
        let when = format!("{}{}", 1 + random.below(40), random.one_of(&["", "+"]));
        let trace = stage.folder.join("trace");
        let mut command = Command::new("strace");
        command.args(tracer(&[&file, &log], calls, &Happens::Error(error), &when, &trace)).arg(&stage.program);
        stage.tell(&mut command, &store, first);
        let ended = Life::begin(command.args(["--copy-often", "--count", COUNT]))?.end(Duration::from_mins(2))?;
        let failed = injected(&trace);
        let what = format!("{error} at {} ({when})", calls.about());
        tally.count(judge(&ended, &failed, goes_on(&trace), &what)?);
        stage
            .check(&store, &mut memory, ended.acknowledged, first)
            .map_err(|error| format!("after {what}: {error}"))?;
    }
    memory.check_all(&stage.runtime, &store.open()?)?;
    tally.looked_for = memory.looked_for();
    Ok(tally)
}

/// Whether a process ended as it must after these failed calls.
fn judge(ended: &Ended, failed: &[String], goes_on: bool, what: &str) -> Told<&'static str> {
    let code = ended.status.code().and_then(|code| u8::try_from(code).ok());
    match code {
        Some(STOPPED) => {
            hold!(!failed.is_empty(), "{what}: the ledger stopped without an error");
            hold!(
                ended.words.contains("the ledger stops taking postings"),
                "{what}: it did not say why: {}",
                ended.words
            );
            Ok("the ledger stopped")
        }
        Some(NOT_OPENED) => {
            hold!(!failed.is_empty(), "{what}: the ledger was not opened, without an error");
            Ok("the ledger was not opened")
        }
        Some(0) if failed.is_empty() => Ok("the call was never reached"),
        Some(0) => {
            // The last copying, when the ledger is closed, tells nobody; whoever still commits would be seen in the log.
            hold!(!goes_on, "{what}: the ledger went on after an error: {failed:?}");
            Ok("the call was one of the last, when the ledger was closed")
        }
        _ => Err(format!("{what}: {}", Stage::unexpected(ended)).into()),
    }
}

/// Lets syncs of Postgres' own processes fail while a ledger's process writes.
pub fn postgres(stage: &Stage, seed: u64) -> Told<Tally> {
    let mut random = Random::new(seed);
    let (mut tally, mut memory) = (Tally::default(), Memory::default());
    let mut cluster = Cluster::make(&stage.folder.join("postgres"), &stage.folder.join("postgres.log"))?;
    cluster.start(&[])?;
    let store = Store::Postgres { address: cluster.address(), schema: "faults".to_owned() };
    stage.open_new(&store)?;
    cluster.stop()?;
    let error = *random.one_of(&["EIO", "ENOSPC"]);
    // Counted in each process of it: every session that commits so often meets the error.
    let when = (5 + random.below(30)).to_string();
    let trace = stage.folder.join("trace");
    let mut words = vec!["strace".to_owned()];
    words.extend(tracer(&[], Calls::LogSync, &Happens::Error(error), &when, &trace));
    cluster.start(&words)?;
    let mut life = stage.begin(&store, 0, &[])?;
    let began = std::time::Instant::now();
    while injected(&trace).len() < 3 {
        hold!(
            began.elapsed() < Duration::from_mins(2),
            "{error} at sync {when}: met {} times in two minutes",
            injected(&trace).len()
        );
        std::thread::sleep(Duration::from_millis(50));
        if cluster.has_ended()? {
            cluster.start(&words)?;
        }
    }
    let so_far = life.count();
    life.hear(so_far + 20, Duration::from_mins(1))?;
    let ended = life.kill()?;
    cluster.end()?;
    cluster.start(&[])?;
    tally.add("syncs of the log that failed in Postgres", injected(&trace).len() as u64);
    tally.count("one database that failed and recovered");
    stage.check(&store, &mut memory, ended.acknowledged, 0)?;
    tally.looked_for = memory.looked_for();
    cluster.end()?;
    Ok(tally)
}
