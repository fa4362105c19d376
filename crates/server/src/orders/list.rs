//! `GET /v1/orders` and `GET /v1/orders/{id}`: a shop's orders, newest first.
//!
//! How an order stands is asked of the ledger for each row. A status filter therefore looks at orders one after another, at most
//! [`LOOKED_AT_MAX`] a request; a page that ends there says that more may follow.

use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_api::{Page, ProblemCode};
use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;

use super::rows::{self, Order};
use super::view::view;
use crate::failure::{FailureError, failures};
use crate::merchants::rows::Shop;
use crate::payments::parties::Parties;
use crate::problem::Refuses;
use crate::realm::Realm;

/// Most orders that one request looks at.
pub const LOOKED_AT_MAX: usize = 500;

/// Which orders to list.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// Rows, 1–100.
    pub limit: u32,
    /// The last order of the page before.
    pub starting_after: Option<OrderId>,
    /// Only those that stand like this.
    pub status: Option<OrderStatus>,
}

/// The orders cannot be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListOrdersError {
    /// The shop has no such order.
    #[error("expected an order of this shop, found none with this id")]
    NotFound,
    /// The limit is out of range.
    #[error("expected a limit of 1 to 100, found {found}")]
    Limit {
        /// What was found.
        found: u32,
    },
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(ListOrdersError);

impl Refuses for ListOrdersError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NotFound => ProblemCode::NotFound,
            Self::Limit { .. } => ProblemCode::MalformedRequest,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Limit { .. }).then(|| "limit".to_owned())
    }
}

/// A page of the shop's orders.
///
/// # Errors
/// [`ListOrdersError::NotFound`] when `starting_after` is not an order of the shop.
pub async fn list(
    realm: &Realm,
    shop: &Shop,
    listing: Listing,
    now: Timestamp,
) -> Result<Page<OrderView>, ListOrdersError> {
    if !(1..=100).contains(&listing.limit) {
        return Err(ListOrdersError::Limit { found: listing.limit });
    }
    let readers = realm.directory.readers();
    let wanted = listing.limit as usize;
    let mut before: Option<Order> = match listing.starting_after {
        Some(id) => Some(rows::order_of(readers, shop.view.id, id).await?.ok_or(ListOrdersError::NotFound)?),
        None => None,
    };
    let mut parties = Parties::new(realm);
    let mut page = Page { data: Vec::new(), has_more: false };
    let mut looked_at = 0;
    loop {
        let found = rows::page(readers, shop.view.id, before.as_ref(), i64::from(listing.limit) + 1).await?;
        let is_last = found.len() <= wanted;
        for order in found {
            if page.data.len() == wanted || looked_at == LOOKED_AT_MAX {
                page.has_more = true;
                return Ok(page);
            }
            looked_at += 1;
            let view = view(realm, &mut parties, &order, now).await?;
            if listing.status.is_none_or(|status| status == view.status) {
                page.data.push(view);
            }
            before = Some(order);
        }
        if is_last {
            return Ok(page);
        }
    }
}

/// One order of the shop.
///
/// # Errors
/// [`ListOrdersError::NotFound`] when it is missing or another shop's.
pub async fn get(realm: &Realm, shop: &Shop, id: OrderId, now: Timestamp) -> Result<OrderView, ListOrdersError> {
    let view = super::view::by_id(realm, &mut Parties::new(realm), shop.view.id, id, now).await?;
    view.ok_or(ListOrdersError::NotFound)
}
