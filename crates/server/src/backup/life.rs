//! `qianbao begin-life`: what `restore` does to a data folder, for a database that Postgres' own tools have restored.
//!
//! Phases: audit both realms · in each raise the stop flag, end all sessions, begin another epoch. The epoch comes last: a call that was
//! interrupted is made again, and nobody pays out of the old life meanwhile. No server may be running; one that is stops at its next batch.

use std::io::Write;
use std::path::Path;

use qianbao_core::Timestamp;
use qianbao_ledger::{Epoch, Postgres};

use super::BackupError;
use super::restore::begin_again;
use crate::audit::{self, Verdict};
use crate::database::Database;
use crate::hosts::RealmName;
use crate::realm;

/// Begins another life of both realms in `database`, and writes what was done to `report`.
///
/// # Errors
/// [`BackupError`]; what was not reported is done by another call.
pub async fn begin_life(database: &Database, now: Timestamp, report: &mut dyn Write) -> Result<(), BackupError> {
    let Database::Postgres(address) = database else { return Err(BackupError::InFolder) };
    // Both lie in the database; nothing is looked for in a folder.
    let nowhere = Path::new("");
    if audit::audit(nowhere, database, report)? == Verdict::Wrong {
        return Err(BackupError::WrongBooks);
    }
    for name in RealmName::ALL {
        let Some(directory) = realm::directory_of(nowhere, database, name).await? else { continue };
        let ended = begin_again(directory, "restored from a copy of the database", now).await?;
        let (before, after) = Postgres::begin_life(&address.place(name.folder()), Epoch(now.millis()))?;
        writeln!(
            report,
            "{name}: epoch {} became {}, so mirrors and cursors of before begin anew; {ended} sessions ended",
            before.0, after.0
        )?;
    }
    writeln!(
        report,
        "payments go on with the next start, refunds and payouts when the bank's list has been read again"
    )?;
    Ok(())
}
