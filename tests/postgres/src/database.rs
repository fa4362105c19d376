//! A database of a test's own on the shared server, removed with its handle.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::{address, fresh_name};

/// Says on which database the tests of the server run that run on either: `sqlite`, which is meant when nothing is said, or `postgres`.
pub const CHOICE: &str = "QIANBAO_TEST_DATABASE";

/// An empty database. Whoever is still connected when it is dropped is thrown out.
#[derive(Debug)]
pub struct Database {
    name: String,
    address: String,
}

/// A database where the tests run on Postgres; nothing where they run on SQLite.
///
/// # Panics
/// When [`CHOICE`] says something else.
pub fn chosen() -> Option<Database> {
    match std::env::var(CHOICE).as_deref() {
        Err(_) | Ok("sqlite") => None,
        Ok("postgres") => Some(Database::default()),
        Ok(other) => panic!("expected {CHOICE} to be sqlite or postgres, found {other}"),
    }
}

impl Default for Database {
    fn default() -> Self {
        let name = fresh_name();
        run(&format!("CREATE DATABASE {name}"));
        let (server, options) = address().split_once('?').unwrap_or((address(), ""));
        let (server, _) = server.rsplit_once('/').expect("an address ends with the name of a database");
        Self { address: format!("{server}/{name}?{options}"), name }
    }
}

impl Database {
    /// Its address.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// Runs a statement of the administrator. In a thread of its own: the test may be at work in a runtime.
fn run(sql: &str) {
    let sql = sql.to_owned();
    let running = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let options: PgConnectOptions = address().parse().expect("an address");
            let mut connection: PgConnection = options.disable_statement_logging().connect().await?;
            connection.execute(AssertSqlSafe(sql)).await?;
            connection.close().await
        })
    });
    let outcome: Result<(), sqlx::Error> = running.join().expect("the thread ends");
    // A test that has failed already says why.
    if !std::thread::panicking() {
        outcome.expect("the server does what its administrator says");
    }
}
