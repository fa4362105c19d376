//! Which keys the directory lives with. The keys themselves lie in the folder `keys` of each server; here are hashes, which tell nothing of
//! them and say whether two folders hold the same.

use super::{Directory, DirectoryError};

/// What a server's keys are, as hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprints {
    /// Of what goes into password hashes.
    pub pepper: String,
    /// Of what the bank signs its notices with.
    pub bank: String,
    /// Of the keys that sign codes and receipts, newest first, at least one.
    pub operator: Vec<String>,
}

/// The server's keys are not those that the directory lives with.
#[derive(Debug, thiserror::Error)]
pub enum FingerprintsError {
    /// Another key.
    #[error(
        "expected the {name} key that this directory was begun with, found another: copy the folder `keys` of a server \
         that has it"
    )]
    Other {
        /// Which key: `pepper` or `bank`.
        name: &'static str,
    },
    /// Another server signs with a key that is not in the folder.
    #[error(
        "expected the newest operator key of this directory among those in the folder, found only others: copy the \
         folder `keys` of the server where the key was made"
    )]
    Operator,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Directory {
    /// Compares the keys with those that the directory lives with, and notes what is new: all at the first start, the newest operator key after
    /// a rotation.
    ///
    /// # Errors
    /// [`FingerprintsError`]; the server must not go on then.
    pub async fn check_keys(&self, found: &Fingerprints) -> Result<(), FingerprintsError> {
        let mut write = self.begin().await?;
        let rows = sqlx::query_as("SELECT name, fingerprint FROM fingerprints").fetch_all(write.sql()).await;
        let rows: Vec<(String, String)> = rows.map_err(DirectoryError::from)?;
        let known = |name: &str| rows.iter().find(|(known, _)| known == name).map(|(_, fingerprint)| fingerprint);
        for (name, fingerprint) in [("pepper", &found.pepper), ("bank", &found.bank)] {
            if known(name).is_some_and(|known| known != fingerprint) {
                return Err(FingerprintsError::Other { name });
            }
        }
        if known("operator").is_some_and(|known| !found.operator.contains(known)) {
            return Err(FingerprintsError::Operator);
        }
        let newest = found.operator.first().ok_or(FingerprintsError::Operator)?;
        for (name, fingerprint) in [("pepper", &found.pepper), ("bank", &found.bank), ("operator", newest)] {
            if known(name) == Some(fingerprint) {
                continue;
            }
            sqlx::query(
                "INSERT INTO fingerprints (name, fingerprint) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET fingerprint = excluded.fingerprint",
            )
            .bind(name)
            .bind(fingerprint.clone())
            .execute(write.sql())
            .await
            .map_err(DirectoryError::from)?;
        }
        Ok(write.commit().await?)
    }
}
