//! Catching up: pages of changes from the server into the mirror.
//!
//! A page is asked for with the token of the head, applied in one write together with the next token, and only if the head
//! still is the one it was asked with. So a page that was lost is asked for again, one that comes twice is applied once, and
//! a tab killed at any point goes on where the device's copy stands. A reset (the ledger was restored) empties the copy in
//! the same write that brings its first new page.

use qianbao_api::sync::SyncPage;

use crate::client::Client;
use crate::error::ClientError;
use crate::mirror::page::{self, PageError};
use crate::mirror::{Copied, Head, SyncState, load};
use crate::notice::Notice;
use crate::presence::Presence;
use crate::storage::{StorageError, Write};
use crate::tabs::TabMessage;
use crate::transport::Request;

/// Rows a page.
const PAGE_ROWS: u32 = 256;
/// Times that another tab may be faster before this one gives up for now.
const LOST_RACES_MAX: u32 = 12;
/// Pause after the first lost race, in milliseconds; doubles up to 16 times as much, so that the faster tab can finish.
const LOST_RACE_MS: u32 = 50;

impl Client {
    /// Asks the server for changes until there are no more. Any tab may do so at any time.
    pub(crate) async fn catch_up(&self) -> Result<(), ClientError> {
        if self.inner.held.state.get() != SyncState::Online {
            self.set_state(SyncState::Catching);
        }
        let result = self.pages().await;
        match &result {
            Ok(()) => self.set_state(SyncState::Online),
            Err(error) if error.is_signed_out() => self.set_state(SyncState::Stale),
            Err(_) => self.set_state(SyncState::Offline),
        }
        result
    }

    async fn pages(&self) -> Result<(), ClientError> {
        let mut lost_races = 0;
        loop {
            if self.owner().is_none() {
                return Err(ClientError::SignedOut);
            }
            self.ensure_open().await?;
            self.put_owner_back().await;
            let token = self.inner.held.copy.borrow().head.token.clone();
            let page = self.page(token.as_deref()).await?;
            let more = page.more;
            if self.inner.held.copy.borrow().head.token == token && self.apply(page).await? {
                if !more {
                    return Ok(());
                }
            } else {
                lost_races += 1;
                if lost_races > LOST_RACES_MAX {
                    return Err(StorageError::Changed.into());
                }
                self.inner.platform.clock.sleep(LOST_RACE_MS << lost_races.min(4)).await;
                match self.reload_mirror().await {
                    Ok(()) | Err(ClientError::Storage(StorageError::Changed | StorageError::Locked)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// The device may have lost everything under the page (the browser evicts, another tab signed out and in): what is kept
    /// from now on gets its owner first.
    async fn put_owner_back(&self) {
        let Presence::SignedIn(person) = self.presence() else { return };
        if self.inner.held.copy.borrow().head.owner != Some(person.id) {
            self.remember(&person, true).await;
        }
    }

    async fn page(&self, token: Option<&str>) -> Result<SyncPage, ClientError> {
        let mut path = format!("/v1/sync?limit={PAGE_ROWS}");
        if let Some(token) = token {
            path.push_str("&after=");
            crate::routes::encode(token, &mut path);
        }
        let sent = self.inner.platform.clock.now();
        let page: SyncPage = self.ask(Request::get(path)).await?;
        self.inner.server_clock.learn(sent, page.server_time, self.inner.platform.clock.now());
        Ok(page)
    }

    /// Applies a page; false if the copy is another one by now.
    async fn apply(&self, page: SyncPage) -> Result<bool, ClientError> {
        let held = &self.inner.held;
        let (had_any, ahead_us) = (held.copy.borrow().head.token.is_some(), self.inner.server_clock.ahead_us());
        let applied = page::apply(&held.copy.borrow().before(), page, ahead_us).map_err(|PageError(found)| {
            let request_id = self.last_request_id();
            ClientError::Malformed { what: "/v1/sync".to_owned(), detail: found, request_id }
        })?;
        let asked_with = held.copy.borrow().head_record.clone();
        if !self.write_page(applied.write.clone()).await? || held.copy.borrow().head_record != asked_with {
            return Ok(false);
        }
        let changed = applied.reset && had_any || !applied.fresh.is_empty() || !applied.documents.is_empty();
        held.copy.borrow_mut().take(applied, held.is_adrift.get());
        self.inner.platform.tabs.tell(TabMessage::MirrorChanged);
        self.inner.listeners.tell(if changed { Notice::Mirror } else { Notice::Connection });
        Ok(true)
    }

    /// Writes a page; false if another tab was faster. A device that takes no more writes does not stop the mirror: it goes
    /// on in memory, and [`Client::is_lasting`] says so.
    async fn write_page(&self, write: Write) -> Result<bool, ClientError> {
        if self.inner.held.is_adrift.get() {
            return Ok(true);
        }
        match self.inner.platform.storage.write(write).await {
            Ok(()) => Ok(true),
            Err(StorageError::Changed | StorageError::Locked) => Ok(false),
            Err(_) => {
                self.go_adrift();
                Ok(true)
            }
        }
    }

    /// Reads the mirror from the device, after another tab wrote it.
    pub(crate) async fn reload_mirror(&self) -> Result<(), ClientError> {
        if self.inner.held.is_adrift.get() {
            return Ok(());
        }
        let copied = load::load(&*self.inner.platform.storage).await?;
        self.inner.server_clock.restore_if_unknown(copied.head.ahead_us);
        self.inner.held.copy.replace(copied);
        self.inner.listeners.tell(Notice::Mirror);
        Ok(())
    }

    /// A record of the copy of `head` cannot be read: unless another tab has written another copy meanwhile, all of it comes again from the server.
    pub(crate) async fn doubt(&self, head: &Head) {
        if self.reload_mirror().await.is_err() {
            return;
        }
        if self.inner.held.copy.borrow().head == *head {
            let head_record = self.inner.held.copy.borrow().head_record.clone();
            self.inner.held.copy.replace(Copied { head_record, ..Copied::default() });
            self.inner.listeners.tell(Notice::Mirror);
            self.look_now();
        }
    }

    pub(crate) fn set_state(&self, state: SyncState) {
        if self.inner.held.state.replace(state) != state {
            self.inner.platform.tabs.tell(TabMessage::State(state));
            self.inner.listeners.tell(Notice::Connection);
        }
    }
}
