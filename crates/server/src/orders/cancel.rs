//! `POST /v1/orders/{id}/cancel`: end an open order. If a payment was faster, the order stays paid.

use qianbao_api::ProblemCode;
use qianbao_api::orders::OrderView;
use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;

use super::edit::not_open;
use super::posting::{End, end};
use super::rows;
use super::state::{self, State};
use super::view::view;
use crate::failure::{FailureError, failures};
use crate::merchants::rows::Shop;
use crate::payments::details::{OrderRef, OrderStep};
use crate::payments::parties::Parties;
use crate::payments::pay::submit;
use crate::problem::Refuses;
use crate::realm::Realm;

/// The order was not cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelOrderError {
    /// The shop has no such order.
    #[error("expected an order of this shop, found none with this id")]
    NotFound,
    /// The order is paid or over.
    #[error("expected an open order, found one that is {0:?}")]
    NotOpen(ProblemCode),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(CancelOrderError);

impl Refuses for CancelOrderError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NotFound => ProblemCode::NotFound,
            Self::NotOpen(code) => *code,
            Self::Failure(failure) => failure.code(),
        }
    }
}

/// How often a cancelling is tried again because the order was edited in between.
const TRIES_MAX: usize = 8;

/// Cancels the order at whatever version it is; one that is cancelled already answers alike.
///
/// # Errors
/// [`CancelOrderError`]; the order is as it was.
pub async fn cancel(realm: &Realm, shop: &Shop, id: OrderId, now: Timestamp) -> Result<OrderView, CancelOrderError> {
    let found = rows::order_of(realm.directory.readers(), shop.view.id, id).await?;
    let order = found.ok_or(CancelOrderError::NotFound)?;
    for _ in 0..TRIES_MAX {
        let standing = state::of(realm, &order, now).await?;
        if standing.state == State::Cancelled {
            return Ok(view(realm, &mut Parties::new(realm), &order, now).await?);
        }
        if let Some(code) = not_open(&standing.state) {
            return Err(CancelOrderError::NotOpen(code));
        }
        let step =
            OrderStep { shop: order.shop, order: OrderRef { order: order.id, version: standing.version.number } };
        // Refused means that something else was faster; the next look says what.
        submit(&realm.ledger, end(End::Cancel, step, order.created_at)?).await?;
    }
    Err(CancelOrderError::NotOpen(ProblemCode::OrderBusy))
}
