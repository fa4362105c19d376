//! The directory in a database that several processes share, seen from two handles as from two processes: who waits for whom, what each hears of
//! the other, what is refused at the start, and what a lost connection means. Always on Postgres.

mod faults;
mod hearing;
mod keys;
mod opening;

use qianbao_server::database::Address;
use qianbao_server::directory::{Directory, DirectoryError};
use qianbao_tests_postgres::Database;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};

/// The schema of every test: each has a database of its own.
const SCHEMA: &str = "live";

/// A database, and a connection that does to it what an administrator, or a fault, might.
struct Site {
    database: Database,
    admin: PgConnection,
}

impl Site {
    async fn new() -> Self {
        let database = Database::default();
        let options: PgConnectOptions = database.address().parse().expect("an address");
        let mut admin = options.connect().await.expect("the server is there");
        admin.execute("SET search_path TO live").await.expect("is set");
        Self { database, admin }
    }

    fn address(&self) -> Address {
        self.database.address().parse().expect("an address")
    }

    /// The directory as a process with this name opens it.
    async fn open(&self, process: &str) -> Directory {
        Directory::open_schema(&self.address(), SCHEMA, process).await.expect("the schema opens")
    }

    async fn does(&mut self, sql: &str) -> u64 {
        self.admin.execute(AssertSqlSafe(sql.to_owned())).await.expect("is done").rows_affected()
    }

    /// Ends every other session, as a restart of the server would; says how many there were.
    async fn end_sessions(&mut self) -> u64 {
        self.does(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
    }
}

/// Writes a name into a table that has room for it.
async fn write(directory: &Directory, name: &str) -> Result<(), DirectoryError> {
    let mut write = directory.begin().await?;
    sqlx::query("INSERT INTO heads (name, value) VALUES ($1, 1)").bind(name.to_owned()).execute(write.sql()).await?;
    write.commit().await
}

/// How many rows [`write`] has left.
async fn written(directory: &Directory) -> i64 {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM heads WHERE name <> 'turn' AND name <> 'version' AND name <> 'events'")
            .fetch_one(directory.readers())
            .await
            .expect("readable");
    count
}
