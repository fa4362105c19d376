//! Code → payload.

use std::collections::BTreeMap;

use super::reference::{Reference, What};
use super::{CodeError, Face, GUID, HALF, KeyId, REFERENCE_ID, SIGNATURE_IDS, ShopCode};
use crate::emvco::{Account, Initiation, MerchantCode, Template};
use crate::encoding::base64url;

impl ShopCode {
    /// Makes the payload. `sign` gets the text to sign and answers the Ed25519 signature, made with the key `key`, over
    /// [`DOMAIN`](super::DOMAIN), a line feed, and that text.
    ///
    /// # Errors
    /// [`CodeError::Range`] for a version of zero or an end that does not fit, [`CodeError::Payload`] for a country that is
    /// not two capital letters.
    pub fn seal(&self, key: KeyId, sign: impl FnOnce(&str) -> [u8; 64]) -> Result<String, CodeError> {
        let mut merchant = self.unsigned(key)?;
        let signature = base64url(&sign(&merchant.content()?));
        let (first, second) = signature.split_at(HALF);
        for (id, half) in SIGNATURE_IDS.into_iter().zip([first, second]) {
            merchant.templates.insert(id, template(half.to_owned()));
        }
        Ok(merchant.to_payload()?)
    }

    /// The payload's objects without signature.
    pub(super) fn unsigned(&self, key: KeyId) -> Result<MerchantCode, CodeError> {
        let (what, initiation, amount) = match self {
            Self::Order(code) => {
                let what = What::Order { order: code.order, version: code.version, expires_at: code.expires_at };
                (what, Initiation::Dynamic, Some(code.amount.money().to_decimal()))
            }
            Self::Static(code) => (What::Static(code.link), Initiation::Static, None),
        };
        let reference = Reference { key, shop: self.shop(), what }.pack()?;
        let Face { name, city, category, country } = self.face();
        Ok(MerchantCode {
            initiation: Some(initiation),
            accounts: BTreeMap::from([(REFERENCE_ID, Account::Template(template(reference)))]),
            category: category.to_string(),
            currency: format!("{:03}", self.currency().numeric()),
            amount,
            tip: None,
            country: country.iter().copied().map(char::from).collect(),
            name: name.to_string(),
            city: city.to_string(),
            postal_code: None,
            additional: None,
            local: None,
            reserved: BTreeMap::new(),
            templates: BTreeMap::new(),
        })
    }
}

fn template(value: String) -> Template {
    Template { guid: GUID.to_owned(), fields: BTreeMap::from([(1, value)]) }
}
