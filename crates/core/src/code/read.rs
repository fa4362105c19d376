//! Payload → code.

use super::reference::{Reference, What};
use super::{CodeError, Face, GUID, HALF, OrderCode, REFERENCE_ID, SIGNATURE_IDS, SealedCode, ShopCode, StaticCode};
use crate::emvco::{Account, MerchantCode, Template};
use crate::encoding::from_base64url;
use crate::{Currency, Money, PositiveAmount};

/// Whether the code carries our template, be it right or wrong.
pub fn is_ours(merchant: &MerchantCode) -> bool {
    matches!(merchant.accounts.get(&REFERENCE_ID), Some(Account::Template(template)) if template.guid == GUID)
}

impl SealedCode {
    /// Reads a payload that a shop of this wallet shows.
    ///
    /// # Errors
    /// [`CodeError`]: [`CodeError::Payload`] for a damaged code, [`CodeError::Foreign`] for one of another issuer, the others for
    /// one that claims to be ours and is not as ours are.
    pub fn read(payload: &str) -> Result<Self, CodeError> {
        let merchant = MerchantCode::parse(payload)?;
        let reference = match merchant.accounts.get(&REFERENCE_ID) {
            Some(Account::Template(template)) if template.guid == GUID => template.fields.get(&1),
            _ => return Err(CodeError::Foreign),
        };
        let reference = Reference::unpack(reference.ok_or(CodeError::Reference)?)?;
        let signature = signature(&merchant)?;
        let code = code(&merchant, &reference)?;
        // Only the one print that `seal` makes is accepted, so the signed text covers all that the payload says.
        let signed_text = code.unsigned(reference.key)?.content()?;
        let same = payload.strip_prefix(&signed_text).is_some_and(|rest| rest.starts_with("80"));
        let alone = merchant.templates.len() == 2 && payload == merchant.to_payload()?;
        if !same || !alone {
            return Err(CodeError::Form);
        }
        Ok(Self { code, key: reference.key, signed_text, signature })
    }
}

fn signature(merchant: &MerchantCode) -> Result<[u8; 64], CodeError> {
    let mut text = String::with_capacity(2 * HALF);
    for id in SIGNATURE_IDS {
        let half = merchant.templates.get(&id).ok_or(CodeError::Unsigned)?;
        match half {
            Template { guid, fields } if guid == GUID && fields.len() == 1 => {
                text.push_str(fields.get(&1).filter(|half| half.len() == HALF).ok_or(CodeError::Signature)?);
            }
            _ => return Err(CodeError::Unsigned),
        }
    }
    let bytes = from_base64url(&text).ok_or(CodeError::Signature)?;
    bytes.try_into().map_err(|_| CodeError::Signature)
}

fn code(merchant: &MerchantCode, reference: &Reference) -> Result<ShopCode, CodeError> {
    let currency = merchant.currency.parse().ok().and_then(Currency::from_numeric);
    let currency = currency.ok_or_else(|| CodeError::Currency { found: merchant.currency.clone() })?;
    let country = merchant.country.as_bytes().try_into().map_err(|_| CodeError::Form)?;
    let face = Face {
        name: merchant.name.parse().map_err(|_| CodeError::Form)?,
        city: merchant.city.parse().map_err(|_| CodeError::Form)?,
        category: merchant.category.parse().map_err(|_| CodeError::Form)?,
        country,
    };
    let shop = reference.shop;
    match (reference.what, &merchant.amount) {
        (What::Order { order, version, expires_at }, Some(amount)) => {
            let amount = PositiveAmount::new(Money::parse(amount, currency)?)?;
            Ok(ShopCode::Order(OrderCode { shop, face, order, version, amount, expires_at }))
        }
        (What::Static(link), None) => Ok(ShopCode::Static(StaticCode { shop, face, link, currency })),
        _ => Err(CodeError::Form),
    }
}
