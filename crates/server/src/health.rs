//! `GET /healthz` (the process answers) and `GET /readyz` (it can do its work). For load balancers and for whoever is called at night.
//!
//! Ready means, in both realms: the ledger takes postings · the directory answers · what follows from postings has followed to within
//! [`BEHIND_MAX`] of the last one · the keys are there · the disk has room ([`disk_free_mb_min`](crate::config::Config::disk_free_mb_min)). A stop
//! flag ([`crate::halt`]) is told in a line of its own and does not make it unready: payments go on. What is missing stands in the log; the
//! answer only says that something is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use qianbao_api::ProblemCode;

use crate::codes::keys::OperatorKeys;
use crate::directory::DirectoryError;
use crate::door::Call;
use crate::hosts::RealmName;
use crate::problem::{Refusal, Refuses};
use crate::projections::{self, Documents, Projection};
use crate::realm::Realm;

/// Most postings that mirrors may not have heard of. After a restore all of them are noted again first.
const BEHIND_MAX: u64 = 20_000;

/// A realm cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum ReadyError {
    /// The ledger takes no postings: a write failed, and the process should be started again.
    #[error("expected a ledger of the realm {0} that takes postings")]
    Ledger(RealmName),
    /// The directory does not answer.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// What follows from postings is late.
    #[error("expected documents of the realm {realm} at most {BEHIND_MAX} postings behind, found {behind}")]
    Behind {
        /// The realm.
        realm: RealmName,
        /// By how many postings.
        behind: u64,
    },
    /// A key is gone from the disk: the next start would make another, and nothing signed before would verify.
    #[error("expected the keys in {0}")]
    Keys(PathBuf),
    /// The disk is nearly full.
    #[error("expected at least {least_mb} MB free at {path}, found {found_mb}")]
    Disk {
        /// The data folder.
        path: PathBuf,
        /// The least.
        least_mb: u64,
        /// What is free.
        found_mb: u64,
    },
    /// The disk cannot be asked.
    #[error("expected to learn how much is free at {path}")]
    DiskUnknown {
        /// The data folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl Refuses for ReadyError {
    fn code(&self) -> ProblemCode {
        ProblemCode::Overloaded
    }
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "Alive.")))]
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Both realms can do their work. A line says so, and one more for each reason for which nothing goes out of a realm.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, description = "Ready.")))]
pub async fn ready(call: Call) -> Result<String, Refusal> {
    let config = &call.app.config;
    let mut text = "ready\n".to_owned();
    has_room(&config.data, u64::from(config.disk_free_mb_min)).inspect_err(said)?;
    for name in RealmName::ALL {
        let realm = call.app.realm(name);
        is_ready(realm, &config.data).await.inspect_err(said)?;
        for halted in realm.halt().reasons().await.map_err(ReadyError::from)? {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{name}: payouts halted ({})", halted.reason.word());
        }
    }
    Ok(text)
}

fn said(error: &ReadyError) {
    tracing::warn!(%error, "not ready");
}

async fn is_ready(realm: &Realm, data: &Path) -> Result<(), ReadyError> {
    if !realm.ledger.is_writable() {
        return Err(ReadyError::Ledger(realm.name));
    }
    let behind = projections::behind(realm, Documents::NAME).await?;
    if behind > BEHIND_MAX {
        return Err(ReadyError::Behind { realm: realm.name, behind });
    }
    let keys = data.join(realm.name.folder()).join("keys");
    if OperatorKeys::are_in(&keys) { Ok(()) } else { Err(ReadyError::Keys(keys)) }
}

/// Bytes free for this process's user on the disk under `path`.
///
/// # Errors
/// When the disk cannot be asked.
pub fn free_bytes(path: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Whether the disk under `path` has at least `least_mb` free for this process's user.
fn has_room(path: &Path, least_mb: u64) -> Result<(), ReadyError> {
    let unknown = |source| ReadyError::DiskUnknown { path: path.to_path_buf(), source };
    let found_mb = free_bytes(path).map_err(unknown)? / 1_000_000;
    if found_mb >= least_mb {
        return Ok(());
    }
    Err(ReadyError::Disk { path: path.to_path_buf(), least_mb, found_mb })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_room_or_says_how_much_it_has() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(has_room(folder.path(), 0).is_ok());
        let error = has_room(folder.path(), u64::MAX).expect_err("no disk is that large");
        assert!(matches!(error, ReadyError::Disk { found_mb, .. } if found_mb > 0), "{error}");
        assert!(matches!(has_room(Path::new("/nowhere/at/all"), 0), Err(ReadyError::DiskUnknown { .. })));
    }
}
