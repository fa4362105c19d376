//! How an order stands, as the ledger says: whoever holds the order's claim decides.
//!
//! ```text
//!            ┌── edit ──┐ (next version)
//!            ▼          │
//!          open ────────┘
//!            ├── payment ─► paid ─► partly_refunded ─► refunded
//!            ├── cancel ──► cancelled
//!            └── time ────► expired
//! ```
//!
//! An order is open while nobody holds its claim and its time is not over. The version that can be paid is the newest one whose edit has
//! been posted; an edit that was begun and not posted (a crash in between) is finished here, or found to have lost.

use qianbao_core::Timestamp;
use qianbao_core::id::PaymentId;
use qianbao_ledger::Outcome;

use super::posting::{End, end};
use super::rows::{self, Order, Version};
use crate::failure::FailureError;
use crate::payments::claims;
use crate::payments::details::{Details, OrderRef, OrderStep};
use crate::payments::outcome::Paid;
use crate::payments::pay::submit;
use crate::realm::Realm;

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be paid.
    Open,
    /// A posted posting holds its claim.
    Paid(Box<Paid>),
    /// The shop cancelled it.
    Cancelled,
    /// Its time is over.
    Expired,
}

impl State {
    /// The payment that paid it.
    pub fn payment(&self) -> Option<PaymentId> {
        if let Self::Paid(paid) = self { Some(paid.id) } else { None }
    }
}

/// An order's state and the version that it is about: the paid, cancelled or expired one, or the one that can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What became of it.
    pub state: State,
    /// At which version.
    pub version: Version,
}

/// How often a state is looked up again because somebody changed it in between.
const LOOKS_MAX: usize = 4;

/// How `order` stands at `now`.
///
/// # Errors
/// When the directory or ledger fails, or they contradict each other.
pub async fn of(realm: &Realm, order: &Order, now: Timestamp) -> Result<Standing, FailureError> {
    for _ in 0..LOOKS_MAX {
        // The edit first: when afterwards nobody holds the order's claim, only the edit can hold the version's before.
        let newest = rows::newest_version(realm.directory.readers(), order).await?.ok_or(NO_VERSION)?;
        let is_edited = finish_edit(realm, order, newest.number).await?;
        if let Some((state, version)) = ended(realm, order).await? {
            let version = if version == newest.number { newest } else { version_row(realm, order, version).await? };
            return Ok(Standing { state, version });
        }
        if is_edited {
            let state = if now > order.expires_at { State::Expired } else { State::Open };
            return Ok(Standing { state, version: newest });
        }
    }
    Err(FailureError::Inconsistent("an order to come to rest within a few looks"))
}

const NO_VERSION: FailureError = FailureError::Inconsistent("every order to have each version that the ledger names");

/// What the holder of the order's claim made of it, and at which version.
async fn ended(realm: &Realm, order: &Order) -> Result<Option<(State, u32)>, FailureError> {
    let Some(holder) = realm.ledger.claim_holder(claims::order(order.id)).await? else { return Ok(None) };
    let unknown = FailureError::Inconsistent("the holder of a claim to be in the ledger");
    let record = realm.ledger.record(holder.sequence).await?.ok_or(unknown)?;
    let foreign = || FailureError::Inconsistent("an order's claim to be held by its payment, cancelling or expiry");
    if let Some(paid) = Paid::of(&record)? {
        let version = paid.details.order.ok_or_else(foreign)?.version;
        return Ok(Some((State::Paid(Box::new(paid)), version)));
    }
    match Details::decode(&record.posting.head.details)? {
        Details::OrderCancel(step) => Ok(Some((State::Cancelled, step.order.version))),
        Details::OrderExpire(step) => Ok(Some((State::Expired, step.order.version))),
        _ => Err(foreign()),
    }
}

async fn version_row(realm: &Realm, order: &Order, number: u32) -> Result<Version, FailureError> {
    rows::version(realm.directory.readers(), order, number).await?.ok_or(NO_VERSION)
}

/// Makes sure that something ended the version before `number`: if nothing has, the edit to `number` does. False when that one
/// lost just now.
async fn finish_edit(realm: &Realm, order: &Order, number: u32) -> Result<bool, FailureError> {
    let Some(before) = number.checked_sub(1).filter(|before| *before >= 1) else { return Ok(true) };
    let replaced = OrderRef { order: order.id, version: before };
    if realm.ledger.claim_holder(claims::order_version(replaced)).await?.is_some() {
        return Ok(true);
    }
    let posting = end(End::Edit, OrderStep { shop: order.shop, order: replaced }, order.created_at)?;
    Ok(matches!(submit(&realm.ledger, posting).await?, Outcome::Posted { .. }))
}
