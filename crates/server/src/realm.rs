//! A realm: one ledger with its directory and keys. `live` and `test` share nothing but the program.
//!
//! ```text
//! DATA/live/ledger.db  directory.db  keys/operator-1.key  keys/pepper.key  keys/bank.key
//! DATA/test/…
//! ```
//!
//! With `--database` ledger and directory lie in the schemas `live` and `test` of that database, for any number of processes, and only the keys in
//! the folder. All of them must have the same keys: the directory knows their fingerprints, and a server with others does not start.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use qianbao_ledger::{Epoch, Ledger, OpenError, OpenPostgresError, Settings, Zone, ZoneError};

use crate::approvals::token::ApprovalKey;
use crate::clock::Sources;
use crate::codes::keys::{KeyFolderError, OperatorKeys};
use crate::codes::secrets::{Secret, SecretFileError, derived, fingerprint, read_or_make};
use crate::database::Database;
use crate::directory::{Directory, DirectoryError, Fingerprints, FingerprintsError, OpenDirectoryError};
use crate::hosts::RealmName;
use crate::identity::key_share::ShareKey;
use crate::identity::one_time_codes::SealKey;
use crate::identity::passkeys::challenge::ChallengeKey;
use crate::identity::password::Pepper;
use crate::identity::recovery::codes::RecoveryKey;
use crate::identity::session::{self, Seen};
use crate::kept::Kept;
use crate::limits::Limits;
use crate::merchants::today::Folded;
use crate::payments::lookups::Lookups;
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
    /// What seals the challenges of passkeys.
    pub challenge_key: ChallengeKey,
    /// What goes into the hashes of payment PINs beside the PIN.
    pub pin_pepper: Pepper,
    /// What seals approvals.
    pub approval_key: ApprovalKey,
    /// What seals the secrets of one-time codes.
    pub seal_key: SealKey,
    /// What recovery codes are hashed with.
    pub recovery_key: RecoveryKey,
    /// What the shares of the keys to devices' copies come of.
    pub share_key: ShareKey,
    /// What the bank signs its notices with.
    pub bank_key: Secret,
    /// Limits and rates.
    pub limits: Limits,
    /// Rows that payments need, in memory.
    pub kept: Arc<Kept>,
    /// Who asked for whom by handle.
    pub lookups: Lookups,
    /// Uses of sessions that are still to be written down.
    pub seen: Seen,
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
    /// The ledger in Postgres.
    #[error(transparent)]
    Postgres(#[from] OpenPostgresError),
    /// The keys are not those that the directory lives with.
    #[error("expected the keys of the {realm} realm in {folder}")]
    OtherKeys {
        /// The realm.
        realm: RealmName,
        /// Where the keys lie.
        folder: PathBuf,
        /// What is wrong with them.
        #[source]
        source: FingerprintsError,
    },
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
    /// Opens the realm `name` in `database`, with its keys below `data`; makes what is missing.
    ///
    /// # Errors
    /// When the folder, a database or a key cannot be used.
    pub async fn open(
        data: &Path,
        database: &Database,
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
        let pepper = read_or_make(&keys_folder.join("pepper.key"), sources)?;
        let bank_key = read_or_make(&keys_folder.join("bank.key"), sources)?;
        let (directory, ledger) = stores(&folder, database, name, sources).await?;
        let fingerprints = Fingerprints {
            pepper: fingerprint(&pepper),
            bank: fingerprint(&bank_key),
            operator: keys.fingerprints().to_vec(),
        };
        let is_ours = directory.check_keys(&fingerprints).await;
        is_ours.map_err(|source| OpenRealmError::OtherKeys { realm: name, folder: keys_folder, source })?;
        let challenge_key = ChallengeKey::of_pepper(&pepper);
        let seal_key = SealKey::of_pepper(&pepper);
        let recovery_key = RecoveryKey::of_pepper(&pepper);
        let approval_key = ApprovalKey::of_pepper(&pepper);
        let pin_pepper = Pepper::new(derived(&pepper, "qianbao payment pins 1"));
        let share_key = ShareKey::of_pepper(&pepper);
        let pepper = Pepper::new(pepper);
        let kept = Arc::<Kept>::default();
        directory.remember_in(kept.clone());
        let (lookups, seen, folded, touches) = Default::default();
        Ok(Arc::new(Self {
            name,
            directory,
            ledger,
            keys,
            pepper,
            challenge_key,
            pin_pepper,
            approval_key,
            seal_key,
            recovery_key,
            share_key,
            bank_key,
            limits,
            kept,
            lookups,
            seen,
            folded,
            touches,
        }))
    }

    /// Writes down what is still in memory, gives up this process's leases and closes the directory's connections after their statements. The
    /// ledger's writer stops with its last handle.
    pub async fn close(&self) {
        if let Err(error) = session::write_seen(self).await {
            tracing::warn!(realm = %self.name, %error, "the last uses of sessions were not written down");
        }
        if let Err(error) = projections::free(&self.directory).await {
            tracing::warn!(realm = %self.name, %error, "leases were not given up and end by themselves");
        }
        self.directory.close().await;
    }
}

/// Directory and ledger of the realm `name`.
async fn stores(
    folder: &Path,
    database: &Database,
    name: RealmName,
    sources: &Sources,
) -> Result<(Directory, Ledger), OpenRealmError> {
    let process = HEXLOWER.encode(&sources.bytes::<16>());
    let settings = settings(sources)?;
    match database {
        Database::Folder => {
            let directory = Directory::open_file(&folder.join("directory.db"), &process).await?;
            let ledger = Ledger::open_sqlite(&folder.join("ledger.db"), settings)?;
            // The ledger is locked for this process alone: whoever held a lease is gone.
            projections::free_all(&directory).await?;
            Ok((directory, ledger))
        }
        Database::Postgres(address) => {
            let schema = name.folder();
            let directory = Directory::open_schema(address, schema, &process).await?;
            let ledger = Ledger::open_postgres(&address.place(schema), settings, sources.commit_clock())?;
            Ok((directory, ledger))
        }
    }
}

/// The directory of the realm `name`, if there is one, for a look beside a serving server.
///
/// # Errors
/// When it cannot be opened.
pub async fn directory_of(
    data: &Path,
    database: &Database,
    name: RealmName,
) -> Result<Option<Directory>, OpenDirectoryError> {
    // It writes nothing that concerns anybody.
    let process = "look";
    match database {
        Database::Folder => {
            let file = data.join(name.folder()).join("directory.db");
            if !file.exists() {
                return Ok(None);
            }
            Ok(Some(Directory::open_file(&file, process).await?))
        }
        Database::Postgres(address) => {
            if !Directory::is_in_schema(address, name.folder()).await? {
                return Ok(None);
            }
            Ok(Some(Directory::open_schema(address, name.folder(), process).await?))
        }
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
