//! Opening the file: lock, settings, schema, what was fixed at creation.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::reader::SqliteReader;
use super::schema;
use super::writer::SqliteWriter;
use crate::clock::Zone;
use crate::handle::{Epoch, Ledger, Settings};
use crate::storage::StorageError;

/// The file cannot be used as a ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the ledger {path} is in use by another process: stop that one first, a ledger has one writer")]
    InUse {
        /// The ledger's file.
        path: PathBuf,
    },
    /// The lock file cannot be made or locked.
    #[error("the ledger's lock {path} cannot be taken: {message}")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The system's words.
        message: String,
    },
    /// The file belongs to something else.
    #[error("{path} is a SQLite file but not a ledger (application id {found:#x})")]
    NotALedger {
        /// The file.
        path: PathBuf,
        /// Its application id.
        found: i64,
    },
    /// The file was written by a newer program.
    #[error("the ledger has schema version {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// Version of the file.
        found: i64,
        /// Newest known version.
        known: i64,
    },
    /// The database would not keep what it has answered.
    #[error("expected SQLite to run with {setting} = {expected}, found {found}: answers would not survive a power cut")]
    NotDurable {
        /// Name of the setting.
        setting: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// The database failed, or holds what cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A ledger in a file: both sides of the backend, and what was fixed at creation.
pub struct Sqlite {
    /// The writing side.
    pub writer: SqliteWriter,
    /// The reading side.
    pub reader: SqliteReader,
    /// Zone of ledger days.
    pub zone: Zone,
    /// Which life of the ledger it is.
    pub epoch: Epoch,
}

impl Sqlite {
    /// Opens the file at `path`, or creates it with this zone and epoch.
    pub fn open(path: &Path, zone: &Zone, epoch: Epoch) -> Result<Self, OpenError> {
        let lock = lock(path)?;
        let mut connection = Connection::open(path).map_err(schema::failed("opened the file"))?;
        schema::prepare(&mut connection, path)?;
        let (zone, epoch) = schema::settle_meta(&mut connection, zone, epoch)?;
        let unwritten = Arc::default();
        let writer = SqliteWriter::new(connection, lock, Arc::clone(&unwritten))?;
        Ok(Self { writer, reader: SqliteReader::beside_writer(path.to_owned(), unwritten), zone, epoch })
    }

    /// Begins another life of the ledger at `path`, which nobody may have open: its epoch becomes `epoch`, or one more than
    /// the present one where that is not below it. Answers the epochs before and after. Every cursor of the life before
    /// means nothing from then on. An older file is brought up to date.
    pub fn begin_life(path: &Path, epoch: Epoch) -> Result<(Epoch, Epoch), OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(schema::failed("opened the file"))?;
        let version = schema::check_application(&connection, path)?;
        let _lock = lock(path)?;
        schema::migrate(&mut connection, version)?;
        let (_, before) = schema::read_meta(&connection)?;
        let after = Epoch(epoch.0.max(before.0.saturating_add(1)));
        schema::write_epoch(&connection, after)?;
        Ok((before, after))
    }

    /// Only the reading side, beside a process that may be writing: for audits and exports.
    pub fn open_reader(path: &Path) -> Result<(SqliteReader, Zone, Epoch), OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(schema::failed("opened the file"))?;
        schema::check_application(&connection, path)?;
        let (zone, epoch) = schema::read_meta(&connection)?;
        Ok((SqliteReader::alone(path.to_owned()), zone, epoch))
    }
}

impl Ledger {
    /// Opens the ledger in a SQLite file, or creates it, and starts its writer.
    pub fn open_sqlite(path: &Path, settings: Settings) -> Result<Self, OpenError> {
        let Sqlite { writer, reader, zone, epoch } = Sqlite::open(path, &settings.zone, settings.epoch)?;
        Ok(Self::start(writer, Arc::new(reader), settings.clock, zone, epoch)?)
    }
}

/// How long the lock of a ledger is waited for. A process that was killed is gone a moment later only, and a program that it was just
/// starting holds the lock until it has begun.
const LOCK_WITHIN: Duration = Duration::from_secs(2);
/// Time between two looks at the lock.
const LOCK_LOOK: Duration = Duration::from_millis(20);

/// Locks `FILE.lock` for the life of the returned file. The lock is the system's and ends with the process.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let failed = |error: std::io::Error| OpenError::Lock { path: lock_path.clone(), message: error.to_string() };
    let file = File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(failed)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if began.elapsed() < LOCK_WITHIN => std::thread::sleep(LOCK_LOOK),
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}
