//! The operator's public keys: in memory, on the device, from the server, in this order.

use std::cell::RefCell;

use qianbao_api::keys::{KeySet, PublicKey};
use qianbao_core::encoding::from_base64url;

use super::VerifyError;
use crate::client::Client;
use crate::error::ClientError;
use crate::json;
use crate::storage::format::{formatted, packed};
use crate::storage::{Change, Durability, StorageError, Table, Write};
use crate::transport::Request;

/// Key of the kept key set.
const KEYS: &str = "keys";

/// The keys in memory; empty until they are first needed.
#[derive(Default)]
pub(crate) struct KeyRing {
    keys: RefCell<Vec<PublicKey>>,
}

impl KeyRing {
    pub(crate) fn clear(&self) {
        self.keys.borrow_mut().clear();
    }

    fn is_empty(&self) -> bool {
        self.keys.borrow().is_empty()
    }

    fn find(&self, id: &str) -> Option<[u8; 32]> {
        let keys = self.keys.borrow();
        let key = keys.iter().find(|key| key.id == id && key.algorithm == "Ed25519")?;
        from_base64url(&key.public)?.try_into().ok()
    }
}

impl Client {
    /// The raw public key with this id. An id that is not known is asked for once.
    pub(super) async fn key(&self, id: &str) -> Result<[u8; 32], VerifyError> {
        let ring = &self.inner.keys;
        if ring.is_empty() {
            // What cannot be read is asked for.
            let _ = self.load_keys().await;
        }
        if let Some(key) = ring.find(id) {
            return Ok(key);
        }
        self.fetch_keys().await.map_err(VerifyError::KeysUnreached)?;
        ring.find(id).ok_or_else(|| VerifyError::UnknownKey(id.to_owned()))
    }

    /// Sees to it that the device has a key set, for later without a network.
    pub(crate) async fn keep_keys(&self) {
        if self.inner.keys.is_empty() && self.load_keys().await.is_err() {
            // The next round asks again.
            let _ = self.fetch_keys().await;
        }
    }

    async fn load_keys(&self) -> Result<(), StorageError> {
        const WHAT: &str = "a key set";
        let record = self.inner.platform.storage.get(Table::Facts, KEYS).await?;
        let record = record.ok_or(StorageError::Unreadable(WHAT))?;
        let text = std::str::from_utf8(packed(&record, WHAT)?).map_err(|_| StorageError::Unreadable(WHAT))?;
        let set: KeySet = json::parse(text).map_err(|_| StorageError::Unreadable(WHAT))?;
        self.inner.keys.keys.replace(set.keys);
        Ok(())
    }

    async fn fetch_keys(&self) -> Result<(), ClientError> {
        let set: KeySet = self.ask(Request::get("/.well-known/qianbao-keys")).await?;
        let text = json::print(&set);
        self.inner.keys.keys.replace(set.keys);
        if let Ok(text) = text {
            let changes = vec![Change::Put(Table::Facts, KEYS.to_owned(), formatted(text.into_bytes()))];
            let write = Write { only_if: Vec::new(), changes, durability: Durability::Relaxed };
            // A device that does not take them asks again on the next page.
            let _ = self.inner.platform.storage.write(write).await;
        }
        Ok(())
    }
}
