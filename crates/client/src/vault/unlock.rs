//! Locking, unlocking, and what too many failed tries do.

use qianbao_api::passkeys::Assertion;
use qianbao_core::encoding::base64url;

use super::FAILURES_MAX;
use super::cipher::Secret;
use super::lock::{LOCK, Lock, Way};
use crate::client::Client;
use crate::error::ClientError;
use crate::notice::Notice;
use crate::presence::Presence;
use crate::routes::read_answer;
use crate::storage::{Change, Durability, Storage, StorageError, Table, Write};
use crate::tabs::TabMessage;

/// Records of the outbox that are looked through at most.
const UNREADABLE_MAX: u32 = 1_000;

impl Client {
    /// Opens what the device keeps with a passkey of this device. Works without a network where the passkey has a secret of its own for
    /// it (the PRF extension) and has opened the store before; otherwise it signs in.
    ///
    /// # Errors
    /// [`StorageError::Locked`]: this passkey does not open it; that counts as a failed try. Others as
    /// [`Client::sign_in_by_passkey`].
    pub async fn unlock_by_passkey(&self) -> Result<(), ClientError> {
        let lock = self.lock_record().await?.map(|(lock, _)| lock).unwrap_or_default();
        if lock.is_wiped || lock.passkeys().next().is_none() {
            return self.sign_in_by_passkey().await.map(drop);
        }
        let stay = self.stay();
        let used = self.inner.platform.authenticator.get(self.options_of(&lock)).await?;
        self.still(stay)?;
        let assertion: Assertion = read_answer(&used.answer)?;
        let Some(secret) = used.secret else {
            return self.sign_in_by_passkey().await.map(drop);
        };
        let Some((mut lock, record)) = self.lock_record().await? else { return Err(StorageError::Locked.into()) };
        let opened = match lock.of(&Way::Passkey(assertion.id)) {
            Some(wrapping) => self.opened(wrapping, &secret).await?,
            None => None,
        };
        let Some(content) = opened else {
            self.unlock_failed().await;
            return Err(StorageError::Locked.into());
        };
        (lock.is_locked, lock.failures) = (false, 0);
        self.put_lock(&lock, Some(record)).await?;
        self.take_key(content, lock.stamp).await?;
        self.come_back().await;
        self.inner.platform.tabs.tell(TabMessage::SignedIn);
        self.look_now();
        Ok(())
    }

    /// Opens what the device keeps by the live session, without a touch, unless somebody locked it.
    ///
    /// # Errors
    /// Why not; it is as locked as before.
    pub async fn unlock_by_session(&self) -> Result<(), ClientError> {
        if self.presence() != Presence::Locked {
            return Ok(());
        }
        if self.lock_record().await?.is_some_and(|(lock, _)| lock.is_locked) {
            return Err(StorageError::Locked.into());
        }
        self.ensure_open().await?;
        self.come_back().await;
        if self.presence() == Presence::Locked {
            // What the device kept says nothing of a person; the server knows.
            self.session().await?;
        }
        Ok(())
    }

    /// Locks what the device keeps, in every tab: nothing of it is in memory any more. False where there is nothing to lock, or while a
    /// payment or refund is under way: its answer is awaited.
    pub async fn lock(&self) -> bool {
        let is_here = self.can_lock() || self.presence() == Presence::Locked;
        if !is_here || self.inner.outbox.is_driven() {
            return false;
        }
        if let Ok(Some((lock, record))) = self.lock_record().await {
            // Where it cannot be noted a new page opens by the session.
            let _ = self.put_lock(&Lock { is_locked: true, ..lock }, Some(record)).await;
        }
        self.shut();
        self.inner.platform.tabs.tell(TabMessage::Locked);
        true
    }

    /// Whether there is something to lock: somebody's copy, in a store that outlives the page.
    pub fn can_lock(&self) -> bool {
        self.inner.vault.storage.seals() && self.presence().person().is_some()
    }

    /// Requests on this device that could not be opened, so that their outcome has to be looked for in the records.
    pub fn lost_requests(&self) -> usize {
        self.inner.vault.lost.get()
    }

