//! Opening the store by the server's share, making it, and wrapping its key.

use std::rc::Rc;

use qianbao_api::identity::KeyShare;
use qianbao_core::encoding::from_base64url;

use super::cipher::{CipherError, SealingKey, Secret};
use super::lock::{LOCK, Lock, Way, Wrapping};
use crate::client::{Client, malformed};
use crate::error::ClientError;
use crate::storage::format::packed;
use crate::storage::sealed::{STAMP, sealed};
use crate::storage::{Change, Durability, Storage, StorageError, Table, Write};
use crate::transport::Request;

/// Where the share is.
const KEY_SHARE: &str = "/v1/session/key-share";
/// How long the start of a page waits for it, in milliseconds.
const SHARE_MS: u32 = 5_000;
/// What the wrapped key is sealed for.
const PLACE: &[u8] = b"content key 1";
/// Bytes of a stamp.
const STAMP_BYTES: usize = 16;
/// Times that another tab may change the lock before this one gives up.
const TRIES: u32 = 4;
/// Plain records of an older version that are read at most.
const PLAIN_MAX: u32 = 1_000;

impl Client {
    /// The lock on the device, with its bytes as they lie there. One that this version cannot read opens nothing.
    pub(super) async fn lock_record(&self) -> Result<Option<(Lock, Vec<u8>)>, StorageError> {
        let record = self.inner.vault.storage.get(Table::Locks, LOCK).await?;
        Ok(record.map(|record| (Lock::unpack(&record).unwrap_or_default(), record)))
    }

    /// Whether the device keeps anything that only its key shows. An older version's plain copy counts.
    pub(crate) async fn keeps_sealed(&self) -> Result<Option<Lock>, StorageError> {
        if let Some((lock, _)) = self.lock_record().await? {
            return Ok(Some(lock));
        }
        for table in [Table::Facts, Table::Outbox] {
            if !self.inner.vault.storage.raw().list(table, None, 1).await?.is_empty() {
                return Ok(Some(Lock::default()));
            }
        }
        Ok(None)
    }

    /// Sees to it that the store is open, by the server's share; nothing is asked where it is. A device that takes no writes does not stand in
    /// the way of the mirror: it goes on in memory.
    ///
    /// # Errors
    /// Why there is no share: nobody is signed in, or the server cannot be reached. Nothing was changed then.
    pub(crate) async fn ensure_open(&self) -> Result<(), ClientError> {
        if self.inner.vault.storage.is_open() || self.inner.held.is_adrift.get() {
            return Ok(());
        }
        let _turn = self.inner.opening.lock().await;
        if self.inner.vault.storage.is_open() {
            return Ok(());
        }
        let stay = self.stay();
        let share = self.share().await?;
        self.still(stay)?;
        for _ in 0..TRIES {
            match self.open_with(&share).await {
                // Another tab has made or changed the lock.
                Err(StorageError::Changed) => {}
                Err(_) => break,
                Ok(()) => return Ok(()),
            }
        }
        self.go_adrift();
        Ok(())
    }

    async fn open_with(&self, share: &Secret) -> Result<(), StorageError> {
        let Some((mut lock, record)) = self.lock_record().await? else { return self.begin_anew(share, None).await };
        let opened = match lock.of(&Way::Share) {
            Some(wrapping) => self.opened(wrapping, share).await?,
            None => None,
        };
        let Some(content) = opened else { return self.begin_anew(share, Some(record)).await };
        (lock.is_locked, lock.is_wiped, lock.failures) = (false, false, 0);
        self.put_lock(&lock, Some(record)).await?;
        self.take_key(content, lock.stamp).await
    }

    async fn share(&self) -> Result<Secret, ClientError> {
        let request = Request { deadline_ms: SHARE_MS, ..Request::get(KEY_SHARE) };
        let answer: KeyShare = self.ask(request).await?;
        let bytes = from_base64url(&answer.share).filter(|bytes| bytes.len() == 32);
        bytes.map(Secret::new).ok_or_else(|| malformed(KEY_SHARE, "no 32 bytes".to_owned(), ""))
    }

