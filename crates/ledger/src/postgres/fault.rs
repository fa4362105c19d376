//! What a failure means for the batch: whether it was stored, whether it may run again, whether the connection still lives.

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::storage::StorageError;

/// Something went wrong in a statement, or in what it answered.
#[derive(Debug)]
pub(super) enum Fault {
    /// The database, or the way there.
    Sql(sqlx::Error),
    /// The rows.
    Storage(StorageError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// When the fault came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// While the lock was waited for.
    Begin,
    /// After that, before the commit was sent.
    Within,
    /// After the commit was sent.
    Commit,
}

impl Fault {
    /// The database did not answer in time.
    pub(super) fn silence() -> Self {
        Self::Sql(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))
    }

    /// Whether the connection is of no use any more.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Self::Storage(_) => false,
            Self::Sql(sqlx::Error::Database(error)) => {
                let severity = error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::severity);
                // Read-only: another server may have become the one that writes.
                matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic)) || code(error.as_ref()) == "25006"
            }
            Self::Sql(error) => !matches!(error, sqlx::Error::RowNotFound | sqlx::Error::ColumnDecode { .. }),
        }
    }

    /// What the engine is told.
    pub(super) fn told(self, moment: Moment, doing: &'static str) -> StorageError {
        let error = match self {
            Self::Storage(error) => return error,
            Self::Sql(error) => error,
        };
        let message = error.to_string();
        match (&error, moment) {
            (sqlx::Error::Database(answer), _) => of_code(&code(answer.as_ref()), moment, doing, message),
            (_, Moment::Commit) => StorageError::Unknown { message },
            (sqlx::Error::ColumnDecode { .. } | sqlx::Error::RowNotFound, _) => {
                StorageError::Damaged { what: "a row", message }
            }
            _ => StorageError::Unreachable { message },
        }
    }
}

fn code(error: &dyn DatabaseError) -> String {
    error.code().unwrap_or_default().into_owned()
}

/// SQLSTATE, as in appendix A of Postgres' manual.
fn of_code(code: &str, moment: Moment, doing: &'static str, message: String) -> StorageError {
    match (code, moment) {
        // Serialisation failure, deadlock, a key that is there already: an id or a sequence that somebody else has used.
        ("40001" | "40P01" | "23505", _) => StorageError::Conflict { message },
        (_, Moment::Commit) => StorageError::Unknown { message },
        // Lock not available, statement timeout.
        ("55P03" | "57014", Moment::Begin) => StorageError::Locked,
        ("57014" | "25P03" | "25006", _) => StorageError::Unreachable { message },
        // Connection, resources, operator intervention.
        _ if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => StorageError::Unreachable { message },
        _ => StorageError::Database { doing, message },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_before_the_commit_is_it_certain_that_nothing_was_stored() {
        let told = |moment| Fault::silence().told(moment, "stored a batch");
        assert!(matches!(told(Moment::Begin), StorageError::Unreachable { .. }));
        assert!(matches!(told(Moment::Within), StorageError::Unreachable { .. }));
        assert!(matches!(told(Moment::Commit), StorageError::Unknown { .. }));
        assert!(Fault::silence().is_lost());
    }

    #[test]
    fn codes_say_what_to_do() {
        let told = |code, moment| of_code(code, moment, "stored a batch", String::new());
        for moment in [Moment::Begin, Moment::Within, Moment::Commit] {
            assert!(matches!(told("40001", moment), StorageError::Conflict { .. }));
        }
        assert_eq!(told("55P03", Moment::Begin), StorageError::Locked);
        // Disk full; the administrator ends the server; statement completion unknown.
        assert!(matches!(told("53100", Moment::Within), StorageError::Unreachable { .. }));
        assert!(matches!(told("57P01", Moment::Commit), StorageError::Unknown { .. }));
        assert!(matches!(told("40003", Moment::Commit), StorageError::Unknown { .. }));
        // A table is missing: no second try makes that right.
        assert!(matches!(told("42P01", Moment::Within), StorageError::Database { .. }));
    }
}
