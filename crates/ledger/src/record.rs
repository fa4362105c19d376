//! A posting as it stands in the ledger: what was asked, where in the order it came, and what it did to each account.

pub(crate) mod codec;
pub(crate) mod parts;
pub(crate) mod refusal;
mod wire;

pub use codec::RecordError;

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, Asset, Head, Posting};

use crate::account::Sums;
use crate::outcome::Refusal;

/// A posted posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the one gapless order, from 1.
    pub sequence: u64,
    /// Commit time.
    pub time: Timestamp,
    /// What was asked.
    pub posting: Posting,
    /// What moved, leg by leg: first the legs of the pending posting that this one settles or voids, then its own.
    pub effects: Vec<Effect>,
    /// The accounts that the effects touch, each once, as they stood afterwards.
    pub touched: Vec<Touched>,
    /// The accounts that it opened.
    pub opened: Vec<AccountId>,
}

/// What one leg did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The debited account.
    pub debit: AccountId,
    /// The credited account.
    pub credit: AccountId,
    /// The asset.
    pub asset: Asset,
    /// What moved or was reserved, in smallest units. For [`Phase::Settled`] what moved (may be 0), for
    /// [`Phase::Released`] what was given back.
    pub amount: i64,
    /// In which way.
    pub phase: Phase,
}

/// In which way a leg moved value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// At once.
    Posted,
    /// Reserved: pending until settled or released.
    Reserved,
    /// What was reserved before has moved; `released` of it has been given back.
    Settled {
        /// The part of the reservation that did not move.
        released: i64,
    },
    /// What was reserved before has been given back.
    Released,
}

/// An account as a posting left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The account.
    pub account: AccountId,
    /// Sequence of the posting that touched it before; 0 when there is none. This is the thread that history follows.
    pub previous_sequence: u64,
    /// Its sums afterwards.
    pub sums: Sums,
}

/// A posting that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its head.
    pub head: Head,
    /// When it was refused.
    pub time: Timestamp,
    /// Why.
    pub reason: Refusal,
}

/// What the ledger knows about an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was posted.
    Posted(Box<Record>),
    /// It was refused.
    Refused(Box<Refused>),
}
