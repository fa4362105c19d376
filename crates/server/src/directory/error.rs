//! What can go wrong in the directory, in words that do not depend on the database.

/// A statement or transaction of the directory failed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// A row with this key is there already.
    #[error("expected a new value of {constraint}, found one that is there already")]
    Taken {
        /// The constraint: `table.column` on SQLite, its name on Postgres.
        constraint: String,
    },
    /// A row breaks a rule of its table, which is a fault of the server.
    #[error("expected a row within the rules of its table")]
    Rule(#[source] sqlx::Error),
    /// Another transaction was in the way; nothing happened.
    #[error("expected the transaction to be alone, found another in its way")]
    Conflict(#[source] sqlx::Error),
    /// No connection became free in time; nothing happened.
    #[error("expected a free connection to the directory, found none in time")]
    Busy(#[source] sqlx::Error),
    /// A stored text is not what the code wrote.
    #[error("expected a readable value in {column}, found something else")]
    Damaged {
        /// `table.column`.
        column: &'static str,
    },
    /// The database failed.
    #[error("the directory failed")]
    Failed(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DirectoryError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy(error);
        }
        if is_conflict(&error) {
            return Self::Conflict(error);
        }
        let Some(answer) = error.as_database_error() else { return Self::Failed(error) };
        if answer.is_unique_violation() {
            return Self::Taken { constraint: constraint(answer) };
        }
        if answer.is_check_violation() || answer.is_foreign_key_violation() {
            return Self::Rule(error);
        }
        Self::Failed(error)
    }
}

impl DirectoryError {
    /// Whether a row with this key of `table.column` was there already.
    pub fn is_taken(&self, column: &str) -> bool {
        let Self::Taken { constraint } = self else { return false };
        constraint == column || *constraint == format!("{}_key", column.replace('.', "_"))
    }
}

/// SQLSTATE 40001 and 40P01 of Postgres; `SQLITE_BUSY` (5), `SQLITE_LOCKED` (6) and their extended codes of SQLite.
fn is_conflict(error: &sqlx::Error) -> bool {
    let Some(code) = error.as_database_error().and_then(sqlx::error::DatabaseError::code) else { return false };
    match code.as_ref() {
        "40001" | "40P01" => true,
        code => code.len() < 5 && code.parse::<u32>().is_ok_and(|code| matches!(code & 0xFF, 5 | 6)),
    }
}

/// SQLite says `UNIQUE constraint failed: people.handle` (of several columns: all, the first counts), Postgres the name.
fn constraint(answer: &dyn sqlx::error::DatabaseError) -> String {
    if let Some(name) = answer.constraint() {
        return name.to_owned();
    }
    let message = answer.message();
    let columns = message.split_once("UNIQUE constraint failed: ").map_or(message, |(_, columns)| columns);
    columns.split(',').next().unwrap_or(columns).trim().to_owned()
}