    /// The person has read of [`Client::lost_requests`].
    ///
    /// # Errors
    /// Only [`ClientError::Storage`]; then it is said again by the next page.
    pub async fn lost_requests_seen(&self) -> Result<(), ClientError> {
        self.inner.vault.lost.set(0);
        self.inner.listeners.tell(Notice::Outbox);
        let storage = &self.inner.vault.storage;
        let unreadable = storage.list(Table::Outbox, None, UNREADABLE_MAX).await?.into_iter();
        let unreadable = unreadable.filter(|record| record.value.is_err());
        let mut changes: Vec<Change> = unreadable.map(|record| Change::Delete(Table::Outbox, record.key)).collect();
        let mut only_if = Vec::new();
        if let Some((lock, record)) = self.lock_record().await? {
            only_if.push((Table::Locks, LOCK.to_owned(), Some(record)));
            changes.push(Change::Put(Table::Locks, LOCK.to_owned(), Lock { lost: 0, ..lock }.pack()));
        }
        let write = Write { only_if, changes, durability: Durability::Relaxed };
        Ok(storage.raw().write(write).await?)
    }

    /// Counts the requests that cannot be opened: `unreadable` ones that lie there, and those that went with an older key.
    pub(crate) async fn count_lost(&self, unreadable: usize) {
        let gone = self.lock_record().await.ok().flatten().map_or(0, |(lock, _)| lock.lost);
        self.inner.vault.lost.set(unreadable + gone);
    }

    /// Whether the copy was wiped because it could not be unlocked too often, and nobody has signed in since.
    pub fn was_wiped(&self) -> bool {
        self.inner.vault.was_wiped.get()
    }

    /// Empties the memory and lets the key go.
    pub(crate) fn shut(&self) {
        self.inner.presence.replace(Presence::Locked);
        self.forget();
        self.session_changed();
    }

    /// Shows what the open store keeps; the server has still to say that its person is signed in.
    async fn come_back(&self) {
        if let Ok(Some(person)) = self.remembered().await {
            self.set_presence(Presence::Remembered(person));
            // What cannot be read is asked for again.
            let _ = self.reload_mirror().await;
            let _ = self.reload_outbox().await;
        }
    }

    /// Signing in failed, which is a failed try where the copy is locked.
    pub(crate) async fn try_failed(&self) {
        if self.presence() == Presence::Locked {
            self.unlock_failed().await;
        }
    }

    /// Somebody tried to unlock and could not.
    async fn unlock_failed(&self) {
        let Ok(Some((mut lock, record))) = self.lock_record().await else { return };
        lock.failures = lock.failures.saturating_add(1);
        if lock.failures < FAILURES_MAX {
            // A try that cannot be counted is counted by the next.
            let _ = self.put_lock(&lock, Some(record)).await;
            return;
        }
        (lock.is_wiped, lock.is_locked, lock.failures) = (true, true, 0);
        let mut changes: Vec<Change> = Table::COPY.into_iter().map(Change::Clear).collect();
        changes.push(Change::Put(Table::Locks, LOCK.to_owned(), lock.pack()));
        let write = Write { only_if: Vec::new(), changes, durability: Durability::Strict };
        if self.inner.vault.storage.raw().write(write).await.is_ok() {
            self.inner.vault.was_wiped.set(true);
            self.inner.presence.replace(Presence::SignedOut);
            self.forget();
            self.session_changed();
            self.inner.platform.tabs.tell(TabMessage::SignedOut);
        }
    }

    /// Lets `passkey` open the store from now on, if it has a secret for it.
    pub(crate) async fn trust(&self, credential: &str, secret: Option<&Secret>) {
        let content = self.inner.vault.content.borrow().clone();
        let (Some(secret), Some(content)) = (secret, content) else { return };
        let added = async {
            let Some((mut lock, record)) = self.lock_record().await? else { return Ok(()) };
            lock.put(self.wrapped(Way::Passkey(credential.to_owned()), secret, &content).await?);
            self.put_lock(&lock, Some(record)).await
        };
        // Without it the passkey unlocks by signing in, and is tried again then.
        let _: Result<(), StorageError> = added.await;
    }

    /// Options for a passkey that opens `lock`; nothing of what it signs is sent anywhere.
    fn options_of(&self, lock: &Lock) -> String {
        let challenge = base64url(self.inner.platform.cipher.random().bytes());
        let mut options =
            [r#"{"challenge":""#, &challenge, r#"","userVerification":"required","allowCredentials":["#].concat();
        for (number, credential) in lock.passkeys().enumerate() {
            let comma = if number > 0 { "," } else { "" };
            options += &[comma, r#"{"type":"public-key","id":""#, credential, r#""}"#].concat();
        }
        options + "]}"
    }
}
