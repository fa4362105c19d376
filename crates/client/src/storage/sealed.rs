//! A store that seals what another one keeps.
//!
//! Each record lies under `HMAC(table, key)` and is sealed with AES-256-GCM for exactly that place, so that a changed record, and one that was put
//! in the place of another, is [`StorageError::Unreadable`]. Without its key the store neither reads nor writes ([`StorageError::Locked`]), but for
//! [`Table::Locks`], which says how the key is come by and is not sealed. A store that does not outlive the page is not sealed at all: its bytes
//! are where the key would be.
//!
//! An older record at its own place opens; that it is old is noticed where records are counted together (`mirror::tally`).

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::LocalBoxFuture;

use qianbao_core::encoding::hex;

use super::{Change, Expected, Record, Storage, StorageError, Table, Write};
use crate::vault::cipher::{CipherError, SealingKey};

/// Key of the lock's stamp, which every write looks at: nothing is sealed with a key that no lock on the device opens.
pub(crate) const STAMP: &str = "stamp";
/// Bytes of a record's name that are kept, of 32.
const NAME_BYTES: usize = 16;

/// The store. Clones are one store.
#[derive(Clone)]
pub(crate) struct SealedStorage {
    raw: Rc<dyn Storage>,
    key: Rc<RefCell<Option<Key>>>,
}

/// The key while the store is open, and the stamp of its lock.
#[derive(Clone)]
struct Key {
    sealing: Rc<dyn SealingKey>,
    stamp: Vec<u8>,
}

/// Where a record lies, and what it is sealed for.
#[derive(Clone)]
struct Place {
    name: String,
    bound: Vec<u8>,
}

impl SealedStorage {
    /// Seals what `raw` keeps; locked at first.
    pub(crate) fn new(raw: Rc<dyn Storage>) -> Self {
        Self { raw, key: Rc::default() }
    }

    /// Whether records are sealed at all.
    pub(crate) fn seals(&self) -> bool {
        self.raw.is_lasting()
    }

    /// Whether records can be read and written now.
    pub(crate) fn is_open(&self) -> bool {
        !self.seals() || self.key.borrow().is_some()
    }

    /// Opens the store with `sealing`, as long as the lock with this stamp stands.
    pub(crate) fn set_key(&self, sealing: Rc<dyn SealingKey>, stamp: Vec<u8>) {
        self.key.replace(Some(Key { sealing, stamp }));
    }

    /// Lets the key go.
    pub(crate) fn close(&self) {
        self.key.replace(None);
    }

    /// What lies below, as it lies there.
    pub(crate) fn raw(&self) -> &Rc<dyn Storage> {
        &self.raw
    }

    fn key(&self) -> Result<Key, StorageError> {
        self.key.borrow().clone().ok_or(StorageError::Locked)
    }

    /// Whether the lock of this key still stands. Another tab may have made another one, or the browser has dropped everything; then the key
    /// is let go.
    async fn still_stands(&self, key: &Key) -> Result<bool, StorageError> {
        let stands = self.raw.get(Table::Locks, STAMP).await?.as_ref() == Some(&key.stamp);
        let mut current = self.key.borrow_mut();
        if !stands && current.as_ref().is_some_and(|current| current.stamp == key.stamp) {
            *current = None;
        }
        Ok(stands)
    }

    /// What has to lie on the device for `expected` to stand.
    async fn lies(&self, sealing: &Rc<dyn SealingKey>, expected: Expected) -> Result<Expected, StorageError> {
        let (table, key, expected) = expected;
        let place = place(sealing, table, &key).await?;
        let lies = self.raw.get(table, &place.name).await?;
        let found = match lies.clone() {
            None => None,
            Some(bytes) => match opened(sealing, place.clone(), bytes).await {
                // What cannot be read counts as absent, so that it can be replaced.
                Err(StorageError::Unreadable(_)) => None,
                found => Some(found?),
            },
        };
        if found == expected { Ok((table, place.name, lies)) } else { Err(StorageError::Changed) }
    }

    fn is_plain(&self, table: Table) -> bool {
        table == Table::Locks || !self.seals()
    }
}

