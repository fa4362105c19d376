//! `POST /v1/orders`: make an order. The id is the shop's; a repeat answers alike, another body under the id is refused.

use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateOrder, OrderView};
use qianbao_core::Timestamp;

use super::content::{Content, ContentError};
use super::rows::{self, Order, Version};
use super::view::view;
use crate::directory::{DirectoryError, DocumentKind, Owner, again};
use crate::failure::{FailureError, failures};
use crate::merchants::rows::Shop;
use crate::payments::parties::Parties;
use crate::problem::Refuses;
use crate::realm::Realm;

/// Shortest and longest time that an order can be paid, seconds.
pub const EXPIRES_IN_S: std::ops::RangeInclusive<u32> = 30..=86_400;

/// The order was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateOrderError {
    /// The content breaks a rule.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The time is out of range.
    #[error("expected {} to {} seconds, found {found}", EXPIRES_IN_S.start(), EXPIRES_IN_S.end())]
    ExpiresIn {
        /// What was found.
        found: u32,
    },
    /// The id was used for another order.
    #[error("this id was used before for another order: nothing happened, make a new id")]
    IdReused,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(CreateOrderError);

impl Refuses for CreateOrderError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Content(error) => error.code(),
            Self::ExpiresIn { .. } => ProblemCode::OrderInvalid,
            Self::IdReused => ProblemCode::IdReused,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Content(error) => Some(error.param().to_owned()),
            Self::ExpiresIn { .. } => Some("expires_in_s".to_owned()),
            Self::IdReused => Some("id".to_owned()),
            Self::Failure(_) => None,
        }
    }
}

/// Makes the order, or finds that it was made before.
///
/// # Errors
/// [`CreateOrderError`]; nothing was written then.
pub async fn create(
    realm: &Realm,
    shop: &Shop,
    request: &CreateOrder,
    now: Timestamp,
) -> Result<OrderView, CreateOrderError> {
    let largest = realm.limits.payment_max;
    let content = Content::new(request.amount, &request.lines, &request.description, shop.currency, largest)?;
    if !EXPIRES_IN_S.contains(&request.expires_in_s) {
        return Err(CreateOrderError::ExpiresIn { found: request.expires_in_s });
    }
    let digest = content.digest("qianbao/order-create/1", &request.expires_in_s.to_be_bytes());
    let order = Order {
        id: request.id,
        shop: shop.view.id,
        currency: shop.currency,
        created_at: now,
        expires_at: now.plus_seconds(i64::from(request.expires_in_s)),
    };
    let version = Version { number: 1, content, digest, created_at: now };
    let order = match again(|| insert(realm, &order, &version)).await {
        Ok(()) => order,
        Err(DirectoryError::Taken { .. }) => made_before(realm, shop, &order, digest).await?,
        Err(error) => return Err(error.into()),
    };
    Ok(view(realm, &mut Parties::new(realm), &order, now).await?)
}

async fn insert(realm: &Realm, order: &Order, version: &Version) -> Result<(), DirectoryError> {
    let mut write = realm.directory.begin().await?;
    rows::insert_order(&mut write, order).await?;
    rows::insert_version(&mut write, order.id, version).await?;
    write.changed(Owner::Shop(order.shop), DocumentKind::Order, &order.id.to_string()).await?;
    write.commit().await
}

/// The order that was made before under this id, if it is the same.
async fn made_before(realm: &Realm, shop: &Shop, order: &Order, digest: [u8; 32]) -> Result<Order, CreateOrderError> {
    let readers = realm.directory.readers();
    let found = rows::order_of(readers, shop.view.id, order.id).await?.ok_or(CreateOrderError::IdReused)?;
    let first = rows::version(readers, &found, 1).await?;
    if first.is_some_and(|first| first.digest == digest) { Ok(found) } else { Err(CreateOrderError::IdReused) }
}
