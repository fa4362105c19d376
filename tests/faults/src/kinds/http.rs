//! The real server over HTTP on SQLite: killed, asked to end under load, its disk failing.

use std::time::Duration;

use crate::house::{Blow, Payments};
use crate::kinds::Tally;
use crate::kinds::trace::{Calls, Happens, file_and_log, injected, tracer};
use crate::random::Random;
use crate::stage::Stage;
use crate::{Told, hold};

/// Blows of one story.
pub const BLOWS: u64 = 3;

/// One house that is struck again and again.
pub fn tell(stage: &Stage, seed: u64, blow: Blow, blows: u64) -> Told<Tally> {
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    stage.runtime.block_on(async {
        let told = async {
            let mut payments = Payments::begin().await?;
            for _ in 0..blows {
                let trace = stage.folder.join("trace");
                let said = stage.folder.join("server.log");
                if blow == Blow::DiskFails {
                    reopen_on_failing_disk(&mut payments, &mut random, &trace, &said).await?;
                }
                let round = payments.round(blow, Duration::from_millis(200 + random.below(800))).await?;
                tally.looked_for += (round.acknowledged + round.unanswered) as u64;
                tally.count("blow");
                tally.add("payments without an answer", round.unanswered as u64);
                if blow == Blow::DiskFails {
                    let words = std::fs::read_to_string(&said)?;
                    if injected(&trace).is_empty() || !words.contains("could not write and stopped") {
                        return Err(format!("the server did not say why it ended: {words}").into());
                    }
                }
            }
            payments.finish().await
        };
        told.await.map_err(|error| error.to_string())
    })?;
    hold!(tally.looked_for > 0, "nothing was paid");
    Ok(tally)
}

/// Starts the server again so that some later sync or write of the live ledger's log fails.
async fn reopen_on_failing_disk(
    payments: &mut Payments,
    random: &mut Random,
    trace: &std::path::Path,
    said: &std::path::Path,
) -> qianbao_tests_api::TestResult {
    payments.house.terminate().await?;
    let [_, log] = file_and_log(&payments.house.data().join("live/ledger.db"));
    let calls = *random.one_of(&[Calls::Write, Calls::Sync]);
    let word = *random.one_of(&["EIO", "ENOSPC"]);
    let error = Happens::Error(word);
    // A page is a write: some hundred of them are some dozen commits.
    let when = if calls == Calls::Sync { 10 + random.below(40) } else { 200 + random.below(800) };
    let mut words = vec!["strace".to_owned()];
    words.extend(tracer(&[&log], calls, &error, &when.to_string(), trace));
    payments.house.open_behind(&words, std::fs::File::create(said)?).await
}
