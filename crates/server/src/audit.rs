//! `qianbao audit`: recomputes both realms' ledgers from their postings. Reads only, so it runs beside a serving server.

use std::io::Write;
use std::path::{Path, PathBuf};

use qianbao_ledger::{OpenError, Sqlite, StorageError};

use crate::hosts::RealmName;

/// A ledger could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// There is no realm.
    #[error("expected a realm in {0}; `--data` names the folder of both realms")]
    Missing(PathBuf),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
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

/// Audits both realms below `data` and writes a line for each, and one for each finding, to `report`.
///
/// # Errors
/// [`AuditError`] when a ledger could not be looked at, which says nothing about its books.
pub fn audit(data: &Path, report: &mut dyn Write) -> Result<Verdict, AuditError> {
    let mut verdict = Verdict::Right;
    let file = |name: RealmName| data.join(name.folder()).join("ledger.db");
    if !RealmName::ALL.into_iter().any(|name| file(name).exists()) {
        return Err(AuditError::Missing(data.to_path_buf()));
    }
    for name in RealmName::ALL {
        let file = file(name);
        if !file.exists() {
            writeln!(report, "{name}: not there yet")?;
            continue;
        }
        let (reader, _, _) = Sqlite::open_reader(&file)?;
        let found = qianbao_ledger::audit(&reader)?;
        let word = if found.findings.is_empty() { "right" } else { "WRONG" };
        writeln!(report, "{name}: {word}, {} postings, {} accounts", found.sequence, found.accounts)?;
        for finding in &found.findings {
            verdict = Verdict::Wrong;
            writeln!(report, "{name}: {finding}")?;
        }
    }
    Ok(verdict)
}
