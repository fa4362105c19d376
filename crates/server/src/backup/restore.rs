//! `qianbao restore`: a new data folder from a backup, in which a new life of each ledger begins.
//!
//! Phases: check the backup (every file by its digest, every database, every ledger's audit) · copy it under a temporary name · in each realm
//! begin another epoch, raise the stop flag, end all sessions · rename.
//!
//! What the server meets at its next start is another epoch, and everything that counts in the old one is over by that alone: sync tokens and
//! event ids (mirrors empty themselves and load again), cursors of projections and jobs (documents are noted again from the first posting),
//! the cursor into the bank's list of credits (it is read again from its beginning, and what the ledger has not got is booked). Until that list has
//! been read to its end the stop flag keeps everything in that would go out ([`crate::halt`]). Sessions end, since one that was signed out
//! after the backup would live again.

use std::io::Write;
use std::path::Path;

use qianbao_core::Timestamp;
use qianbao_ledger::{Epoch, Sqlite};

use super::files::{self, copy_folder, durable, failed, make_folder};
use super::manifest::{Copied, Manifest};
use super::{BackupError, DIRECTORY, KEYS, LEDGER, check};
use crate::directory::Directory;
use crate::halt::{Halt, Halted, Reason};
use crate::hosts::RealmName;
use crate::identity::{recovery, session};

/// Makes the data folder `data` from the backup in `from`, and writes what was done to `report`.
///
/// # Errors
/// [`BackupError`]; `data` is then as it was.
pub async fn restore(from: &Path, data: &Path, now: Timestamp, report: &mut dyn Write) -> Result<(), BackupError> {
    if !is_free(data)? {
        return Err(BackupError::Taken(data.to_path_buf()));
    }
    let manifest = Manifest::verified(from)?;
    for realm in realms(&manifest) {
        check(realm, &from.join(realm.folder()))?;
    }
    writeln!(report, "{}: every file is as it was written, every ledger is right", from.display())?;
    let begun = files::beside(data, "restoring");
    make_folder(&begun)?;
    let outcome = fill(from, &begun, &manifest, now, report).await.and_then(|()| {
        if data.exists() {
            std::fs::remove_dir(data).map_err(failed("take the place of the empty folder", data))?;
        }
        files::rename(&begun, data)
    });
    if outcome.is_err() {
        let _ = std::fs::remove_dir_all(&begun);
    }
    outcome?;
    writeln!(
        report,
        "{}: restored; payments go on at once, refunds and payouts when the bank's list has been read again",
        data.display()
    )?;
    Ok(())
}

/// Whether nothing is there, or an empty folder.
fn is_free(data: &Path) -> Result<bool, BackupError> {
    if !data.exists() {
        return Ok(true);
    }
    let mut entries = std::fs::read_dir(data).map_err(failed("read the folder", data))?;
    Ok(entries.next().is_none())
}

fn realms(manifest: &Manifest) -> impl Iterator<Item = RealmName> {
    let is_copied = |name: &RealmName| manifest.realms.iter().any(|copied| copied.name == name.folder());
    RealmName::ALL.into_iter().filter(is_copied)
}

async fn fill(
    from: &Path,
    to: &Path,
    manifest: &Manifest,
    now: Timestamp,
    report: &mut dyn Write,
) -> Result<(), BackupError> {
    for realm in realms(manifest) {
        let (from, to) = (from.join(realm.folder()), to.join(realm.folder()));
        make_folder(&to)?;
        for file in [LEDGER, DIRECTORY] {
            std::fs::copy(from.join(file), to.join(file)).map_err(failed("write", &to.join(file)))?;
        }
        copy_folder(&from.join(KEYS), &to.join(KEYS))?;
        let (before, after) = Sqlite::begin_life(&to.join(LEDGER), Epoch(now.millis()))?;
        let directory = Directory::open_file(&to.join(DIRECTORY), "restore").await?;
        let ended = begin_again(directory, &format!("restored from the backup of {}", manifest.made_at.0), now).await?;
        let Copied { sequence, .. } = check(realm, &to)?;
        writeln!(
            report,
            "{realm}: {sequence} postings; epoch {} became {}, so mirrors and cursors of before begin anew; \
             {ended} sessions ended",
            before.0, after.0
        )?;
    }
    durable(to)
}

/// Raises the stop flag of a restored directory, with this detail, and ends its sessions; answers how many there were.
pub(super) async fn begin_again(directory: Directory, detail: &str, now: Timestamp) -> Result<u64, BackupError> {
    Halt::of(&directory).raise(&Halted { reason: Reason::Restored, detail: detail.to_owned(), since: now }).await?;
    let mut write = directory.begin().await?;
    let ended = session::end_all(&mut write).await?;
    recovery::end_all(&mut write, now).await?;
    write.commit().await?;
    directory.close().await;
    Ok(ended)
}
