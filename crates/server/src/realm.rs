//! A realm: one ledger with its directory and keys, in one folder. `live` and `test` share nothing but the program.
//!
//! ```text
//! DATA/live/ledger.db  directory.db  keys/operator-1.key  keys/pepper.key  keys/bank.key
//! DATA/test/…
//! ```

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use qianbao_ledger::{Epoch, Ledger, OpenError, Settings, Zone, ZoneError};

use crate::clock::Sources;
use crate::codes::keys::{KeyFolderError, OperatorKeys};
use crate::codes::secrets::{Secret, SecretFileError, read_or_make};
use crate::directory::{Directory, DirectoryError, OpenDirectoryError};
use crate::hosts::RealmName;
use crate::identity::password::Pepper;
use crate::kept::Kept;
use crate::limits::Limits;
use crate::merchants::today::Folded;
use crate::projections;
use crate::sync::stream::Touches;

/// Where the ledger's days begin.
pub const ZONE: &str = "Asia/Shanghai";

/// One realm, open.
pub struct Realm {
    /// Which one.
    pub name: RealmName,
    /// What is not value.
    pub directory: Directory,
    /// Value.
    pub ledger: Ledger,
    /// What signs codes and receipts.
    pub keys: OperatorKeys,
    /// What goes into password hashes beside the password.
    pub pepper: Pepper,
    /// What the bank signs its notices with.
    pub bank_key: Secret,
    /// Limits and rates.
    pub limits: Limits,
    /// Rows that never change, in memory.
    pub kept: Kept,
    /// The day's figures of shops, in memory.
    pub folded: Folded,
    /// Who hears of touched accounts.
    pub touches: Touches,
}

/// A realm could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenRealmError {
    /// The folder could not be made.
    #[error("expected to make the folder {path}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The directory.
    #[error(transparent)]
    Directory(#[from] OpenDirectoryError),
    /// A first write into the directory.
    #[error(transparent)]
    Write(#[from] DirectoryError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] OpenError),
    /// The ledger's zone.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// The operator's keys.
    #[error(transparent)]
    Keys(#[from] KeyFolderError),
    /// The pepper, or the key of the bank's notices.
    #[error(transparent)]
    Pepper(#[from] SecretFileError),
}

impl Realm {
    /// Opens the realm `name` below `data`; makes what is missing.
    ///
    /// # Errors
    /// When the folder, a database or a key cannot be used.
    pub async fn open(
        data: &Path,
        name: RealmName,
        limits: Limits,
        sources: &Sources,
    ) -> Result<Arc<Self>, OpenRealmError> {
        let folder = data.join(name.folder());
        // Names, hashes and balances are nobody else's business on this machine.
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|source| OpenRealmError::Folder { path: folder.clone(), source })?;
        let keys_folder = folder.join("keys");
        let keys = OperatorKeys::open(&keys_folder, sources)?;
        let pepper = Pepper::new(read_or_make(&keys_folder.join("pepper.key"), sources)?);
        let bank_key = read_or_make(&keys_folder.join("bank.key"), sources)?;
        let directory = Directory::open(&folder.join("directory.db")).await?;
        let ledger = Ledger::open_sqlite(&folder.join("ledger.db"), settings(sources)?)?;
        // The ledger is locked for this process alone: whoever held a lease is gone.
        projections::free_all(&directory).await?;
        let (kept, folded, touches) = Default::default();
        Ok(Arc::new(Self { name, directory, ledger, keys, pepper, bank_key, limits, kept, folded, touches }))
    }

    /// Closes the directory's connections after their statements. The ledger's writer stops with its last handle.
    pub async fn close(&self) {
        self.directory.close().await;
    }
}

impl std::fmt::Debug for Realm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Realm").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Ledger days begin in the zone of the organisation; fixed when the ledger is made. So is the epoch: a folder made anew is another life.
fn settings(sources: &Sources) -> Result<Settings, ZoneError> {
    let clock = sources.clone();
    Ok(Settings { clock: Arc::new(move || clock.now()), zone: Zone::new(ZONE)?, epoch: Epoch(sources.now().millis()) })
}
