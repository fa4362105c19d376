//! Where a ledger under test lies, and how it is opened there.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use qianbao_core::Timestamp;
use qianbao_ledger::{Clock, Epoch, Ledger, Place, Settings, Trial, Zone};

use crate::Told;

/// A file, or a schema in a database.
#[derive(Clone, Debug)]
pub enum Store {
    /// The ledger's file.
    Sqlite(PathBuf),
    /// An address such as `postgres:///postgres?host=/tmp/…`, and a schema there.
    Postgres {
        /// The database.
        address: String,
        /// The schema.
        schema: String,
    },
}

impl Store {
    /// The real backend as in service, with the system's clock.
    pub fn open(&self) -> Told<Ledger> {
        self.open_on_trial(&Trial::default())
    }

    /// The same, watched or weakened.
    pub fn open_on_trial(&self, trial: &Trial) -> Told<Ledger> {
        let settings = Settings { clock: clock(), zone: Zone::new("Asia/Shanghai")?, epoch: Epoch(1) };
        Ok(match self {
            Self::Sqlite(file) => Ledger::open_sqlite_on_trial(file, settings, trial)?,
            Self::Postgres { address, schema } => {
                Ledger::open_postgres_on_trial(&Place::new(address, schema)?, settings, trial)?
            }
        })
    }

    /// The words by which a process that is started is told of it.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Sqlite(file) => vec!["--file".to_owned(), file.display().to_string()],
            Self::Postgres { address, schema } => {
                vec!["--address".to_owned(), address.clone(), "--schema".to_owned(), schema.clone()]
            }
        }
    }
}

fn clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    })
}