/// The record of `value` at `key`, as it is to lie on the device.
pub(crate) async fn sealed(
    sealing: &Rc<dyn SealingKey>,
    table: Table,
    key: &str,
    value: Vec<u8>,
) -> Result<(String, Vec<u8>), StorageError> {
    let place = place(sealing, table, key).await?;
    let sealed = sealing.seal(place.bound, value).await?;
    Ok((place.name, sealed))
}

async fn place(sealing: &Rc<dyn SealingKey>, table: Table, key: &str) -> Result<Place, StorageError> {
    let mac = sealing.name([table.name(), "\0", key].concat().into_bytes()).await?;
    let name = hex(&mac[..NAME_BYTES.min(mac.len())]);
    Ok(at(table, name))
}

fn at(table: Table, name: String) -> Place {
    let bound = [table.name(), "\0", &name].concat().into_bytes();
    Place { name, bound }
}

async fn opened(sealing: &Rc<dyn SealingKey>, place: Place, bytes: Vec<u8>) -> Result<Vec<u8>, StorageError> {
    sealing.open(place.bound, bytes).await.map_err(StorageError::from)
}

async fn changed(sealing: &Rc<dyn SealingKey>, change: Change) -> Result<Change, StorageError> {
    Ok(match change {
        change @ (Change::Put(Table::Locks, ..) | Change::Delete(Table::Locks, _) | Change::Clear(_)) => change,
        Change::Put(table, key, value) => {
            let (name, value) = sealed(sealing, table, &key, value).await?;
            Change::Put(table, name, value)
        }
        Change::Delete(table, key) => Change::Delete(table, place(sealing, table, &key).await?.name),
    })
}

impl From<CipherError> for StorageError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::Foreign => Self::Unreadable("a sealed record"),
            CipherError::Failed(found) => Self::Failed(found),
        }
    }
}

impl Storage for SealedStorage {
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>> {
        if self.is_plain(table) {
            return self.raw.get(table, key);
        }
        let (storage, key) = (self.clone(), key.to_owned());
        Box::pin(async move {
            let Key { sealing, .. } = storage.key()?;
            let place = place(&sealing, table, &key).await?;
            let Some(bytes) = storage.raw.get(table, &place.name).await? else { return Ok(None) };
            opened(&sealing, place, bytes).await.map(Some)
        })
    }

    fn list(
        &self,
        table: Table,
        after: Option<&str>,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>> {
        let listed = self.raw.list(table, after, limit);
        if self.is_plain(table) {
            return listed;
        }
        let storage = self.clone();
        Box::pin(async move {
            let Key { sealing, .. } = storage.key()?;
            // One after the other: what does many at once is larger than the time it saves.
            let mut records = listed.await?;
            for record in &mut records {
                let value = std::mem::replace(&mut record.value, Err(StorageError::Locked))?;
                record.value = match opened(&sealing, at(table, record.key.clone()), value).await {
                    Err(error @ StorageError::Failed(_)) => return Err(error),
                    value => value,
                };
            }
            Ok(records)
        })
    }

    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>> {
        if !self.seals() {
            return self.raw.write(write);
        }
        let storage = self.clone();
        Box::pin(async move {
            let Write { only_if, changes, durability } = write;
            if only_if.is_empty() && changes.iter().all(|change| matches!(change, Change::Clear(_))) {
                return storage.raw.write(Write { only_if, changes, durability }).await;
            }
            let key = storage.key()?;
            let mut lies = vec![(Table::Locks, STAMP.to_owned(), Some(key.stamp.clone()))];
            for expected in only_if {
                lies.push(storage.lies(&key.sealing, expected).await?);
            }
            let mut sealed = Vec::with_capacity(changes.len());
            for change in changes {
                sealed.push(changed(&key.sealing, change).await?);
            }
            match storage.raw.write(Write { only_if: lies, changes: sealed, durability }).await {
                Err(StorageError::Changed) if !storage.still_stands(&key).await? => Err(StorageError::Locked),
                written => written,
            }
        })
    }

    fn is_lasting(&self) -> bool {
        self.raw.is_lasting()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
