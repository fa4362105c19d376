//! The directory: what is not value. People, sessions, shops, orders; never a balance.
//!
//! One SQL text for every database (`AnyPool`; TEXT and BIGINT only; `$1` placeholders). On SQLite one connection writes and a
//! few read; a write transaction starts with `BEGIN IMMEDIATE`, so that it never fails between its first read and its first write.
//! Acknowledged means durable: WAL with `synchronous=FULL`, checked on every connection.
//!
//! [`Directory::begin`] gives the one write transaction; [`Write::commit`] ends it and rings the [`Bell`]. No call to the outside is made while
//! it is open.

mod bell;
mod error;
mod feed;
mod owner;
mod write;

use std::path::Path;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Executor};

pub use bell::{Bell, Listener, Rung};
pub use error::DirectoryError;
pub use feed::{Change, changes_after, last_change};
pub use owner::Owner;
pub use write::{DocumentKind, NewEvent, Write};

/// All steps from an empty database to the present one.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

const READERS_MAX: u32 = 4;
const TRIES_MAX: u32 = 5;
const WAIT_MAX: Duration = Duration::from_secs(2);

/// The directory of one realm. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Directory {
    readers: AnyPool,
    writer: AnyPool,
    bell: Bell,
}

/// The directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenDirectoryError {
    /// The file or its settings.
    #[error("expected a readable directory database at {path}")]
    Database {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// A migration failed, or the database is newer than this program.
    #[error("expected migrations that fit the directory database at {path}")]
    Migrate {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
}

impl Directory {
    /// Opens or makes the database in `file` and brings it to the present step.
    pub async fn open(file: &Path) -> Result<Self, OpenDirectoryError> {
        sqlx::any::install_default_drivers();
        let path = file.display().to_string();
        let database = |source| OpenDirectoryError::Database { path: path.clone(), source };
        let url = format!("sqlite://{}?mode=rwc", escaped(&path));
        let writer = pool(1).connect(&url).await.map_err(database)?;
        MIGRATIONS.run(&writer).await.map_err(|source| OpenDirectoryError::Migrate { path: path.clone(), source })?;
        let readers = pool(READERS_MAX).connect(&url).await.map_err(database)?;
        Ok(Self { readers, writer, bell: Bell::new() })
    }

    /// Connections for statements that only read. What one statement reads is one moment; two statements may be two.
    pub fn readers(&self) -> &AnyPool {
        &self.readers
    }

    /// The bell that rings after commits.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Begins a write transaction, alone: whoever writes waits for its turn, at most two seconds.
    ///
    /// A statement after it cannot lose a race any more on SQLite, so only beginning is tried again, at most five times.
    ///
    /// # Errors
    /// [`DirectoryError::Busy`] and [`DirectoryError::Conflict`] when the turn did not come; nothing happened.
    pub async fn begin(&self) -> Result<Write, DirectoryError> {
        let mut tries = 1;
        loop {
            match self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(DirectoryError::from) {
                Err(DirectoryError::Conflict(_)) if tries < TRIES_MAX => {
                    tokio::time::sleep(Duration::from_millis(5_u64 << tries)).await;
                    tries += 1;
                }
                outcome => return Ok(Write::new(outcome?, self.bell.clone())),
            }
        }
    }

    /// Asks the database for nothing: whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), DirectoryError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Closes all connections after their statements.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn pool(connections_max: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(WAIT_MAX)
        .after_connect(|connection, _| Box::pin(prepare(connection)))
}

/// Durable, strict, patient; and refuses to go on when the file system does not give what was asked for.
async fn prepare(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    connection.execute("PRAGMA busy_timeout = 2000").await?;
    connection.execute("PRAGMA journal_mode = WAL").await?;
    connection.execute("PRAGMA synchronous = FULL").await?;
    connection.execute("PRAGMA foreign_keys = ON").await?;
    let (mode,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    let (synchronous,): (i64,) = sqlx::query_as("PRAGMA synchronous").fetch_one(&mut *connection).await?;
    if mode != "wal" || synchronous != 2 {
        let found = format!("expected journal_mode=wal and synchronous=FULL, found {mode} and {synchronous}");
        return Err(sqlx::Error::Configuration(found.into()));
    }
    Ok(())
}

/// A path inside a `sqlite:` address: what has a meaning there is written as %XX.
fn escaped(path: &str) -> String {
    path.chars()
        .map(
            |sign| if matches!(sign, '%' | '?' | '#') { format!("%{:02X}", u32::from(sign)) } else { sign.to_string() },
        )
        .collect()
}
