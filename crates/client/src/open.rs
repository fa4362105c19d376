//! Opening a client on what the device kept, and wiping it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::lock::Mutex;
use qianbao_api::identity::PersonView;

use crate::client::{Client, Inner, Platform};
use crate::clock::ServerClock;
use crate::error::ClientError;
use crate::json;
use crate::mirror::page::HEAD;
use crate::mirror::{Copied, Head, Held};
use crate::notice::{Listeners, Notice};
use crate::outbox::Outbox;
use crate::presence::Presence;
use crate::storage::format::{formatted, packed};
use crate::storage::sealed::SealedStorage;
use crate::storage::{Change, Durability, StorageError, Table, Write};
use crate::vault::Vault;
use crate::verify::KeyRing;
use crate::wake::Wake;

/// Key of the person whose copy the device keeps.
const PERSON: &str = "person";

impl Client {
    /// The client of this page, on what the browser gives.
    #[cfg(target_arch = "wasm32")]
    pub async fn in_browser() -> Self {
        Self::open(Platform::of_browser("qianbao").await).await
    }

    /// The client of a program that is not a browser: it keeps everything in memory and reaches nobody, so that code of
    /// the apps can be built and tested natively.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn in_browser() -> Self {
        Self::open(Platform::alone()).await
    }

    /// A client on `platform`. Asks the server nothing: what the device kept is [`Presence::Locked`], and
    /// [`Client::unlock_by_session`] opens it.
    ///
    /// A store that cannot be read counts as empty: the copy comes again from the server.
    pub async fn open(mut platform: Platform) -> Self {
        let sealed = SealedStorage::new(platform.storage);
        platform.storage = Rc::new(sealed.clone());
        let inner = Inner {
            platform,
            server_clock: ServerClock::new(),
            listeners: Listeners::default(),
            last_request_id: RefCell::default(),
            presence: RefCell::new(Presence::SignedOut),
            stays: Cell::default(),
            left: Cell::default(),
            was_ended: Cell::default(),
            parting: Mutex::default(),
            renewals: Cell::new(0),
            renewing: Mutex::default(),
            held: Held::default(),
            outbox: Outbox::default(),
            wake: Wake::default(),
            keys: KeyRing::default(),
            vault: Vault::new(sealed),
            opening: Mutex::default(),
        };
        let client = Self { inner: Rc::new(inner) };
        if client.owes_sign_out() {
            // Who signed out is gone here, also where the device could not be wiped at that time.
            let _ = client.wipe().await;
        } else if client.inner.vault.storage.seals()
            && let Ok(Some(lock)) = client.keeps_sealed().await
        {
            client.inner.vault.was_wiped.set(lock.is_wiped);
            client.inner.presence.replace(if lock.is_wiped { Presence::SignedOut } else { Presence::Locked });
        }
        client
    }

    /// Asks the server for changes now, and returns when they are in the mirror: pull to refresh.
    pub async fn refresh(&self) -> Result<(), ClientError> {
        self.catch_up().await
    }

    /// The person whose copy the device keeps.
    pub(crate) async fn remembered(&self) -> Result<Option<PersonView>, StorageError> {
        let Some(record) = self.inner.platform.storage.get(Table::Facts, PERSON).await? else { return Ok(None) };
        let text =
            std::str::from_utf8(packed(&record, "a person")?).map_err(|_| StorageError::Unreadable("a person"))?;
        json::parse(text).map(Some).map_err(|_| StorageError::Unreadable("a person"))
    }

    /// Notes whose copy the device keeps. For a new owner the copy begins with an empty head of theirs.
    /// Where the device takes no writes the mirror goes on in memory.
    pub(crate) async fn remember(&self, person: &PersonView, is_new: bool) {
        let text = json::print(person).unwrap_or_default();
        let mut changes = vec![Change::Put(Table::Facts, PERSON.to_owned(), formatted(text.into_bytes()))];
        if is_new {
            let head = Head { owner: Some(person.id), ..Head::default() };
            let record = formatted(head.pack());
            changes.push(Change::Put(Table::Facts, HEAD.to_owned(), record.clone()));
            self.inner.held.copy.replace(Copied { head, head_record: Some(record), ..Copied::default() });
        }
        let write = Write { only_if: Vec::new(), changes, durability: Durability::Relaxed };
        match self.inner.platform.storage.write(write).await {
            // A store that is locked now is opened before the next page of changes, which begins with this.
            Ok(()) | Err(StorageError::Locked) => {}
            Err(_) => self.go_adrift(),
        }
    }

    /// The device takes no more writes: the mirror goes on in memory, and [`Client::is_lasting`] says so.
    pub(crate) fn go_adrift(&self) {
        if !self.inner.held.is_adrift.replace(true) {
            self.inner.listeners.tell(Notice::Connection);
        }
    }

    /// Wipes everything the device keeps.
    pub(crate) async fn wipe(&self) -> Result<(), ClientError> {
        // At once, so that nothing goes on meanwhile; and again, because something may have been read meanwhile.
        self.forget();
        let changes = Table::ALL.into_iter().map(Change::Clear).collect();
        let write = Write { only_if: Vec::new(), changes, durability: Durability::Strict };
        let written = self.inner.platform.storage.write(write).await;
        self.forget();
        Ok(written?)
    }

    /// Empties what is in memory, lets the key of the store go, and ends the stay.
    pub(crate) fn forget(&self) {
        self.inner.vault.close();
        self.inner.stays.set(self.inner.stays.get().wrapping_add(1));
        self.inner.held.copy.replace(Copied::default());
        self.inner.outbox.clear();
        self.inner.keys.clear();
        for notice in [Notice::Mirror, Notice::Outbox] {
            self.inner.listeners.tell(notice);
        }
    }
}
