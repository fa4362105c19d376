//! `PATCH /v1/orders/{id}`: replace what an open order is for. Codes of the version before stop working.
//!
//! Phases: the new version's row in the directory (immutable) · one posting that takes the claim of the version it replaces. If a
//! payment, a cancelling or the order's end was faster, the posting is refused and the new row never counts.

use qianbao_api::ProblemCode;
use qianbao_api::orders::{EditOrder, OrderView};
use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;

use super::content::{Content, ContentError};
use super::rows::{self, Order, Version};
use super::state::{self, State};
use super::view::view;
use crate::directory::{DirectoryError, DocumentKind, Owner, again};
use crate::failure::{FailureError, failures};
use crate::merchants::rows::Shop;
use crate::payments::parties::Parties;
use crate::problem::Refuses;
use crate::realm::Realm;

/// Most versions of an order.
pub const VERSIONS_MAX: u32 = 1_000;

/// The order was not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditOrderError {
    /// The shop has no such order.
    #[error("expected an order of this shop, found none with this id")]
    NotFound,
    /// The content breaks a rule.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The order has another version by now.
    #[error("expected version {expected}, the newest one, found {found}: read the order again")]
    Version {
        /// The newest version.
        expected: u32,
        /// The version that was to be replaced.
        found: u32,
    },
    /// The order is paid, cancelled or over.
    #[error("expected an open order, found one that is {0:?}")]
    NotOpen(ProblemCode),
    /// The order has been edited too often.
    #[error("expected at most {VERSIONS_MAX} versions: make a new order")]
    TooManyVersions,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(EditOrderError);

impl Refuses for EditOrderError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NotFound => ProblemCode::NotFound,
            Self::Content(error) => error.code(),
            Self::Version { .. } => ProblemCode::OrderChanged,
            Self::NotOpen(code) => *code,
            Self::TooManyVersions => ProblemCode::OrderState,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Content(error) => Some(error.param().to_owned()),
            Self::Version { .. } => Some("version".to_owned()),
            _ => None,
        }
    }
}

/// Replaces the newest version. A repeat of the same edit answers alike.
///
/// # Errors
/// [`EditOrderError`]; what can be paid has not changed then.
pub async fn edit(
    realm: &Realm,
    shop: &Shop,
    id: OrderId,
    request: &EditOrder,
    now: Timestamp,
) -> Result<OrderView, EditOrderError> {
    let readers = realm.directory.readers();
    let order = rows::order_of(readers, shop.view.id, id).await?.ok_or(EditOrderError::NotFound)?;
    let largest = realm.limits.payment_max;
    let content = Content::new(request.amount, &request.lines, &request.description, shop.currency, largest)?;
    let digest = content.digest("qianbao/order-edit/1", &request.version.to_be_bytes());
    let standing = state::of(realm, &order, now).await?;
    not_open(&standing.state).map_or(Ok(()), |code| Err(EditOrderError::NotOpen(code)))?;
    let newest = standing.version;
    if newest.number == request.version {
        let number = newest.number + 1;
        if number > VERSIONS_MAX {
            return Err(EditOrderError::TooManyVersions);
        }
        replace(realm, &order, &Version { number, content, digest, created_at: now }).await?;
    } else if newest.digest != digest || newest.number.checked_sub(1) != Some(request.version) {
        return Err(EditOrderError::Version { expected: newest.number, found: request.version });
    }
    // Looking at the order posts the edit whose row was just written, or finds out what it lost against.
    let standing = state::of(realm, &order, now).await?;
    not_open(&standing.state).map_or(Ok(()), |code| Err(EditOrderError::NotOpen(code)))?;
    if standing.version.digest != digest {
        return Err(EditOrderError::Version { expected: standing.version.number, found: request.version });
    }
    Ok(view(realm, &mut Parties::new(realm), &order, now).await?)
}

/// Writes the next version; an edit that came first stays.
async fn replace(realm: &Realm, order: &Order, version: &Version) -> Result<(), EditOrderError> {
    match again(|| insert(realm, order, version)).await {
        Ok(()) | Err(DirectoryError::Taken { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn insert(realm: &Realm, order: &Order, version: &Version) -> Result<(), DirectoryError> {
    let mut write = realm.directory.begin().await?;
    rows::insert_version(&mut write, order.id, version).await?;
    write.changed(Owner::Shop(order.shop), DocumentKind::Order, &order.id.to_string()).await?;
    write.commit().await
}

/// Why an order in this state cannot be edited or cancelled.
pub(super) fn not_open(state: &State) -> Option<ProblemCode> {
    match state {
        State::Open => None,
        State::Paid(_) => Some(ProblemCode::OrderPaid),
        State::Cancelled => Some(ProblemCode::OrderCancelled),
        State::Expired => Some(ProblemCode::OrderExpired),
    }
}
