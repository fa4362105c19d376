//! The device's copy of the wallet, as the app shows it.
//!
//! All reads but [`Mirror::entries`] answer at once from memory. The copy may be old ([`Mirror::as_of`]) and may be lost at
//! any time; it is never asked whether money is there, only shown.

mod documents;
mod head;
mod held;
pub(crate) mod load;
pub(crate) mod page;
mod rows;
mod tally;

use qianbao_api::activity::Entry;
use qianbao_api::identity::PersonView;
use qianbao_api::merchants::ShopView;
use qianbao_api::orders::OrderView;
use qianbao_api::topups::TopupView;
use qianbao_api::wallets::WalletView;
use qianbao_core::id::{OrderId, TopupId};
use qianbao_core::{Currency, Timestamp};

use crate::client::Client;
use crate::error::ClientError;
use crate::storage::StorageError;
pub(crate) use head::Head;
pub(crate) use held::{Copied, Held};
use page::BLOCK_ROWS;

/// How the mirror stands to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncState {
    /// Nothing has been asked yet in this page's life: what is shown is what the device kept.
    #[default]
    Stale,
    /// Changes are being fetched; what is shown may be old.
    Catching,
    /// Up to date as of the last hint or poll.
    Online,
    /// The server could not be reached at the last try.
    Offline,
}

/// A view of the client's mirror; as cheap as the client itself.
#[derive(Clone)]
pub struct Mirror {
    client: Client,
}

impl Client {
    /// The device's copy of the wallet.
    pub fn mirror(&self) -> Mirror {
        Mirror { client: self.clone() }
    }
}

impl Mirror {
    fn held(&self) -> &Held {
        &self.client.inner.held
    }

    /// How the mirror stands to the server.
    pub fn state(&self) -> SyncState {
        self.held().state.get()
    }

    /// The server's clock when the newest page was made; nothing before the first.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.held().copy.borrow().head.as_of
    }

    /// How old the data is, in whole seconds, by the server's clock; nothing before the first page.
    pub fn age_s(&self) -> Option<i64> {
        self.as_of().map(|as_of| (self.client.server_now().0 - as_of.0).max(0) / 1_000_000)
    }

    /// The balances, the oldest currency first.
    pub fn wallets(&self) -> Vec<WalletView> {
        self.held().copy.borrow().documents.wallets()
    }

    /// The balance in `currency`.
    pub fn wallet(&self, currency: Currency) -> Option<WalletView> {
        self.wallets().into_iter().find(|wallet| wallet.available.currency == currency)
    }

    /// The person, as the server told last.
    pub fn person(&self) -> Option<PersonView> {
        self.held().copy.borrow().documents.person()
    }

    /// The shop (desk).
    pub fn shop(&self) -> Option<ShopView> {
        self.held().copy.borrow().documents.shop()
    }

    /// Top-ups, newest first.
    pub fn topups(&self) -> Vec<TopupView> {
        self.held().copy.borrow().documents.topups()
    }

    /// One top-up.
    pub fn topup(&self, topup: TopupId) -> Option<TopupView> {
        self.held().copy.borrow().documents.topup(topup)
    }

    /// Orders (desk), newest first.
    pub fn orders(&self) -> Vec<OrderView> {
        self.held().copy.borrow().documents.orders()
    }

    /// One order (desk).
    pub fn order(&self, order: OrderId) -> Option<OrderView> {
        self.held().copy.borrow().documents.order(order)
    }

    /// How many entries the device keeps.
    pub fn entry_count(&self) -> usize {
        self.held().copy.borrow().head.count()
    }

    /// The newest entries, newest first, at most `limit` and at most what is in memory (256 at least, if there are that
    /// many).
    pub fn newest(&self, limit: usize) -> Vec<Entry> {
        self.held().copy.borrow().recent.iter().rev().take(limit).cloned().collect()
    }

    /// `count` entries, newest first, beginning `skip` entries below the newest: what an endless list shows. Reads blocks
    /// of 256 from the device as needed.
    ///
    /// # Errors
    /// Only [`ClientError::Storage`]: the device no longer has the rows.
    pub async fn entries(&self, skip: usize, count: usize) -> Result<Vec<Entry>, ClientError> {
        let (head, recent_from) = {
            let copy = self.held().copy.borrow();
            (copy.head.clone(), copy.recent_from())
        };
        let total = head.count();
        let until = total.saturating_sub(skip);
        let from = until.saturating_sub(count);
        let mut found = Vec::new();
        if from < recent_from {
            let older = from..until.min(recent_from);
            let storage = &*self.client.inner.platform.storage;
            let rows = match load::rows_of_blocks(storage, &head, older.clone()).await {
                Err(StorageError::Unreadable(what)) => {
                    self.client.doubt(&head).await;
                    return Err(StorageError::Unreadable(what).into());
                }
                rows => rows?,
            };
            let first = older.start / BLOCK_ROWS * BLOCK_ROWS;
            found.extend(rows.into_iter().skip(older.start - first).take(older.len()));
        }
        if until > recent_from {
            let skip = from.saturating_sub(recent_from);
            let recent = &self.held().copy.borrow().recent;
            found.extend(recent.iter().skip(skip).take(until - recent_from - skip).cloned());
        }
        found.reverse();
        Ok(found)
    }
}
