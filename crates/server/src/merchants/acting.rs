//! For whom a signed-in person acts: at the desk for the shop, in the wallet for themselves.

use std::sync::Arc;

use qianbao_api::ProblemCode;
use qianbao_core::Currency;
use qianbao_core::id::PersonId;
use qianbao_core::posting::AccountKey;

use super::rows::{Shop, of_owner};
use crate::directory::Owner;
use crate::door::Call;
use crate::failure::{FailureError, failures};
use crate::hosts::Audience;
use crate::problem::Refuses;
use crate::realm::Realm;
use crate::wallets::accounts;

/// The session does not act for a shop.
#[derive(Debug, thiserror::Error)]
pub enum ActingError {
    /// The person has no shop.
    #[error("expected a person who has a shop: open one first")]
    NoShop,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(ActingError);

impl Refuses for ActingError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::NoShop => ProblemCode::ShopRequired,
            Self::Failure(failure) => failure.code(),
        }
    }
}

/// The shop that a person acts for.
///
/// # Errors
/// [`ActingError::NoShop`] when there is none.
pub async fn shop(realm: &Realm, person: PersonId) -> Result<Arc<Shop>, ActingError> {
    let shop = of_owner(realm.directory.readers(), person).await?;
    shop.map(Arc::new).ok_or(ActingError::NoShop)
}

/// The person or shop that a request acts for, by its host.
///
/// # Errors
/// [`ActingError::NoShop`] at the desk of a person without shop.
pub async fn party(call: &Call, person: PersonId) -> Result<Owner, ActingError> {
    match call.audience {
        Audience::Desk => Ok(Owner::Shop(shop(&call.realm, person).await?.view.id)),
        Audience::Wallet | Audience::Api => Ok(Owner::Person(person)),
    }
}

/// The wallet that a request acts on, by its host.
///
/// # Errors
/// [`ActingError::NoShop`] at the desk of a person without shop.
pub async fn wallet(call: &Call, person: PersonId) -> Result<AccountKey, ActingError> {
    match call.audience {
        Audience::Desk => {
            let shop = shop(&call.realm, person).await?;
            Ok(accounts::shop_wallet(shop.view.id, shop.currency))
        }
        Audience::Wallet | Audience::Api => Ok(accounts::personal_wallet(person, Currency::CNY)),
    }
}
