//! `qianbao backup`: a checked copy of both realms, also while a server writes to them.
//!
//! Phases: copy each realm into a folder with a temporary name · check every copied database page by page and audit every copied ledger · write
//! what it holds into `backup.json` · rename the folder. Whoever finds the folder under its own name finds it whole.
//!
//! In each realm the ledger is copied first, the directory after it, the keys last. Whatever a posting names was written into the directory
//! before it; so the later copy of the directory holds all that the postings in the earlier copy of the ledger name. It may hold more, orders and
//! refunds that were not posted yet: that is how a server that died in between finds it too.
//!
//! The folder is as secret as the data: it holds the keys. Mode 0700.

mod files;
pub mod life;
mod manifest;
pub mod restore;

use std::io::Write;
use std::path::{Path, PathBuf};

use qianbao_core::Timestamp;
use qianbao_ledger::{
    CopyError, Finding, OpenError, OpenPostgresError, Sqlite, StorageError, check_database, copy_database,
};

use crate::audit::AuditError;
use crate::database::Database;
use crate::directory::{DirectoryError, OpenDirectoryError};
use crate::hosts::RealmName;
use files::{copy_folder, durable, make_folder};
use manifest::{Copied, Manifest};

/// The ledger's file in a realm's folder.
pub const LEDGER: &str = "ledger.db";
/// The directory's.
pub const DIRECTORY: &str = "directory.db";
/// The folder of the keys.
pub const KEYS: &str = "keys";

/// No backup was made, or none restored. What was begun under a temporary name may be deleted.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("expected a realm in {0}; `--data` names the folder of both realms")]
    Missing(PathBuf),
    /// The place is taken.
    #[error("expected nothing at {0}, or an empty folder; a backup overwrites nothing and is restored over nothing")]
    Taken(PathBuf),
    /// A file or folder.
    #[error("expected to {doing} {path}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A database could not be copied, or the copy is not sound.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// A copied ledger cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A copied ledger cannot be read.
    #[error(transparent)]
    Read(#[from] StorageError),
    /// The books in the copy are wrong.
    #[error("expected right books in the copy of the realm {realm}, found {count} differences, the first: {first}")]
    Wrong {
        /// The realm.
        realm: String,
        /// How many.
        count: usize,
        /// The first.
        first: Box<Finding>,
    },
    /// The list of what a backup holds.
    #[error("expected a list of the backup's files in {path}: {found}")]
    Manifest {
        /// The list.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
    },
    /// A restored directory cannot be opened.
    #[error(transparent)]
    OpenDirectory(#[from] OpenDirectoryError),
    /// A restored directory cannot be written.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A realm lies in Postgres, which has tools of its own.
    #[error(
        "expected no --database, found {0}: use pg_dump, or a base backup, and `qianbao begin-life` (docs/backup.md)"
    )]
    OnPostgres(String),
    /// A realm lies in the folder.
    #[error(
        "expected --database: a data folder is brought back by `qianbao restore`, which begins its new life itself"
    )]
    InFolder,
    /// The books of a restored database are wrong.
    #[error("expected right books, found the differences above: nothing was changed; restore an earlier copy")]
    WrongBooks,
    /// A restored ledger could not be audited.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// A restored ledger cannot be changed.
    #[error(transparent)]
    Postgres(#[from] OpenPostgresError),
    /// The report cannot be written.
    #[error("expected to write the report")]
    Report(#[from] std::io::Error),
}

/// The folder of realms that lie in files: a copy of files holds nothing of those in a database.
///
/// # Errors
/// [`BackupError::OnPostgres`].
pub fn in_files((data, database): (PathBuf, Database)) -> Result<PathBuf, BackupError> {
    match database {
        Database::Folder => Ok(data),
        Database::Postgres(address) => Err(BackupError::OnPostgres(address.to_string())),
    }
}

/// Copies both realms below `data` into the new folder `to`, checks the copy, and writes a line for each realm to `report`.
///
/// # Errors
/// [`BackupError`]; there is then nothing at `to`.
pub fn backup(data: &Path, to: &Path, now: Timestamp, report: &mut dyn Write) -> Result<(), BackupError> {
    let realms: Vec<RealmName> =
        RealmName::ALL.into_iter().filter(|name| data.join(name.folder()).join(LEDGER).exists()).collect();
    if realms.is_empty() {
        return Err(BackupError::Missing(data.to_path_buf()));
    }
    if to.exists() {
        return Err(BackupError::Taken(to.to_path_buf()));
    }
    let begun = files::beside(to, "partial");
    make_folder(&begun)?;
    let outcome = fill(data, &begun, &realms, now, report).and_then(|()| files::rename(&begun, to));
    if outcome.is_err() {
        // The temporary name says what it is, should this fail too.
        let _ = std::fs::remove_dir_all(&begun);
    }
    outcome?;
    writeln!(report, "{}: whole and checked", to.display())?;
    Ok(())
}

fn fill(
    data: &Path,
    to: &Path,
    realms: &[RealmName],
    now: Timestamp,
    report: &mut dyn Write,
) -> Result<(), BackupError> {
    let mut manifest = Manifest::new(now);
    for name in realms {
        let (from, to) = (data.join(name.folder()), to.join(name.folder()));
        make_folder(&to)?;
        copy_database(&from.join(LEDGER), &to.join(LEDGER))?;
        copy_database(&from.join(DIRECTORY), &to.join(DIRECTORY))?;
        copy_folder(&from.join(KEYS), &to.join(KEYS))?;
        let copied = check(*name, &to)?;
        writeln!(report, "{name}: {} postings, {} accounts, audited", copied.sequence, copied.accounts)?;
        manifest.realms.push(copied);
    }
    manifest.list(to)?;
    manifest.write(to)?;
    durable(to)
}

/// Checks both databases of a copied realm and audits its ledger.
fn check(name: RealmName, folder: &Path) -> Result<Copied, BackupError> {
    check_database(&folder.join(LEDGER))?;
    check_database(&folder.join(DIRECTORY))?;
    let (reader, _, epoch) = Sqlite::open_reader(&folder.join(LEDGER))?;
    let mut audit = qianbao_ledger::audit(&reader)?;
    let count = audit.findings.len();
    if count > 0 {
        return Err(BackupError::Wrong {
            realm: name.to_string(),
            count,
            first: Box::new(audit.findings.swap_remove(0)),
        });
    }
    Ok(Copied { name: name.to_string(), epoch: epoch.0, sequence: audit.sequence, accounts: audit.accounts })
}
