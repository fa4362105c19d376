//! The end of orders by time, written into the ledger, so that it stands in the one order of things and whoever follows the log hears of
//! it. Nobody can pay such an order any more before that: a payment's `not_after` is never later than the order's end.
//!
//! An order that cannot be ended (a damaged row) is postponed, and the others are ended all the same.

use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;

use super::posting::{End, end};
use super::rows::{self, Order};
use super::state::{self, State};
use crate::directory::DirectoryError;
use crate::failure::FailureError;
use crate::jobs::postponed::{self, Item};
use crate::payments::claims;
use crate::payments::details::{OrderRef, OrderStep};
use crate::payments::pay::submit;
use crate::realm::Realm;

/// Name of the job, of its lease and of the items it postpones.
pub const ORDER_EXPIRY: &str = "order-expiry";

/// Most orders that one sweep ends.
pub const SWEEP_MAX: i64 = 200;

/// Where a sweep has come to: the end of the last order it looked at, and its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    at: Timestamp,
    id: String,
}

impl Swept {
    /// Nothing that ended before `at` is looked at again.
    pub const fn before(at: Timestamp) -> Self {
        Self { at, id: String::new() }
    }

    /// The end of the last order it looked at.
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Ends the orders whose time ran out after `swept`, at most [`SWEEP_MAX`], and postponed ones whose turn it is; answers where it came to.
/// Repeating it is harmless.
///
/// # Errors
/// When the directory or ledger is busy or gone; what was ended stays so.
pub async fn sweep(realm: &Realm, swept: Swept, now: Timestamp) -> Result<Swept, FailureError> {
    // An order can be paid in its last microsecond: it is over the moment after.
    let until = Timestamp(now.0 - 1);
    let found = rows::ended(realm.directory.readers(), (swept.at, &swept.id), until, SWEEP_MAX).await?;
    let mut swept = swept;
    for rows::Ended { id, expires_at, order } in found {
        let outcome = match order {
            Ok(order) => expire(realm, &order, now).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = outcome {
            postponed::postpone(realm, Item { job: ORDER_EXPIRY, id: &id, body: "" }, error, now).await?;
        }
        swept = Swept { at: expires_at, id };
    }
    try_again(realm, now).await?;
    Ok(swept)
}

/// Ends postponed orders whose turn it is.
async fn try_again(realm: &Realm, now: Timestamp) -> Result<(), FailureError> {
    for postponed in postponed::due(realm, ORDER_EXPIRY, now).await? {
        let outcome = expire_by_id(realm, &postponed.id, now).await;
        postponed::tried(realm, ORDER_EXPIRY, &postponed, outcome, now).await?;
    }
    Ok(())
}

async fn expire_by_id(realm: &Realm, id: &str, now: Timestamp) -> Result<(), FailureError> {
    let id: OrderId = id.parse().map_err(|_| DirectoryError::Damaged { column: "orders.id" })?;
    match rows::order(realm.directory.readers(), id).await? {
        Some(order) => expire(realm, &order, now).await,
        // Whoever repaired it took it away.
        None => Ok(()),
    }
}

async fn expire(realm: &Realm, order: &Order, now: Timestamp) -> Result<(), FailureError> {
    let standing = state::of(realm, order, now).await?;
    let is_written = realm.ledger.claim_holder(claims::order(order.id)).await?.is_some();
    if standing.state == State::Expired && !is_written {
        let step =
            OrderStep { shop: order.shop, order: OrderRef { order: order.id, version: standing.version.number } };
        submit(&realm.ledger, end(End::Expire, step, order.created_at)?).await?;
    }
    Ok(())
}
