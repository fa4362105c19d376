//! Whose mirror a session may read.

use std::sync::Arc;

use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::id::PersonId;
use qianbao_core::posting::{AccountKey, Owner as LedgerOwner};

use crate::directory::{DirectoryError, Owner};
use crate::hosts::Audience;
use crate::merchants::rows::{self, Shop};
use crate::realm::Realm;
use crate::wallets::accounts;

/// Whose mirror it is.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A person's wallet.
    Wallet(PersonId),
    /// A shop, read by the person who acts for it; nothing while the person has none.
    Desk(PersonId, Option<Arc<Shop>>),
}

impl Subject {
    /// Whose mirror `person` reads on a host of `audience`.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn of(realm: &Realm, audience: Audience, person: PersonId) -> Result<Self, DirectoryError> {
        if audience != Audience::Desk {
            return Ok(Self::Wallet(person));
        }
        let shop = rows::of_owner(realm.directory.readers(), person).await?;
        Ok(Self::Desk(person, shop.map(Arc::new)))
    }

    /// The person who reads.
    pub fn person(&self) -> PersonId {
        match self {
            Self::Wallet(person) | Self::Desk(person, _) => *person,
        }
    }

    /// Whose changes of documents are read.
    pub fn owner(&self) -> Option<Owner> {
        match self {
            Self::Wallet(person) => Some(Owner::Person(*person)),
            Self::Desk(_, shop) => shop.as_ref().map(|shop| Owner::Shop(shop.view.id)),
        }
    }

    /// The account whose history is read.
    pub fn account(&self) -> Option<AccountKey> {
        match self {
            Self::Wallet(person) => Some(accounts::personal_wallet(*person, Currency::CNY)),
            Self::Desk(_, shop) => shop.as_ref().map(|shop| accounts::shop_wallet(shop.view.id, shop.currency)),
        }
    }

    /// Whose balances are shown, and which kind of account they are.
    pub fn balances(&self) -> Option<(LedgerOwner, AccountCode)> {
        match self {
            Self::Wallet(person) => Some((LedgerOwner::of(*person), AccountCode::PersonalWallet)),
            Self::Desk(_, shop) => shop.as_ref().map(|s| (LedgerOwner::of(s.view.id), AccountCode::ShopWallet)),
        }
    }
}