    /// Makes a key, empties the store and seals what must not be lost: the requests that an older version kept in clear.
    async fn begin_anew(&self, share: &Secret, record: Option<Vec<u8>>) -> Result<(), StorageError> {
        let cipher = &self.inner.platform.cipher;
        let content = cipher.random();
        let sealing = cipher.key(&content, b"", "store").await?;
        let mut lock = Lock { stamp: cipher.random().bytes()[..STAMP_BYTES].to_vec(), ..Lock::default() };
        lock.put(self.wrapped(Way::Share, share, &content).await?);
        let mut changes: Vec<Change> = Table::COPY.into_iter().chain([Table::Outbox]).map(Change::Clear).collect();
        for kept in self.inner.vault.storage.raw().list(Table::Outbox, None, PLAIN_MAX).await? {
            let plain = kept.value?;
            if record.is_none() && packed(&plain, "a request").is_ok() {
                let (name, bytes) = sealed(&sealing, Table::Outbox, &kept.key, plain).await?;
                changes.push(Change::Put(Table::Outbox, name, bytes));
            } else {
                lock.lost += 1;
            }
        }
        changes.push(Change::Put(Table::Locks, LOCK.to_owned(), lock.pack()));
        changes.push(Change::Put(Table::Locks, STAMP.to_owned(), lock.stamp.clone()));
        let only_if = vec![(Table::Locks, LOCK.to_owned(), record)];
        self.inner.vault.storage.raw().write(Write { only_if, changes, durability: Durability::Strict }).await?;
        self.inner.vault.storage.set_key(sealing, lock.stamp);
        self.inner.vault.content.replace(Some(content));
        Ok(())
    }

    /// Empties a store that has no lock: what lies there can be opened by nobody.
    pub(crate) async fn sweep(&self) -> Result<(), StorageError> {
        let only_if = vec![(Table::Locks, LOCK.to_owned(), None)];
        let changes = Table::COPY.into_iter().chain([Table::Outbox]).map(Change::Clear).collect();
        self.inner.vault.storage.raw().write(Write { only_if, changes, durability: Durability::Strict }).await
    }

    /// Opens the store with its key.
    pub(super) async fn take_key(&self, content: Secret, stamp: Vec<u8>) -> Result<(), StorageError> {
        let sealing = self.inner.platform.cipher.key(&content, b"", "store").await?;
        self.inner.vault.storage.set_key(sealing, stamp);
        self.inner.vault.content.replace(Some(content));
        Ok(())
    }

    /// The content key in `wrapping`, if `secret` is what it was wrapped with.
    pub(super) async fn opened(&self, wrapping: &Wrapping, secret: &Secret) -> Result<Option<Secret>, StorageError> {
        let key = self.wrapping_key(&wrapping.way, secret, &wrapping.salt).await?;
        match key.open(PLACE.to_vec(), wrapping.sealed.clone()).await {
            Ok(content) => Ok(Some(Secret::new(content))),
            Err(CipherError::Foreign) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn wrapped(&self, way: Way, secret: &Secret, content: &Secret) -> Result<Wrapping, StorageError> {
        let salt = self.inner.platform.cipher.random().bytes().to_vec();
        let key = self.wrapping_key(&way, secret, &salt).await?;
        let sealed = key.seal(PLACE.to_vec(), content.bytes().to_vec()).await?;
        Ok(Wrapping { way, salt, sealed })
    }

    async fn wrapping_key(&self, way: &Way, secret: &Secret, salt: &[u8]) -> Result<Rc<dyn SealingKey>, StorageError> {
        let cipher = &self.inner.platform.cipher;
        Ok(match way {
            Way::Share => cipher.key(&cipher.bind(secret).await?, salt, "share").await?,
            Way::Passkey(_) => cipher.key(secret, salt, "passkey").await?,
        })
    }

    /// Writes the lock, if it stands as `record` says.
    pub(super) async fn put_lock(&self, lock: &Lock, record: Option<Vec<u8>>) -> Result<(), StorageError> {
        let packed = lock.pack();
        if record.as_ref() == Some(&packed) {
            return Ok(());
        }
        let only_if = vec![(Table::Locks, LOCK.to_owned(), record)];
        let changes = vec![Change::Put(Table::Locks, LOCK.to_owned(), packed)];
        self.inner.vault.storage.raw().write(Write { only_if, changes, durability: Durability::Strict }).await
    }
}
