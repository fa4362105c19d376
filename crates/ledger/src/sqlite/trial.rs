//! The SQLite backend on trial.

use std::path::Path;
use std::sync::Arc;

use super::open::{OpenError, Sqlite};
use super::schema::{copy_log, failed};
use super::writer::SqliteWriter;
use crate::handle::{Ledger, Settings};
use crate::storage::StorageError;
use crate::trial::{Copying, Durability, Trial};

/// Pages of the WAL that are often there.
const OFTEN_PAGES: i32 = 40;
/// Postings that often happen.
const OFTEN_RECORDS: u64 = 40;

impl SqliteWriter {
    fn try_out(&mut self, trial: &Trial) -> Result<(), StorageError> {
        let set = failed("set up a trial");
        self.steps = trial.steps();
        if trial.durability == Durability::Weak {
            self.connection.pragma_update(None, "synchronous", "NORMAL").map_err(&set)?;
        }
        if trial.copying == Copying::Often {
            self.connection.wal_hook(Some(copy_log::<OFTEN_PAGES>));
            self.records_max = OFTEN_RECORDS;
        }
        Ok(())
    }
}

impl Ledger {
    /// [`Ledger::open_sqlite`], on trial.
    pub fn open_sqlite_on_trial(path: &Path, settings: Settings, trial: &Trial) -> Result<Self, OpenError> {
        let Sqlite { mut writer, reader, zone, epoch } = Sqlite::open(path, &settings.zone, settings.epoch)?;
        writer.try_out(trial)?;
        Ok(Self::start_watched(writer, Arc::new(reader), settings.clock, zone, epoch, trial.steps())?)
    }
}
