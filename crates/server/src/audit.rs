//! `qianbao audit`: recomputes both realms' ledgers from their postings. Reads only, so it runs beside a serving server.

use std::io::Write;
use std::path::Path;

use qianbao_ledger::{Audit, OpenError, OpenPostgresError, Postgres, Sqlite, StorageError};

use crate::database::Database;
use crate::hosts::RealmName;

/// A ledger could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is no realm.
    #[error("expected a realm in {0}; `--data` names the folder of both realms, or `--database` their database")]
    Missing(String),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It cannot be opened in Postgres.
    #[error(transparent)]
    Postgres(#[from] OpenPostgresError),
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] StorageError),
    /// The report cannot be written.
    #[error("expected to write the report")]
    Report(#[from] std::io::Error),
}

/// Whether the books are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every check holds.
    Right,
    /// Something does not hold; the report says what.
    Wrong,
}

/// Audits both realms and writes a line for each, and one for each finding, to `report`.
///
/// # Errors
/// [`AuditError`] when a ledger could not be looked at, which says nothing about its books.
pub fn audit(data: &Path, database: &Database, report: &mut dyn Write) -> Result<Verdict, AuditError> {
    let mut verdict = Verdict::Right;
    let mut is_anything_there = false;
    for name in RealmName::ALL {
        let Some(found) = of_realm(data, database, name)? else {
            writeln!(report, "{name}: not there yet")?;
            continue;
        };
        is_anything_there = true;
        let word = if found.findings.is_empty() { "right" } else { "WRONG" };
        writeln!(report, "{name}: {word}, {} postings, {} accounts", found.sequence, found.accounts)?;
        for finding in &found.findings {
            verdict = Verdict::Wrong;
            writeln!(report, "{name}: {finding}")?;
        }
    }
    if is_anything_there { Ok(verdict) } else { Err(AuditError::Missing(database.place(data))) }
}

/// What the audit of a realm found; nothing when the realm is not there.
fn of_realm(data: &Path, database: &Database, name: RealmName) -> Result<Option<Audit>, AuditError> {
    match database {
        Database::Folder => {
            let file = data.join(name.folder()).join("ledger.db");
            if !file.exists() {
                return Ok(None);
            }
            let (reader, _, _) = Sqlite::open_reader(&file)?;
            Ok(Some(qianbao_ledger::audit(&reader)?))
        }
        Database::Postgres(address) => match Postgres::open_reader(&address.place(name.folder())) {
            Ok((reader, _, _)) => Ok(Some(qianbao_ledger::audit(&reader)?)),
            Err(OpenPostgresError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        },
    }
}
