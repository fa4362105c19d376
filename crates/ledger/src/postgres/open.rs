//! Opening the place: schema, what was fixed at creation, both sides of the backend.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use qianbao_core::Timestamp;

use super::fault::{Fault, Moment};
use super::place::Place;
use super::reader::PostgresReader;
use super::schema;
use super::session::{Session, WRITE, apart};
use super::writer::PostgresWriter;
use crate::clock::{Clock, Zone};
use crate::handle::{Epoch, Ledger, Settings};
use crate::storage::StorageError;

/// Whose clock gives commit times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitClock {
    /// The database's, read under the lock: one clock for all processes.
    Database,
    /// The one that the ledger is opened with: for tests, and for history that is played.
    Given,
}

/// The place cannot be used as a ledger.
#[derive(Debug, thiserror::Error)]
pub enum OpenPostgresError {
    /// No connection stood in time.
    #[error("expected the database to answer within 5 s, it did not")]
    Silent,
    /// The database cannot be reached, or refused.
    #[error("expected to open the ledger in Postgres")]
    Database(#[from] sqlx::Error),
    /// The thread's runtime cannot be made.
    #[error("expected to make a runtime for the connection")]
    Runtime(#[source] std::io::Error),
    /// The database would not keep what it has answered.
    #[error(
        "expected Postgres to run with {setting} = {expected}, found {found}: answers would not survive a power cut"
    )]
    NotDurable {
        /// Name of the setting.
        setting: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// There is no ledger, and none is to be made.
    #[error("expected a ledger in {place}, found none")]
    Missing {
        /// The place.
        place: String,
    },
    /// The schema was written by a newer program.
    #[error("the ledger has schema version {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// Version of the schema.
        found: i64,
        /// Newest known version.
        known: i64,
    },
    /// What is stored cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl OpenPostgresError {
    /// What the engine is told when a connection is made again.
    pub(super) fn told(self, doing: &'static str) -> StorageError {
        match self {
            Self::Database(error) => Fault::Sql(error).told(Moment::Within, doing),
            Self::NotDurable { .. } => StorageError::Database { doing, message: self.to_string() },
            other => StorageError::Unreachable { message: other.to_string() },
        }
    }
}

/// A ledger in Postgres: both sides of the backend, and what was fixed at creation.
///
/// # Order
///
/// A batch first locks the one row of `head` and nothing else: whoever has it writes, everybody else waits, so all
/// processes write in one order, sequences have no gaps and nothing can deadlock. What the batch decides on is read
/// after that, by statements that each see everything committed before. The sequence is unique in the table as well:
/// where a database only promises to notice two writers at the end (40001), one of them runs again.
///
/// # Round trips of a batch, whatever its size
///
/// 1. begin, lock, last posting, the database's time;
/// 2. ids: none for those that look new (the insert notices one that is not, and the batch runs again with every id
///    looked up) · what has expired: none until the next expiry · claims: one · accounts: none as long as nobody else
///    has written since and they were used lately, else one · postings that are settled or voided: one;
/// 3. one statement for each kind of row: the log and the ids (always), accounts that were touched, and where there are
///    any: new accounts, marks, claims taken, claims freed, pending postings;
/// 4. commit.
///
/// # When something goes wrong
///
/// The lock is waited for at most 1.5 s, a statement takes at most 2 s, and the database ends a session that stands still
/// in a transaction for 1 s: a process that is stopped in the middle stops nobody else for longer. A batch that was in
/// somebody's way or lost its connection runs again, after a growing pause with chance in it. When the connection is lost
/// at the commit, the same batch runs again and every id is looked up: what was stored answers as it was stored.
///
/// Acknowledged means durable: each connection that writes checks `fsync`, `full_page_writes` and `synchronous_commit`,
/// and the ledger does not run where they are not on. Commit times come from the database's clock, read under the lock.
pub struct Postgres {
    /// The writing side.
    pub writer: PostgresWriter,
    /// The reading side.
    pub reader: PostgresReader,
    /// Zone of ledger days.
    pub zone: Zone,
    /// Which life of the ledger it is.
    pub epoch: Epoch,
}

impl Postgres {
    /// Opens the ledger at `place`, or makes it with this zone and epoch. Several processes may do so at the same time.
    pub fn open(place: &Place, zone: &Zone, epoch: Epoch, clock: CommitClock) -> Result<Self, OpenPostgresError> {
        let (session, zone, epoch) = apart(|| {
            let (zone, epoch) = schema::prepare(place, zone, epoch)?;
            let mut session = Session::new(place.clone(), WRITE)?;
            session.connect()?;
            Ok::<_, OpenPostgresError>((session, zone, epoch))
        })?;
        let reader = PostgresReader::new(place.clone());
        Ok(Self { writer: PostgresWriter::new(session, epoch, clock), reader, zone, epoch })
    }

    /// Begins another life of the ledger at `place`: its epoch becomes `epoch`, or one more than the present one where that is
    /// not below it. Answers the epochs before and after. A process that has the ledger open stops at its next batch.
    pub fn begin_life(place: &Place, epoch: Epoch) -> Result<(Epoch, Epoch), OpenPostgresError> {
        apart(|| schema::begin_life(place, epoch))
    }

    /// Only the reading side, beside processes that may be writing: for audits and exports. Makes nothing.
    pub fn open_reader(place: &Place) -> Result<(PostgresReader, Zone, Epoch), OpenPostgresError> {
        let (zone, epoch) = apart(|| schema::read(place))?;
        Ok((PostgresReader::new(place.clone()), zone, epoch))
    }
}

impl Ledger {
    /// Opens the ledger at a place in Postgres, or makes it, and starts this process's writer.
    pub fn open_postgres(place: &Place, settings: Settings, clock: CommitClock) -> Result<Self, OpenPostgresError> {
        let Postgres { writer, reader, zone, epoch } = Postgres::open(place, &settings.zone, settings.epoch, clock)?;
        let clock = writer.skew().map_or(settings.clock.clone(), |skew| skew.corrected(settings.clock));
        Ok(Self::start(writer, Arc::new(reader), clock, zone, epoch)?)
    }
}

/// By how much the database's clock is ahead of this process's, as last seen, in microseconds.
#[derive(Clone, Default)]
pub(super) struct Skew(Arc<AtomicI64>);

impl Skew {
    /// Notes both clocks at one moment. Of a clock that was corrected before, so that the corrections add up.
    pub(super) fn note(&self, ours: Timestamp, database: Timestamp) {
        self.0.fetch_add(database.0.saturating_sub(ours.0), Ordering::Relaxed);
    }

    /// A clock that shows about the database's time.
    fn corrected(self, clock: Clock) -> Clock {
        Arc::new(move || Timestamp(clock().0.saturating_add(self.0.load(Ordering::Relaxed))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrected_clock_shows_the_databases_time() {
        let skew = Skew::default();
        let clock = skew.clone().corrected(Arc::new(|| Timestamp(1_000)));
        assert_eq!(clock(), Timestamp(1_000));
        for database in [Timestamp(1_700), Timestamp(400), Timestamp(400)] {
            skew.note(clock(), database);
            assert_eq!(clock(), database);
        }
    }
}
