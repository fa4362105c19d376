//! The end of orders by time, written into the ledger, so that it stands in the one order of things and whoever follows the log hears of
//! it. Nobody can pay such an order any more before that: a payment's `not_after` is never later than the order's end.

use qianbao_core::Timestamp;

use super::posting::{End, end};
use super::rows::{self, Order};
use super::state::{self, State};
use crate::failure::FailureError;
use crate::payments::claims;
use crate::payments::details::{OrderRef, OrderStep};
use crate::payments::pay::submit;
use crate::realm::Realm;

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

/// Ends the orders whose time ran out after `swept`, at most [`SWEEP_MAX`]; answers where it came to. Repeating it is harmless.
///
/// # Errors
/// When the directory or ledger fails; what was ended stays so.
pub async fn sweep(realm: &Realm, swept: Swept, now: Timestamp) -> Result<Swept, FailureError> {
    // An order can be paid in its last microsecond: it is over the moment after.
    let until = Timestamp(now.0 - 1);
    let orders = rows::ended(realm.directory.readers(), (swept.at, &swept.id), until, SWEEP_MAX).await?;
    let mut swept = swept;
    for order in orders {
        expire(realm, &order, now).await?;
        swept = Swept { at: order.expires_at, id: order.id.to_string() };
    }
    Ok(swept)
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
