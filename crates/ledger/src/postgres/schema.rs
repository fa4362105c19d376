//! The tables: migrations one step a file, and what was fixed at creation.
//!
//! Several processes may start at once. Each step runs in a transaction that holds the row with the step's number, so it runs
//! once; what cannot wait its turn that way (the schema and that row's table) is tried again.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::open::OpenPostgresError;
use super::place::Place;
use super::rules::is_made_by_another;
use super::session::choose_schema;
use crate::clock::Zone;
use crate::handle::Epoch;
use crate::storage::StorageError;

/// Every step from an empty schema, in order; a step that has been released never changes.
const MIGRATIONS: [&str; 2] = [include_str!("migrations/0001_ledger.sql"), include_str!("migrations/0002_marks.sql")];

/// How often two processes may meet in making the first table.
const TRIES_MAX: u32 = 10;

/// Makes or brings up to date what is there, and answers what was fixed at creation.
pub(super) fn prepare(place: &Place, zone: &Zone, epoch: Epoch) -> Result<(Zone, Epoch), OpenPostgresError> {
    with_connection(place, async |connection| {
        let mut tries = 1;
        while let Err(error) = make_step_table(connection, place).await {
            if tries == TRIES_MAX || !is_made_by_another(&error) {
                return Err(error.into());
            }
            tries += 1;
        }
        choose_schema(connection, place).await?;
        while migrate(connection).await? {}
        sqlx::query("INSERT INTO head (name, zone, epoch) VALUES ('ledger', $1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(zone.name())
            .bind(epoch.0)
            .execute(&mut *connection)
            .await?;
        read_head(connection).await
    })
}

/// What was fixed at creation, of a ledger that is there and not newer than this program.
pub(super) fn read(place: &Place) -> Result<(Zone, Epoch), OpenPostgresError> {
    with_connection(place, async |connection| {
        choose_schema(connection, place).await?;
        let found = sqlx::query_as("SELECT step FROM ledger_step").fetch_optional(&mut *connection).await;
        let step = match found {
            Ok(Some((step,))) => step,
            // No schema, no table, or no step has been made.
            Ok(None) => 0_i64,
            Err(sqlx::Error::Database(error))
                if error.code().is_some_and(|code| code == "42P01" || code == "3F000") =>
            {
                0
            }
            Err(error) => return Err(error.into()),
        };
        match step {
            0 => Err(OpenPostgresError::Missing { place: place.to_string() }),
            // Audits and exports use nothing that a later step has added.
            step if step <= known() => read_head(connection).await,
            found => Err(OpenPostgresError::Newer { found, known: known() }),
        }
    })
}

/// Brings a ledger that is restored up to date and changes its epoch; answers the one before and the one after.
pub(super) fn begin_life(place: &Place, epoch: Epoch) -> Result<(Epoch, Epoch), OpenPostgresError> {
    let (_, before) = read(place)?;
    let after = Epoch(epoch.0.max(before.0.saturating_add(1)));
    with_connection(place, async |connection| {
        choose_schema(connection, place).await?;
        while migrate(connection).await? {}
        let changed = sqlx::query("UPDATE head SET epoch = $1 WHERE name = 'ledger' AND epoch = $2")
            .bind(after.0)
            .bind(before.0)
            .execute(&mut *connection)
            .await?;
        if changed.rows_affected() == 1 {
            return Ok((before, after));
        }
        let message = "its epoch was changed by somebody else at the same time".to_owned();
        Err(StorageError::Damaged { what: "the head", message }.into())
    })
}

fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// A connection of its own, without the limits of one that writes: a step may take longer.
fn with_connection<T>(
    place: &Place,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, OpenPostgresError>,
) -> Result<T, OpenPostgresError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(OpenPostgresError::Runtime)?;
    runtime.block_on(async {
        let mut connection = PgConnection::connect_with(place.options()).await?;
        let outcome = work(&mut connection).await;
        connection.close().await?;
        outcome
    })
}

/// The schema, and the table with the number of the last step.
async fn make_step_table(connection: &mut PgConnection, place: &Place) -> Result<(), sqlx::Error> {
    let is_there = sqlx::query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1")
        .bind(place.schema())
        .fetch_optional(&mut *connection)
        .await?;
    // Who may not make schemas can still use one that an administrator has made.
    if is_there.is_none() {
        connection.execute(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {}", place.schema()))).await?;
    }
    choose_schema(connection, place).await?;
    let is_there = sqlx::query("SELECT step FROM ledger_step").fetch_optional(&mut *connection).await;
    if !matches!(is_there, Ok(Some(_))) {
        connection
            .execute("CREATE TABLE IF NOT EXISTS ledger_step (name TEXT NOT NULL PRIMARY KEY, step BIGINT NOT NULL)")
            .await?;
        connection
            .execute("INSERT INTO ledger_step (name, step) VALUES ('ledger', 0) ON CONFLICT (name) DO NOTHING")
            .await?;
    }
    Ok(())
}

/// Makes the next step, if there is one.
async fn migrate(connection: &mut PgConnection) -> Result<bool, OpenPostgresError> {
    let mut transaction = connection.begin().await?;
    let (step,): (i64,) = sqlx::query_as("SELECT step FROM ledger_step WHERE name = 'ledger' FOR UPDATE")
        .fetch_one(&mut *transaction)
        .await?;
    if step > known() {
        return Err(OpenPostgresError::Newer { found: step, known: known() });
    }
    let Some(migration) = usize::try_from(step).ok().and_then(|step| MIGRATIONS.get(step)) else { return Ok(false) };
    transaction.execute(*migration).await?;
    transaction.execute("UPDATE ledger_step SET step = step + 1").await?;
    transaction.commit().await?;
    Ok(true)
}

async fn read_head(connection: &mut PgConnection) -> Result<(Zone, Epoch), OpenPostgresError> {
    let found: Option<(String, i64)> =
        sqlx::query_as("SELECT zone, epoch FROM head WHERE name = 'ledger'").fetch_optional(connection).await?;
    let damaged = |message: String| StorageError::Damaged { what: "the head", message };
    let (zone, epoch) = found.ok_or_else(|| damaged("the row is missing".to_owned()))?;
    Ok((Zone::new(&zone).map_err(|error| damaged(error.to_string()))?, Epoch(epoch)))
}
