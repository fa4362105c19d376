//! Hears what other processes have written into the same directory.
//!
//! One statement, every [`LOOK_EVERY`]: the turn, the version, and the rings after the turn that was read before. All of it is one moment, and
//! turns are committed in their order, so nothing is left out. Own rings are skipped, since they rang at their commit. Rows older
//! than [`TURNS_KEPT`] turns may have been removed: whoever was away for longer takes it that everybody was concerned.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::AnyPool;
use tokio::task::JoinHandle;

use super::{ANSWER_MAX, Bell, Directory, DirectoryError, Freshness, Owner, Rung, Write};

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Time between two looks while the database does not answer.
const PAUSE: Duration = Duration::from_millis(500);
/// Most rings of one look.
const RINGS_MAX: i64 = 500;
/// Turns whose rings are kept.
const TURNS_KEPT: i64 = 100_000;

/// The task that hears; it ends with this.
#[derive(Debug)]
pub(super) struct Following(JoinHandle<()>);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Following {
    /// Hears everything that is committed from now on.
    pub(super) async fn begin(directory: &Directory) -> Result<Self, sqlx::Error> {
        let began = Instant::now();
        let Look { turn, version, .. } = look(&directory.readers, i64::MAX).await?;
        directory.freshness.heard(began);
        let follower = Follower {
            readers: directory.readers.clone(),
            bell: directory.bell.clone(),
            freshness: directory.freshness.clone(),
            process: Arc::clone(&directory.process),
            turn,
            version,
        };
        Ok(Self(tokio::spawn(follower.run())))
    }
}

struct Follower {
    readers: AnyPool,
    bell: Bell,
    freshness: Freshness,
    process: Arc<str>,
    /// Up to which turn everything has been heard.
    turn: i64,
    /// As it was last read.
    version: i64,
}

/// What one look found: where things stand, and the rings (turn, process, owners) since.
struct Look {
    turn: i64,
    version: i64,
    rings: Vec<(i64, String, String)>,
}

impl Follower {
    async fn run(mut self) {
        let mut is_answered = true;
        while !self.readers.is_closed() {
            let began = Instant::now();
            let look = tokio::time::timeout(ANSWER_MAX, look(&self.readers, self.turn)).await;
            let outcome = look.map_err(|_| DirectoryError::silence()).and_then(|look| look.map_err(Into::into));
            // Said once when it begins and once when it is over.
            match &outcome {
                Ok(_) if !is_answered => tracing::info!("the directory answers again"),
                Err(error) if is_answered && !self.readers.is_closed() => {
                    tracing::warn!(%error, "what other processes do is not heard");
                }
                _ => {}
            }
            is_answered = outcome.is_ok();
            let Ok(look) = outcome else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            if self.take_in(look) {
                self.freshness.heard(began);
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }

    /// Passes on what a look found; whether it was everything.
    fn take_in(&mut self, Look { turn, version, rings }: Look) -> bool {
        if version != self.version {
            self.version = version;
            self.freshness.outdate();
        }
        // Behind what is kept, or before a restored backup: who was concerned is not known any more.
        if turn - self.turn > TURNS_KEPT || turn < self.turn {
            self.turn = turn;
            self.freshness.outdate();
            self.bell.ring(Rung::Anyone);
            return true;
        }
        let is_all = i64::try_from(rings.len()).is_ok_and(|found| found < RINGS_MAX);
        let last = rings.last().map_or(turn, |(last, ..)| *last);
        for (_, _, owners) in rings.iter().filter(|(_, process, _)| **process != *self.process) {
            for owner in owners.split(' ') {
                // An owner of a kind that this program does not know yet.
                self.bell.ring(owner.parse::<Owner>().map_or(Rung::Anyone, Rung::For));
            }
        }
        self.turn = if is_all { turn } else { last };
        is_all
    }
}

/// Turn and version, and a ring where there is one.
type LookRow = (i64, i64, Option<i64>, Option<String>, Option<String>);

async fn look(readers: &AnyPool, after: i64) -> Result<Look, sqlx::Error> {
    let rows: Vec<LookRow> = sqlx::query_as(
        "SELECT turn.value, version.value, rings.turn, rings.process, rings.owners
         FROM heads turn JOIN heads version ON version.name = 'version' LEFT JOIN rings ON rings.turn > $1
         WHERE turn.name = 'turn' ORDER BY rings.turn LIMIT $2",
    )
    .bind(after)
    .bind(RINGS_MAX)
    .fetch_all(readers)
    .await?;
    let &(turn, version, ..) = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let rings = rows.into_iter().filter_map(|(_, _, turn, process, owners)| Some((turn?, process?, owners?))).collect();
    Ok(Look { turn, version, rings })
}

impl Write {
    /// Writes down whom the turn concerns, for the other processes.
    pub(super) async fn ring_others(&mut self, turn: i64, owners: &[Owner]) -> Result<(), DirectoryError> {
        let owners: Vec<String> = owners.iter().map(ToString::to_string).collect();
        let process = self.process().to_owned();
        sqlx::query("INSERT INTO rings (turn, process, owners) VALUES ($1, $2, $3)")
            .bind(turn)
            .bind(process)
            .bind(owners.join(" "))
            .execute(self.sql())
            .await?;
        Ok(())
    }

    /// Removes rings that nobody waits for any more. A job calls it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_rings(&mut self) -> Result<(), DirectoryError> {
        sqlx::query("DELETE FROM rings WHERE turn <= (SELECT value FROM heads WHERE name = 'turn') - $1")
            .bind(TURNS_KEPT)
            .execute(self.sql())
            .await?;
        Ok(())
    }
}
