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
    /// No connection became free in time, or a statement's turn did not come; nothing happened.
    #[error("expected a turn at the directory, it did not come in time")]
    Busy(#[source] sqlx::Error),
    /// The database was gone before the commit was sent; nothing happened.
    #[error("expected the directory's database to answer, found it gone; nothing happened")]
    Away(#[source] sqlx::Error),
    /// The database did not answer the commit.
    #[error(
        "expected an answer to a commit in the directory, found none: it may have happened, so ask before doing it again"
    )]
    Unknown(#[source] sqlx::Error),
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
        if is_lost(&error) {
            return Self::Away(error);
        }
        let Some(answer) = error.as_database_error() else { return Self::Failed(error) };
        // Lock not available, statement timeout.
        if answer.code().is_some_and(|code| matches!(code.as_ref(), "55P03" | "57014")) {
            return Self::Busy(error);
        }
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
    /// The database has not answered for so long that it counts as gone.
    pub(crate) fn silence() -> Self {
        Self::Away(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))
    }

    /// What a failed commit means: only a database that says so has certainly stored nothing.
    pub(super) fn of_commit(self) -> Self {
        match self {
            Self::Away(error) | Self::Busy(error) => Self::Unknown(error),
            other => other,
        }
    }

    /// Whether another try may cure it: nothing stands in the way for good.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Busy(_) | Self::Away(_) | Self::Unknown(_))
    }

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

/// Whether the connection, or the server behind it, is gone: then nobody has answered. Codes of Postgres have five characters, those of SQLite
/// fewer. 25P03: the transaction stood still for too long. 25006: the server has become a standby. 40003: unknown by its own words.
fn is_lost(error: &sqlx::Error) -> bool {
    let Some(answer) = error.as_database_error() else {
        return matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::PoolClosed
        );
    };
    let Some(code) = answer.code().filter(|code| code.len() == 5) else { return false };
    // Connection, resources, operator intervention but for a statement that took too long.
    let is_class = ["08", "53", "57"].iter().any(|class| code.starts_with(class)) && code != "57014";
    is_class || matches!(code.as_ref(), "25P03" | "25006" | "40003")
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
