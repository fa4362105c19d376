//! `backup.json`: what a backup holds. SHA-256 of every file, so that a restore notices a file that was damaged on its way.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use qianbao_core::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BackupError;
use super::files::{failed, files_below};

/// Its name.
const NAME: &str = "backup.json";
/// The only form so far.
const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    /// The form of the folder and of this list.
    format: u32,
    /// Version of the program that made it.
    program: String,
    /// When it was begun, microseconds since 1970, UTC.
    pub(super) made_at: Timestamp,
    /// The realms.
    pub(super) realms: Vec<Copied>,
    /// Every file but this.
    files: Vec<Listed>,
}

/// A realm in a backup.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Copied {
    /// `live` or `test`.
    pub(super) name: String,
    /// The life of its ledger.
    pub(super) epoch: i64,
    /// Its last posting.
    pub(super) sequence: u64,
    /// How many accounts it has.
    pub(super) accounts: usize,
}

/// A file in a backup.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Listed {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

impl Manifest {
    pub(super) fn new(made_at: Timestamp) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, program, made_at, realms: Vec::new(), files: Vec::new() }
    }

    /// Lists the files in `folder`.
    pub(super) fn list(&mut self, folder: &Path) -> Result<(), BackupError> {
        self.files = listed(folder)?;
        Ok(())
    }

    /// Writes the list into `folder`.
    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(self).expect("a list has only text keys and no failing values");
        std::fs::write(&path, text + "\n").map_err(failed("write", &path))
    }

    /// The list in `folder`, whose files are exactly those that it names, as they were.
    pub(super) fn verified(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(NAME);
        let wrong = |found: String| BackupError::Manifest { path: path.clone(), found };
        let text = std::fs::read_to_string(&path).map_err(failed("read", &path))?;
        let manifest: Self = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(wrong(format!("format {}, this program knows {FORMAT}: use the newer one", manifest.format)));
        }
        let found = listed(folder)?;
        for file in &manifest.files {
            if !found.contains(file) {
                return Err(wrong(format!("{} is missing or not what was written", file.path.display())));
            }
        }
        match found.iter().find(|file| !manifest.files.contains(file)) {
            Some(more) => Err(wrong(format!("{} was not in the backup", more.path.display()))),
            None => Ok(manifest),
        }
    }
}

fn listed(folder: &Path) -> Result<Vec<Listed>, BackupError> {
    let mut all = files_below(folder)?;
    all.retain(|path| path != Path::new(NAME));
    all.into_iter()
        .map(|path| {
            let (bytes, sha256) = digest(&folder.join(&path))?;
            Ok(Listed { path, bytes, sha256 })
        })
        .collect()
}

fn digest(path: &Path) -> Result<(u64, String), BackupError> {
    let read = failed("read", path);
    let mut file = File::open(path).map_err(&read)?;
    let (mut digest, mut bytes, mut part) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let count = file.read(&mut part).map_err(&read)?;
        if count == 0 {
            return Ok((bytes, HEXLOWER.encode(&digest.finalize())));
        }
        digest.update(&part[..count]);
        bytes += count as u64;
    }
}
