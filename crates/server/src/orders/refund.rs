//! `POST /v1/orders/{id}/refunds`: give back what was paid for an order, whole or in parts. What is given back is the order's payment
//! ([`payments::refund`]).

use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateRefund, RefundView};
use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;
use qianbao_core::refund::RefundedThing;

use super::rows;
use super::state::{self, State};
use crate::failure::{FailureError, failures};
use crate::merchants::rows::Shop;
use crate::payments::refund::{self as payments, Asked, RefundError};
use crate::problem::Refuses;
use crate::realm::Realm;

/// Nothing was given back by this request.
#[derive(Debug, thiserror::Error)]
pub enum RefundOrderError {
    /// The shop has no such order.
    #[error("expected an order of this shop, found none with this id")]
    NotFound,
    /// The order was not paid.
    #[error("expected a paid order, found one that is not paid")]
    NotPaid,
    /// The payment is not given back.
    #[error(transparent)]
    Refund(#[from] RefundError),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(RefundOrderError);

impl Refuses for RefundOrderError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NotFound => ProblemCode::NotFound,
            Self::NotPaid => ProblemCode::OrderState,
            Self::Refund(error) => error.code(),
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        if let Self::Refund(error) = self { error.param() } else { None }
    }

    fn retry_after_s(&self) -> Option<u32> {
        if let Self::Refund(error) = self { error.retry_after_s() } else { None }
    }
}

/// Gives back, once.
///
/// # Errors
/// [`RefundOrderError`]; no money moved by this id then.
pub async fn refund(
    realm: &Realm,
    shop: &Shop,
    id: OrderId,
    request: &CreateRefund,
    now: Timestamp,
) -> Result<RefundView, RefundOrderError> {
    let order = rows::order_of(realm.directory.readers(), shop.view.id, id).await?.ok_or(RefundOrderError::NotFound)?;
    let State::Paid(paid) = state::of(realm, &order, now).await?.state else { return Err(RefundOrderError::NotPaid) };
    let digest = payments::digest(b"qianbao/refund-request/1\n", id.uuid().as_bytes(), request);
    let (of, approval) = (RefundedThing::Order { order: id }, request.approval.as_deref());
    let asked = Asked { id: request.id, of, amount: request.amount, reason: &request.reason, digest, approval };
    Ok(payments::give_back(realm, shop, &paid, asked, now).await?)
}
