//! Whom or what a payment is for: from a target on the wire to a payee, and what the target fixes.
//!
//! Everything here is read from the directory and is either immutable (orders' versions, shops, links) or a name; how an order
//! stands is decided by its claims in the ledger.

use std::sync::Arc;

use qianbao_api::ProblemCode;
use qianbao_api::orders::OrderLine;
use qianbao_api::payments::{OrderSummary, PayeeView, Target};
use qianbao_core::id::{LinkId, OrderId, PersonId};
use qianbao_core::intent::Payee;
use qianbao_core::money::BasisPoints;
use qianbao_core::text::Handle;
use qianbao_core::{Currency, Money, Timestamp};

use super::details::OrderRef;
use super::lookups;
use super::parties::person_view;
use crate::failure::{FailureError, failures};
use crate::identity::rows::Person;
use crate::merchants::rows::{Shop, kept_by_link, kept_shop};
use crate::orders::rows as orders;
use crate::problem::Refuses;
use crate::realm::Realm;
use crate::{codes, identity};

/// What a target means.
#[derive(Clone, Debug)]
pub struct Payable {
    /// Who gets the money.
    pub payee: Payee,
    /// The same as the payer sees it.
    pub view: PayeeView,
    /// The amount, when the target fixes it.
    pub amount: Option<Money>,
    /// The currency in which it is paid.
    pub currency: Currency,
    /// What the payee pays of it.
    pub fee: BasisPoints,
    /// The order, for orders.
    pub order: Option<PayableOrder>,
    /// The code, for codes and links.
    pub link: Option<LinkId>,
    /// What the payee asked to be noted.
    pub note: Option<String>,
    /// Last moment of payment, if there is one.
    pub expires_at: Option<Timestamp>,
}

/// The order of a [`Payable`].
#[derive(Clone, Debug)]
pub struct PayableOrder {
    /// What never changes.
    pub order: orders::Order,
    /// The version that the payer saw.
    pub version: Arc<orders::Version>,
}

impl PayableOrder {
    /// The order and version, as the ledger names them.
    pub fn reference(&self) -> OrderRef {
        OrderRef { order: self.order.id, version: self.version.number }
    }

    /// As its payer sees it.
    pub fn summary(&self) -> OrderSummary {
        summary(self.order.id, &self.version)
    }
}

/// An order's version as its payer sees it.
pub fn summary(id: OrderId, version: &orders::Version) -> OrderSummary {
    let lines: Vec<OrderLine> = version.content.lines.clone();
    OrderSummary { id, version: version.number, description: version.content.description.clone(), lines }
}

/// The target cannot be paid.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// There is no such order at this version.
    #[error("expected an order and version that a shop made, found none")]
    NoOrder,
    /// There is no such code or person.
    #[error("expected a payee that exists, found none")]
    NoPayee,
    /// The code is over.
    #[error("expected a code that is still valid, found one that is over: ask the payee for a new one")]
    CodeExpired,
    /// The payer has asked for too many people by handle.
    #[error(
        "expected at most {} different handles in {} minutes, found one more: wait {retry_after_s} seconds",
        lookups::HANDLES_MAX,
        lookups::WINDOW_S / 60
    )]
    Lookups {
        /// Seconds until the payer may ask for others again.
        retry_after_s: u32,
    },
    /// Payer and payee are one.
    #[error("expected another person or shop as payee, found the payer")]
    PaySelf,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(TargetError);

impl Refuses for TargetError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NoOrder => ProblemCode::NotFound,
            Self::NoPayee => ProblemCode::PayeeNotFound,
            Self::CodeExpired => ProblemCode::CodeExpired,
            Self::Lookups { .. } => ProblemCode::TooManyRequests,
            Self::PaySelf => ProblemCode::PaySelf,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        (!matches!(self, Self::Failure(_))).then(|| "target".to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Lookups { retry_after_s } => Some(*retry_after_s),
            Self::Failure(failure) => failure.retry_after_s(),
            _ => None,
        }
    }
}

/// What `target` means for `payer` at `now`.
///
/// # Errors
/// [`TargetError`] when it cannot be paid by anybody, or not by this payer.
pub async fn resolve(realm: &Realm, payer: PersonId, target: &Target, now: Timestamp) -> Result<Payable, TargetError> {
    match target {
        Target::Order { order, version } => by_order(realm, payer, *order, *version).await,
        Target::ShopCode { link } => {
            let shop = kept_by_link(realm, *link).await?.ok_or(TargetError::NoPayee)?;
            Ok(Payable { link: Some(*link), ..to_shop(&shop, payer)? })
        }
        Target::PersonLink { link } => by_person_link(realm, payer, *link, now).await,
        Target::Person { handle } => {
            let handle = Handle::typed(handle).map_err(|_| TargetError::NoPayee)?;
            let counted = realm.lookups.count(payer, &handle, now);
            counted.map_err(|retry_after_s| TargetError::Lookups { retry_after_s })?;
            let person = identity::rows::kept_person_by_handle(realm, &handle).await?;
            let person = person.ok_or(TargetError::NoPayee)?;
            to_person(&person, payer, Currency::CNY)
        }
    }
}

async fn by_order(realm: &Realm, payer: PersonId, id: OrderId, version: u32) -> Result<Payable, TargetError> {
    let order = orders::kept_order(realm, id).await?.ok_or(TargetError::NoOrder)?;
    let version = orders::kept_version(realm, &order, version).await?.ok_or(TargetError::NoOrder)?;
    let unknown = FailureError::Inconsistent("the directory to know the shop of every order");
    let shop = kept_shop(realm, order.shop).await?.ok_or(unknown)?;
    Ok(Payable {
        amount: Some(version.content.amount),
        expires_at: Some(order.expires_at),
        order: Some(PayableOrder { order, version }),
        ..to_shop(&shop, payer)?
    })
}

async fn by_person_link(realm: &Realm, payer: PersonId, link: LinkId, now: Timestamp) -> Result<Payable, TargetError> {
    let found = codes::rows::kept_link(realm, link).await?.ok_or(TargetError::NoPayee)?;
    if found.expires_at.is_some_and(|end| now > end) {
        return Err(TargetError::CodeExpired);
    }
    let currency = found.amount.map_or(Currency::CNY, |amount| amount.currency);
    let person = identity::rows::kept_person(realm, found.person).await?.ok_or(TargetError::NoPayee)?;
    Ok(Payable {
        amount: found.amount,
        link: Some(link),
        note: found.note.clone(),
        expires_at: found.expires_at,
        ..to_person(&person, payer, currency)?
    })
}

fn to_shop(shop: &Shop, payer: PersonId) -> Result<Payable, TargetError> {
    if shop.owner == payer {
        return Err(TargetError::PaySelf);
    }
    Ok(Payable {
        payee: Payee::Shop(shop.view.id),
        view: PayeeView::Shop(shop.view.clone()),
        amount: None,
        currency: shop.currency,
        fee: shop.fee,
        order: None,
        link: None,
        note: None,
        expires_at: None,
    })
}

fn to_person(person: &Person, payer: PersonId, currency: Currency) -> Result<Payable, TargetError> {
    if person.id == payer {
        return Err(TargetError::PaySelf);
    }
    Ok(Payable {
        payee: Payee::Person(person.id),
        view: person_view(person),
        amount: None,
        currency,
        fee: BasisPoints::ZERO,
        order: None,
        link: None,
        note: None,
        expires_at: None,
    })
}
