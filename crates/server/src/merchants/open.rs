//! `POST /v1/shop`: open a shop. A person has at most one.

use qianbao_api::ProblemCode;
use qianbao_api::merchants::{OpenShop, ShopView};
use qianbao_core::id::PersonId;
use qianbao_core::text::{CategoryCode, City, ShopNameEn, ShopNameZh, TextError};
use qianbao_core::{Currency, Timestamp};

use super::rows::{self, Shop};
use crate::clock::Sources;
use crate::directory::{DirectoryError, DocumentKind, NewEvent, Owner, again};
use crate::failure::{FailureError, failures};
use crate::problem::Refuses;
use crate::realm::Realm;

/// The shop was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenShopError {
    /// A text cannot be used.
    #[error("{param}: {source}")]
    Text {
        /// Which field.
        param: &'static str,
        /// Why.
        source: TextError,
    },
    /// Wallets have one currency so far, and a shop collects in it.
    #[error("expected {expected}, found {found}")]
    Currency {
        /// What shops collect.
        expected: Currency,
        /// What was asked for.
        found: Currency,
    },
    /// The person has a shop.
    #[error("expected a person without a shop, found one that has a shop")]
    Exists,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(OpenShopError);

impl Refuses for OpenShopError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Text { source: TextError::CardNumber, .. } => ProblemCode::CardNumberInText,
            Self::Text { .. } => ProblemCode::ShopInvalid,
            Self::Currency { .. } => ProblemCode::CurrencyMismatch,
            Self::Exists => ProblemCode::ShopExists,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Text { param, .. } => Some((*param).to_owned()),
            Self::Currency { .. } => Some("currency".to_owned()),
            Self::Exists | Self::Failure(_) => None,
        }
    }
}

/// Opens the shop of `owner`.
///
/// # Errors
/// [`OpenShopError`]; nothing was written then.
pub async fn open(
    realm: &Realm,
    sources: &Sources,
    owner: PersonId,
    request: &OpenShop,
) -> Result<ShopView, OpenShopError> {
    let now: Timestamp = sources.now();
    let shop = Shop {
        view: ShopView {
            id: sources.id(),
            name_zh: field("name_zh", ShopNameZh::new(&request.name_zh))?.into_string(),
            name_en: field("name_en", ShopNameEn::new(&request.name_en))?.into_string(),
            category: field("category", request.category.parse::<CategoryCode>())?.to_string(),
            city: field("city", City::new(&request.city))?.into_string(),
        },
        owner,
        currency: request.currency,
        fee: realm.limits.shop_fee,
        link: sources.id(),
        created_at: now,
    };
    if shop.currency != Currency::CNY {
        return Err(OpenShopError::Currency { expected: Currency::CNY, found: shop.currency });
    }
    match again(|| insert(realm, sources, &shop)).await {
        Ok(()) => Ok(shop.view),
        Err(DirectoryError::Taken { .. }) => Err(OpenShopError::Exists),
        Err(error) => Err(error.into()),
    }
}

fn field<T>(param: &'static str, checked: Result<T, TextError>) -> Result<T, OpenShopError> {
    checked.map_err(|source| OpenShopError::Text { param, source })
}

async fn insert(realm: &Realm, sources: &Sources, shop: &Shop) -> Result<(), DirectoryError> {
    let id = shop.view.id.to_string();
    let body = serde_json::json!({ "owner": shop.owner }).to_string();
    let mut write = realm.directory.begin().await?;
    rows::insert(&mut write, shop).await?;
    let (kind, at) = ("shop.opened", shop.created_at);
    write.event(NewEvent { id: sources.id(), kind, subject: &id, body: &body, at }).await?;
    write.changed(Owner::Shop(shop.view.id), DocumentKind::Shop, &id).await?;
    // Their desk's streams began without a shop and listen for the person.
    write.ring(Owner::Person(shop.owner));
    write.commit().await
}
