//! The key to what the device keeps: made, wrapped, opened and let go.
//!
//! ```text
//!             no lock on the device
//!                     │ first share of a live session: key made, old plain records sealed
//!                     ▼
//!   ┌──────────── open ◄──────────────────────────────────────────────┐
//!   │               │ page closed                                      │ share of a live session, without a touch
//!   │               ▼                                                  │ passkey (PRF), also without a network
//!   │             closed ──────────────────────────────────────────────┤
//!   │ idle, or "lock now"                                              │ passkey (PRF), or signing in
//!   └──────────► locked ───────────────────────────────────────────────┘
//!                   │ 5 failed tries
//!                   ▼
//!                 wiped: the copy is gone, the outbox waits sealed for who signs in
//! ```
//!
//! Signing out and the end of the device wipe everything, this included. A store that does not outlive the page has no lock.
//!
//! Guarantees: the key is in memory only; nothing is written to a lasting store but sealed; a share that does not open the wrapping
//! (the device was ended, somebody else signed in) means that the copy begins anew, and [`Client::lost_requests`] tells how many
//! requests were lost with it.

pub mod cipher;
pub(crate) mod lock;
mod open;
mod unlock;

use std::cell::{Cell, RefCell};

use crate::storage::sealed::SealedStorage;
use cipher::Secret;

/// Failed tries before the copy is wiped.
pub const FAILURES_MAX: u8 = 5;

/// What this page knows of the lock.
pub(crate) struct Vault {
    pub(crate) storage: SealedStorage,
    /// The content key while the store is open, to wrap it once more for a passkey.
    content: RefCell<Option<Secret>>,
    /// Requests of the outbox that could not be opened.
    pub(crate) lost: Cell<usize>,
    /// Whether the copy was wiped after too many failed tries, as this page saw.
    pub(crate) was_wiped: Cell<bool>,
}

impl Vault {
    pub(crate) fn new(storage: SealedStorage) -> Self {
        Self { storage, content: RefCell::default(), lost: Cell::default(), was_wiped: Cell::default() }
    }

    /// Lets the key go.
    pub(crate) fn close(&self) {
        self.storage.close();
        self.content.replace(None);
    }
}
