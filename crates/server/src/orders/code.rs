//! The code of an open order.

use qianbao_core::PositiveAmount;
use qianbao_core::code::{OrderCode, ShopCode};

use super::rows::{Order, Version};
use crate::failure::FailureError;
use crate::merchants::code::{face, seal};
use crate::merchants::rows::Shop;
use crate::realm::Realm;

/// The payload that pays this version of the order, signed by the operator.
///
/// # Errors
/// When a stored value does not keep the rules it was written under.
pub fn order_code(realm: &Realm, shop: &Shop, order: &Order, version: &Version) -> Result<String, FailureError> {
    let amount = PositiveAmount::new(version.content.amount)
        .map_err(|_| FailureError::Inconsistent("a stored order to have a payable amount"))?;
    let code = OrderCode {
        shop: order.shop,
        face: face(shop)?,
        order: order.id,
        version: version.number,
        amount,
        expires_at: order.expires_at,
    };
    seal(&realm.keys, &ShopCode::Order(code))
}
