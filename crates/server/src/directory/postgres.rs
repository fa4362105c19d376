//! The directory in a schema of a Postgres database that several processes share.
//!
//! A write transaction advances the row `turn` first. Everybody else who wants to write waits for that row, so there is one order of commits,
//! what a transaction reads afterwards stays as it is, and nothing can deadlock. A process that is stopped in the middle stops nobody
//! for longer than two seconds: then the database ends its session.
//!
//! Only SQL that databases with Postgres' protocol share; nothing here listens, locks by advice or counts by sequences. The schema is made, and
//! brought to the present step, by one process at a time: it holds the row of `directory_guard` meanwhile.

use std::time::Duration;

use qianbao_ledger::{DURABLE_SETTINGS, is_made_by_another};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Executor, Transaction};

use super::WAIT_MAX;

/// Connections of one process that write: while one waits for its turn the other one works.
const WRITERS_MAX: u32 = 2;
/// Connections of one process that read.
const READERS_MAX: u32 = 8;
/// How often two processes may meet in making the guard.
const TRIES_MAX: u32 = 10;
/// Longest wait for another process that makes the schema.
const GUARD_MAX: Duration = Duration::from_mins(1);

/// The limits that the database keeps for those that write, and what is checked beside them. A commit has no limit, since it may have to wait
/// for a standby.
const WRITING: &str = "SET lock_timeout = '1500ms'; SET statement_timeout = '2s'; \
     SET idle_in_transaction_session_timeout = '2s'";
/// The same for those that read.
const READING: &str = "SET statement_timeout = '2s'; SET default_transaction_read_only = on";

/// Connections that write into `schema`.
pub(super) fn writer(schema: &'static str) -> AnyPoolOptions {
    pool(WRITERS_MAX, schema, WRITING)
}

/// Connections that read in `schema`.
pub(super) fn readers(schema: &'static str) -> AnyPoolOptions {
    pool(READERS_MAX, schema, READING)
}

/// Begins a write transaction and takes the turn, whose number it answers.
pub(super) async fn begin(writer: &AnyPool) -> Result<(Transaction<'static, Any>, i64), sqlx::Error> {
    // What a statement reads is as old as its beginning, so the turn is a statement of its own, before all others.
    let mut transaction = writer.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    let (turn,): (i64,) = sqlx::query_as("UPDATE heads SET value = value + 1 WHERE name = 'turn' RETURNING value")
        .fetch_one(&mut *transaction)
        .await?;
    Ok((transaction, turn))
}

fn pool(connections_max: u32, schema: &'static str, settings: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections_max).acquire_timeout(WAIT_MAX).after_connect(
        move |connection, _| {
            Box::pin(async move {
                choose(connection, schema).await?;
                connection.execute(settings).await?;
                if settings == WRITING { check_durable(connection).await } else { Ok(()) }
            })
        },
    )
}

/// Makes `schema` the one that statements mean. Its name needs no quotes.
async fn choose(connection: &mut AnyConnection, schema: &'static str) -> Result<(), sqlx::Error> {
    connection.execute(AssertSqlSafe(format!("SET search_path TO {schema}"))).await?;
    Ok(())
}

/// Refuses a database that acknowledges what a power cut may take. One that does not know a setting is another product with
/// its own way of keeping its word.
async fn check_durable(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    for (setting, wanted) in DURABLE_SETTINGS {
        let (found,): (Option<String>,) =
            sqlx::query_as("SELECT current_setting($1, TRUE)").bind(setting).fetch_one(&mut *connection).await?;
        if let Some(found) = found.filter(|found| !wanted.contains(&found.as_str())) {
            let reason = format!(
                "expected Postgres to run with {setting} = {}, found {found}: answers would not survive a power cut",
                wanted[0]
            );
            return Err(sqlx::Error::Configuration(reason.into()));
        }
    }
    Ok(())
}

/// Whether `schema` holds a directory.
pub(super) async fn is_there(connection: &mut AnyConnection, schema: &'static str) -> Result<bool, sqlx::Error> {
    let row: Option<(String,)> = sqlx::query_as(
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
         WHERE table_schema = $1 AND table_name = 'directory_guard'",
    )
    .bind(schema)
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}

/// Makes the schema or brings it to the present step, while no other process does.
pub(super) async fn prepare(
    url: &str,
    schema: &'static str,
    migrations: &Migrator,
) -> Result<(), sqlx::migrate::MigrateError> {
    let mut guarding = AnyConnection::connect(url).await?;
    let mut tries = 1;
    while let Err(error) = make_guard(&mut guarding, schema).await {
        if tries == TRIES_MAX || !is_made_by_another(&error) {
            return Err(error.into());
        }
        tokio::time::sleep(super::again::pause(tries)).await;
        tries += 1;
    }
    // No limits of its own: a step may take longer than a statement of every day.
    let mut working = AnyConnection::connect(url).await?;
    check_durable(&mut working).await?;
    choose(&mut working, schema).await?;
    let mut guard = guarding.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    let waited = tokio::time::timeout(GUARD_MAX, guard.execute("UPDATE directory_guard SET starts = starts + 1"));
    let Ok(is_free) = waited.await else {
        let reason = "expected the process that makes the schema to be done within a minute; it is not";
        return Err(sqlx::Error::Configuration(reason.into()).into());
    };
    is_free?;
    migrations.run_direct(None, &mut working, false).await?;
    guard.commit().await?;
    working.close().await?;
    guarding.close().await?;
    Ok(())
}

/// The schema, and the table with the row that is held while steps are made.
async fn make_guard(connection: &mut AnyConnection, schema: &'static str) -> Result<(), sqlx::Error> {
    // Who may not make schemas can still use one that an administrator has made.
    let known: Option<(String,)> =
        sqlx::query_as("SELECT CAST(nspname AS TEXT) FROM pg_catalog.pg_namespace WHERE nspname = $1")
            .bind(schema)
            .fetch_optional(&mut *connection)
            .await?;
    if known.is_none() {
        connection.execute(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {schema}"))).await?;
    }
    choose(connection, schema).await?;
    if !is_there(connection, schema).await? {
        connection
            .execute("CREATE TABLE IF NOT EXISTS directory_guard (name TEXT PRIMARY KEY, starts BIGINT NOT NULL)")
            .await?;
    }
    connection
        .execute("INSERT INTO directory_guard (name, starts) VALUES ('directory', 0) ON CONFLICT (name) DO NOTHING")
        .await?;
    Ok(())
}
