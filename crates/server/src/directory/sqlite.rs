//! The directory in a file: one connection writes, a few read.

use std::path::Path;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};

use super::WAIT_MAX;

const READERS_MAX: u32 = 4;

/// The address of the database in `file`, which is made when it is missing.
pub(super) fn address(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", escaped(&file.display().to_string()))
}

/// Connections that write: one.
pub(super) fn writer() -> AnyPoolOptions {
    pool(1)
}

/// Connections that read.
pub(super) fn readers() -> AnyPoolOptions {
    pool(READERS_MAX)
}

/// Begins a write transaction, alone.
pub(super) async fn begin(writer: &AnyPool) -> Result<Transaction<'static, Any>, sqlx::Error> {
    writer.begin_with("BEGIN IMMEDIATE").await
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
