//! Who stands on the other side: people and shops as others see them, and the notes that people wrote.
//!
//! One value serves one request: each person, shop and key is read from the directory at most once. Somebody who was erased shows without
//! names, and their notes are gone with their key.

use std::collections::HashMap;
use std::sync::Arc;

use qianbao_api::payments::PayeeView;
use qianbao_core::id::{PaymentId, PersonId, ShopId};
use qianbao_core::intent::Payee;
use qianbao_core::text::mask_legal_name;

use super::note::NoteKey;
use super::rows;
use crate::directory::DirectoryError;
use crate::failure::FailureError;
use crate::funding;
use crate::identity;
use crate::identity::rows::Person;
use crate::merchants::rows::{Shop, kept_shop};
use crate::realm::Realm;

/// People and note keys, read once; shops never change and are kept longer.
pub struct Parties<'a> {
    realm: &'a Realm,
    people: HashMap<PersonId, PayeeView>,
    keys: HashMap<PersonId, Option<NoteKey>>,
}

impl<'a> Parties<'a> {
    /// Nobody read yet.
    pub fn new(realm: &'a Realm) -> Self {
        Self { realm, people: HashMap::new(), keys: HashMap::new() }
    }

    /// A payee as the payer sees them.
    ///
    /// # Errors
    /// When the directory fails, or a shop in the ledger is not in the directory.
    pub async fn payee(&mut self, payee: Payee) -> Result<PayeeView, FailureError> {
        match payee {
            Payee::Person(person) => Ok(self.person(person).await?),
            Payee::Shop(shop) => Ok(PayeeView::Shop(self.shop(shop).await?.view.clone())),
        }
    }

    /// Where money from a bank came from, by the digest of the bank's entry.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn bank(&self, entry: &[u8; 32]) -> Result<PayeeView, DirectoryError> {
        let credit = funding::rows::credit(self.realm.directory.readers(), entry).await?;
        let last4 = credit.and_then(|credit| credit.payer_last4);
        Ok(PayeeView::Bank { name: funding::BANK_NAME.to_owned(), last4 })
    }

    /// A person as others see them.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn person(&mut self, id: PersonId) -> Result<PayeeView, DirectoryError> {
        if let Some(view) = self.people.get(&id) {
            return Ok(view.clone());
        }
        let view = match identity::rows::person(self.realm.directory.readers(), id).await? {
            Some(person) => person_view(&person),
            None => PayeeView::Person {
                id,
                handle: String::new(),
                display_name: String::new(),
                legal_name_masked: String::new(),
            },
        };
        self.people.insert(id, view.clone());
        Ok(view)
    }

    /// A shop; shops are never erased.
    ///
    /// # Errors
    /// When the directory fails or does not know the shop.
    pub async fn shop(&self, id: ShopId) -> Result<Arc<Shop>, FailureError> {
        let shop = kept_shop(self.realm, id).await?;
        shop.ok_or(FailureError::Inconsistent("the directory to know every shop of the ledger"))
    }

    /// The note of a payment, if there is one and its key still exists.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn note(
        &mut self,
        payer: PersonId,
        payment: PaymentId,
        sealed: Option<&[u8]>,
    ) -> Result<Option<String>, DirectoryError> {
        let Some(sealed) = sealed else { return Ok(None) };
        if !self.keys.contains_key(&payer) {
            let key = rows::note_key(self.realm.directory.readers(), payer).await?;
            self.keys.insert(payer, key);
        }
        let key = self.keys.get(&payer).and_then(Option::as_ref);
        Ok(key.and_then(|key| key.open(payer, payment, sealed)))
    }
}

/// A person as others see them.
pub fn person_view(person: &Person) -> PayeeView {
    PayeeView::Person {
        id: person.id,
        legal_name_masked: mask_legal_name(&person.legal_name),
        handle: person.handle.clone(),
        display_name: person.display_name.clone(),
    }
}
