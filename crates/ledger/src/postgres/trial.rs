//! The Postgres backend on trial.

use std::sync::Arc;

use sqlx::Executor;

use super::fault::Moment;
use super::open::{CommitClock, OpenPostgresError, Postgres};
use super::place::Place;
use super::session::apart;
use super::writer::PostgresWriter;
use crate::handle::{Ledger, Settings};
use crate::storage::StorageError;
use crate::trial::{Durability, Trial};

impl PostgresWriter {
    /// A connection that is made anew is as in service.
    fn try_out(&mut self, trial: &Trial) -> Result<(), StorageError> {
        self.steps = trial.steps();
        if trial.durability == Durability::Kept {
            return Ok(());
        }
        let weakened = self.session.run(async |connection| {
            connection.execute("SET synchronous_commit = off").await?;
            Ok(())
        });
        weakened.map_err(|fault| fault.told(Moment::Begin, "set up a trial"))
    }
}

impl Ledger {
    /// [`Ledger::open_postgres`] with the database's clock, on trial.
    pub fn open_postgres_on_trial(place: &Place, settings: Settings, trial: &Trial) -> Result<Self, OpenPostgresError> {
        let opened = Postgres::open(place, &settings.zone, settings.epoch, CommitClock::Database)?;
        let Postgres { mut writer, reader, zone, epoch } = opened;
        apart(|| writer.try_out(trial))?;
        Ok(Self::start_watched(writer, Arc::new(reader), settings.clock, zone, epoch, trial.steps())?)
    }
}
