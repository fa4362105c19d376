//! `kill -9`: the writing process is killed again and again: at random moments, by itself at each named step of a batch, and on
//! SQLite at the n-th write or sync of the ledger's files.
//!
//! What a killed process has written survives in the system's cache: this shows the order of writing and answering, and recovery; the
//! disk's part is shown by power cuts.

use std::process::Command;
use std::time::Duration;

use crate::check::Memory;
use crate::kinds::Tally;
use crate::kinds::trace::{Calls, Happens, file_and_log, tracer};
use crate::life::{Ended, Life};
use crate::random::Random;
use crate::stage::{NUMBERS, Stage};
use crate::store::Store;
use crate::write::{BALANCES, STEPS};
use crate::{Told, hold};

/// Kills of one story.
pub const KILLS: u64 = 20;

/// How a process ends.
enum End {
    /// After so many acknowledgements and microseconds.
    Moment { after: u64, us: u64 },
    /// Some time after it was started, perhaps before it has opened the ledger.
    Early { us: u64 },
    /// By itself at a step.
    Step { word: &'static str, time: u64 },
    /// At a call.
    Call { calls: Calls, time: u64 },
}

impl End {
    fn choose(random: &mut Random, store: &Store) -> Self {
        match random.below(10) {
            0..=2 => Self::Moment { after: random.below(120), us: random.below(4_000) },
            3 => Self::Early { us: random.below(25_000) },
            // Calls can be told apart where they are made on the ledger's own files.
            4 | 5 if matches!(store, Store::Sqlite(_)) => {
                Self::Call { calls: *random.one_of(&[Calls::Write, Calls::Sync]), time: 1 + random.below(40) }
            }
            _ => {
                let (word, _) = *random.one_of(&STEPS);
                let word = if word == BALANCES && !matches!(store, Store::Sqlite(_)) { "stored" } else { word };
                // A caller is answered more often than a batch is taken, and balances are written once in several batches.
                let times = match word {
                    "answering" => 100,
                    BALANCES => 6,
                    _ => 25,
                };
                Self::Step { word, time: 1 + random.below(times) }
            }
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Moment { .. } => "at a random moment".to_owned(),
            Self::Early { .. } => "while it was starting".to_owned(),
            Self::Step { word, .. } => format!("at step {word}"),
            Self::Call { calls, .. } => format!("at {}", calls.about()),
        }
    }
}

/// Kills a ledger's process `kills` times.
pub fn tell(stage: &Stage, store: &Store, seed: u64, kills: u64) -> Told<Tally> {
    let mut random = Random::new(seed);
    let (mut tally, mut memory) = (Tally::default(), Memory::default());
    stage.open_new(store)?;
    for kill in 0..kills {
        let first = kill * NUMBERS;
        let end = End::choose(&mut random, store);
        let is_seldom = random.below(4) == 0 && !matches!(end, End::Step { word: BALANCES, .. });
        let often: &[&str] = if is_seldom { &[] } else { &["--copy-often"] };
        let ended = live(stage, store, first, &end, often)?;
        hold!(ended.status.code().is_none(), "{}: {}", end.name(), Stage::unexpected(&ended));
        stage
            .check(store, &mut memory, ended.acknowledged, first)
            .map_err(|error| format!("after a kill {}: {error}", end.name()))?;
        tally.count(&end.name());
    }
    memory.check_all(&stage.runtime, &store.open()?)?;
    tally.looked_for = memory.looked_for();
    Ok(tally)
}

fn live(stage: &Stage, store: &Store, first: u64, end: &End, options: &[&str]) -> Told<Ended> {
    const LONGEST: Duration = Duration::from_mins(1);
    match end {
        End::Moment { after, us } => {
            let mut life = stage.begin(store, first, options)?;
            life.hear(*after, LONGEST)?;
            std::thread::sleep(Duration::from_micros(*us));
            life.kill()
        }
        End::Early { us } => {
            let life = stage.begin(store, first, options)?;
            std::thread::sleep(Duration::from_micros(*us));
            life.kill()
        }
        End::Step { word, time } => {
            let step = format!("{word}:{time}");
            Life::begin(stage.writer(store, first).args(options).args(["--end-at", &step]))?.end(LONGEST)
        }
        End::Call { calls, time } => {
            let Store::Sqlite(file) = store else { return Err("only a file's calls are told apart".into()) };
            let [file, log] = file_and_log(file);
            let words =
                tracer(&[&file, &log], *calls, &Happens::Kill, &time.to_string(), std::path::Path::new("/dev/null"));
            let mut command = Command::new("strace");
            command.args(words).arg(&stage.program);
            stage.tell(&mut command, store, first);
            Life::begin(command.args(options))?.end(LONGEST)
        }
    }
}
