//! The codes that a shop shows: EMVCo merchant-presented payloads, signed by the operator.

use qianbao_core::code::{CodeError, Face, KeyId, ShopCode, StaticCode};

use super::rows::Shop;
use crate::codes::keys::{OperatorKeys, Purpose};
use crate::failure::FailureError;

/// Country of every shop of this operator, ISO 3166-1.
const COUNTRY: [u8; 2] = *b"CN";

/// How the shop presents itself on a code.
///
/// # Errors
/// When a stored text does not keep the rules it was written under.
pub fn face(shop: &Shop) -> Result<Face, FailureError> {
    let damaged = || FailureError::Inconsistent("a shop's stored texts to keep their rules");
    Ok(Face {
        name: shop.view.name_en.parse().map_err(|_| damaged())?,
        city: shop.view.city.parse().map_err(|_| damaged())?,
        category: shop.view.category.parse().map_err(|_| damaged())?,
        country: COUNTRY,
    })
}

/// The payload of a code, signed with the operator's current key.
///
/// # Errors
/// When the code has no payload, which checked values never lead to.
pub fn seal(keys: &OperatorKeys, code: &ShopCode) -> Result<String, FailureError> {
    let current = keys.public().keys.into_iter().next().and_then(|key| key.id.parse::<KeyId>().ok());
    let current = current.ok_or(FailureError::Inconsistent("the operator to have a current key"))?;
    let sealed = code.seal(current, |text| keys.sign(Purpose::Code, text.as_bytes()).signature);
    sealed.map_err(|_: CodeError| FailureError::Inconsistent("a code of checked values to have a payload"))
}

/// The shop's static code, to print.
///
/// # Errors
/// As [`seal`].
pub fn static_code(keys: &OperatorKeys, shop: &Shop) -> Result<String, FailureError> {
    let code = StaticCode { shop: shop.view.id, face: face(shop)?, link: shop.link, currency: shop.currency };
    seal(keys, &ShopCode::Static(code))
}
