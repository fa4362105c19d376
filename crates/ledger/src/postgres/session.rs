//! One connection, worked by the thread that uses it: statements one after another, each with a deadline.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::runtime::Runtime;

use super::fault::Fault;
use super::open::OpenPostgresError;
use super::place::Place;
use super::rules::DURABLE_SETTINGS;

/// Longest time until a connection stands.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// What a session is for: the limits that the database keeps, and the longest time for an answer in case the database is
/// not there any more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    settings: &'static str,
    answer_max: Duration,
    is_writing: bool,
}

/// Writing: limits for waiting for the lock, for a statement, for standing still within a transaction. A commit has none, since it
/// may have to wait for a standby.
pub(super) const WRITE: Use = Use {
    settings: "SET lock_timeout = '1500ms'; SET statement_timeout = '2s'; SET idle_in_transaction_session_timeout = '1s'",
    answer_max: Duration::from_secs(5),
    is_writing: true,
};

/// Reading a page.
pub(super) const READ: Use = Use {
    settings: "SET statement_timeout = '10s'; SET default_transaction_read_only = on",
    answer_max: Duration::from_secs(15),
    is_writing: false,
};

/// What keeps Postgres from planning the same statement anew, or differently while its tables grow. Other databases have no
/// such settings and need none, so a refusal does not matter.
const PLANS: [&str; 5] = [
    "SET plan_cache_mode = force_generic_plan",
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET jit = off",
];

/// A connection and the small runtime that drives it.
pub(super) struct Session {
    place: Place,
    kind: Use,
    /// Taken only when the session ends.
    runtime: Option<Runtime>,
    connection: Option<PgConnection>,
}

impl Session {
    /// A session that is not connected yet.
    pub(super) fn new(place: Place, kind: Use) -> Result<Self, OpenPostgresError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self { place, kind, runtime: Some(runtime.map_err(OpenPostgresError::Runtime)?), connection: None })
    }

    /// Connects where there is no connection. Before anything is written it is checked that the database keeps what it
    /// acknowledges.
    pub(super) fn connect(&mut self) -> Result<(), OpenPostgresError> {
        let Some(runtime) = self.runtime.as_ref().filter(|_| self.connection.is_none()) else { return Ok(()) };
        let (place, kind) = (&self.place, self.kind);
        let connecting = async {
            let mut connection = PgConnection::connect_with(place.options()).await?;
            choose_schema(&mut connection, place).await?;
            connection.execute(kind.settings).await?;
            plan(&mut connection).await?;
            if kind.is_writing {
                check_durable(&mut connection).await?;
            }
            Ok::<_, OpenPostgresError>(connection)
        };
        let connected = runtime.block_on(async { tokio::time::timeout(CONNECT_MAX, connecting).await });
        self.connection = Some(connected.map_err(|_| OpenPostgresError::Silent)??);
        Ok(())
    }

    /// Whether there is a connection.
    pub(super) const fn is_connected(&self) -> bool {
        self.connection.is_some()
    }

    /// Runs statements. A connection that was lost on the way is given up.
    pub(super) fn run<T>(
        &mut self,
        query: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.run_within(self.kind, query)
    }

    /// The same with the deadline of another use.
    pub(super) fn run_within<T>(
        &mut self,
        kind: Use,
        query: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let (Some(runtime), Some(mut connection)) = (&self.runtime, self.connection.take()) else {
            return Err(Fault::Sql(sqlx::Error::Io(std::io::ErrorKind::NotConnected.into())));
        };
        let outcome = runtime
            .block_on(async { tokio::time::timeout(kind.answer_max, query(&mut connection)).await })
            .unwrap_or_else(|_| Err(Fault::silence()));
        if !outcome.as_ref().is_err_and(Fault::is_lost) {
            self.connection = Some(connection);
        }
        outcome
    }

    /// Takes back whatever the connection has begun, so that the lock is free at once.
    pub(super) fn take_back(&mut self) {
        let outcome = self.run(async |connection| {
            connection.execute("ROLLBACK").await?;
            Ok(())
        });
        if outcome.is_err() {
            self.connection = None;
        }
    }
}

impl Drop for Session {
    /// A runtime may not be dropped where others run; this one has nothing left to do.
    fn drop(&mut self) {
        self.connection = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Makes the place's schema the one that statements mean.
pub(super) async fn choose_schema(connection: &mut PgConnection, place: &Place) -> Result<(), sqlx::Error> {
    connection.execute(AssertSqlSafe(format!("SET search_path TO {}", place.schema()))).await?;
    Ok(())
}

/// Settings of the planner, where the database has them.
async fn plan(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    for setting in PLANS {
        match connection.execute(setting).await {
            Ok(_) | Err(sqlx::Error::Database(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Refuses a database that acknowledges what a power cut may take. One that does not know a setting is another product with
/// its own way of keeping its word.
async fn check_durable(connection: &mut PgConnection) -> Result<(), OpenPostgresError> {
    for (setting, wanted) in DURABLE_SETTINGS {
        let (found,): (Option<String>,) =
            sqlx::query_as("SELECT current_setting($1, TRUE)").bind(setting).fetch_one(&mut *connection).await?;
        if let Some(found) = found.filter(|found| !wanted.contains(&found.as_str())) {
            return Err(OpenPostgresError::NotDurable { setting, expected: wanted[0], found });
        }
    }
    Ok(())
}

/// Does what drives a runtime of its own. A thread that belongs to another runtime cannot; then one is made for it.
pub(super) fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if tokio::runtime::Handle::try_current().is_err() {
        return work();
    }
    let done = std::thread::scope(|scope| scope.spawn(work).join());
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
