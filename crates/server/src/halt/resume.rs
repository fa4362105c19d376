//! `qianbao resume`: after an audit of both realms, and only where their books are right, takes down the flag that an audit has raised. The server
//! may be running; it sees the change at the next refund.

use std::io::Write;
use std::path::Path;

use super::{Halt, Reason};
use crate::audit::Verdict;
use crate::database::Database;
use crate::directory::{DirectoryError, OpenDirectoryError};
use crate::hosts::RealmName;
use crate::realm;

/// The flag was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// A directory cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenDirectoryError),
    /// A directory cannot be written.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The report cannot be written.
    #[error("expected to write the report")]
    Report(#[from] std::io::Error),
}

/// Lets money go out again, if the audit just made came to `verdict` and found nothing wrong. Writes what it does to `report`.
///
/// # Errors
/// [`ResumeError`].
pub async fn resume(
    verdict: Verdict,
    data: &Path,
    database: &Database,
    report: &mut dyn Write,
) -> Result<(), ResumeError> {
    if verdict == Verdict::Wrong {
        writeln!(report, "nothing was changed: repair the ledger first, or restore a backup")?;
        return Ok(());
    }
    for name in RealmName::ALL {
        let Some(directory) = realm::directory_of(data, database, name).await? else { continue };
        let halt = Halt::of(&directory);
        let word = if halt.lower(Reason::Books).await? { "money may go out again" } else { "no flag was up" };
        writeln!(report, "{name}: {word}")?;
        for halted in halt.reasons().await? {
            writeln!(report, "{name}: still stopped ({}): {}", halted.reason.word(), halted.detail)?;
        }
        directory.close().await;
    }
    Ok(())
}
