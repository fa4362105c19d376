//! Settings of the connection, migrations one step a file, and what was fixed at creation.

use std::ffi::c_int;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};

use super::open::OpenError;
use crate::clock::Zone;
use crate::columns::damaged;
use crate::handle::Epoch;
use crate::storage::StorageError;

/// Marks the file as ours: "QBL1".
const APPLICATION_ID: i64 = 0x5142_4c31;

/// Every step from an empty file, in order; a step that has been released never changes.
const MIGRATIONS: [&str; 3] = [
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_marks.sql"),
    include_str!("migrations/0003_written.sql"),
];

/// Pages of the WAL after which it is copied into the file. The copy stops the commit that comes upon it, so it is kept short: 8,192
/// pages took 30 ms, and what a thousand hot balances save by being copied less often is not to be seen beside it.
const CHECKPOINT_PAGES: i32 = 1_024;

/// Copies the WAL into the file once it has so many pages. `SQLite`'s own hook does the same and says nothing when it fails; here
/// the commit that came upon it fails, which stops the writer: a disk that refuses a sync is not asked again by the same process.
/// What was committed before, this commit included, is safe in the WAL, which is only given up after a copy that was synced.
pub(super) fn copy_log<const PAGES: i32>(log: &Wal, pages: c_int) -> rusqlite::Result<()> {
    if pages < PAGES {
        return Ok(());
    }
    match log.checkpoint() {
        // Somebody else is copying it, or reads what would be overwritten: the next commit tries again.
        Err(error)
            if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) =>
        {
            Ok(())
        }
        Err(error) => {
            // The commit fails with a word that says nothing.
            tracing::error!(%error, "the ledger's log could not be copied into its file");
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}

/// Turns an error of the database into ours.
pub(super) fn failed(doing: &'static str) -> impl Fn(rusqlite::Error) -> StorageError {
    move |error| StorageError::Database { doing, message: error.to_string() }
}

/// Keeps the plan of a statement whatever its values are: it would be planned anew at each range that it is given.
pub(super) fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Makes the writer's connection durable and the schema current.
pub(super) fn prepare(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let set = failed("set up the connection");
    connection.busy_timeout(std::time::Duration::from_secs(2)).map_err(&set)?;
    keep_plans(connection).map_err(&set)?;
    let application: i64 = connection.query_row("PRAGMA application_id", (), |row| row.get(0)).map_err(&set)?;
    let version: i64 = connection.query_row("PRAGMA user_version", (), |row| row.get(0)).map_err(&set)?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0)).map_err(&set)?;
    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return Err(OpenError::NotALedger { path: path.to_owned(), found: application });
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0)).map_err(&set)?;
    if mode != "wal" {
        return Err(OpenError::NotDurable { setting: "journal_mode", expected: "wal", found: mode });
    }
    connection.pragma_update(None, "synchronous", "FULL").map_err(&set)?;
    let level: i64 = connection.query_row("PRAGMA synchronous", (), |row| row.get(0)).map_err(&set)?;
    if level != 2 {
        return Err(OpenError::NotDurable { setting: "synchronous", expected: "2 (FULL)", found: level.to_string() });
    }
    connection.wal_hook(Some(copy_log::<CHECKPOINT_PAGES>));
    connection.pragma_update(None, "cache_size", -65_536).map_err(&set)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(connection, version)
}

pub(super) fn migrate(connection: &mut Connection, version: i64) -> Result<(), OpenError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(OpenError::Newer { found: version, known });
    }
    let done = usize::try_from(version).unwrap_or(0);
    for (index, step) in MIGRATIONS.iter().enumerate().skip(done) {
        let migrated = failed("migrated its schema");
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&migrated)?;
        transaction.execute_batch(step).map_err(&migrated)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(&migrated)?;
        transaction
            .pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(known))
            .map_err(&migrated)?;
        transaction.commit().map_err(&migrated)?;
    }
    Ok(())
}

/// Refuses a file that is not a ledger, or is newer than this program; answers its version. One that is older can be read as far as audits,
/// exports and copies go, which do without what a later step has added.
pub(super) fn check_application(connection: &Connection, path: &Path) -> Result<i64, OpenError> {
    let read = failed("read its schema");
    let application: i64 = connection.query_row("PRAGMA application_id", (), |row| row.get(0)).map_err(&read)?;
    if application != APPLICATION_ID {
        return Err(OpenError::NotALedger { path: path.to_owned(), found: application });
    }
    let found: i64 = connection.query_row("PRAGMA user_version", (), |row| row.get(0)).map_err(&read)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if (1..=known).contains(&found) { Ok(found) } else { Err(OpenError::Newer { found, known }) }
}

/// Fixes zone and epoch when the ledger is new, and answers what holds.
pub(super) fn settle_meta(connection: &mut Connection, zone: &Zone, epoch: Epoch) -> Result<(Zone, Epoch), OpenError> {
    let wrote = failed("fixed its zone and epoch");
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&wrote)?;
    let insert = "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
    transaction.execute(insert, ("zone", zone.name())).map_err(&wrote)?;
    transaction.execute(insert, ("epoch", epoch.0.to_string())).map_err(&wrote)?;
    transaction.commit().map_err(&wrote)?;
    read_meta(connection)
}

/// Changes the epoch of a ledger that is restored.
pub(super) fn write_epoch(connection: &Connection, epoch: Epoch) -> Result<(), StorageError> {
    let wrote = failed("fixed its epoch");
    let sql = "UPDATE meta SET value = ?1 WHERE name = 'epoch'";
    let rows = connection.execute(sql, [epoch.0.to_string()]).map_err(&wrote)?;
    if rows == 1 { Ok(()) } else { Err(damaged("the epoch", format!("{rows} rows"))) }
}

/// What was fixed at creation.
pub(super) fn read_meta(connection: &Connection) -> Result<(Zone, Epoch), OpenError> {
    let value = |name: &'static str| -> Result<String, StorageError> {
        let found = connection
            .query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(failed("read its zone and epoch"))?;
        found.ok_or(StorageError::Damaged { what: name, message: "the row is missing".to_owned() })
    };
    let zone = Zone::new(&value("zone")?)
        .map_err(|error| StorageError::Damaged { what: "zone", message: error.to_string() })?;
    let epoch = value("epoch")?.parse().map_err(|error: std::num::ParseIntError| StorageError::Damaged {
        what: "epoch",
        message: error.to_string(),
    })?;
    Ok((zone, Epoch(epoch)))
}
