//! Orders as their shop sees them.

use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_api::payments::PayeeView;
use qianbao_core::id::{OrderId, ShopId};
use qianbao_core::{Money, Timestamp};

use super::code::order_code;
use super::rows::{self, Order};
use super::state::{self, Standing, State};
use crate::failure::FailureError;
use crate::merchants::rows::Shop;
use crate::payments::parties::Parties;
use crate::realm::Realm;

/// The order as its shop sees it at `now`.
///
/// # Errors
/// When the directory or ledger fails.
pub async fn view(
    realm: &Realm,
    parties: &mut Parties<'_>,
    order: &Order,
    now: Timestamp,
) -> Result<OrderView, FailureError> {
    let standing = state::of(realm, order, now).await?;
    let shop = parties.shop(order.shop).await?;
    of_standing(realm, parties, &shop, order, standing).await
}

/// The order with this id as `shop` sees it; `None` when it is not the shop's. For the mirror.
///
/// # Errors
/// When the directory or ledger fails.
pub async fn by_id(
    realm: &Realm,
    parties: &mut Parties<'_>,
    shop: ShopId,
    id: OrderId,
    now: Timestamp,
) -> Result<Option<OrderView>, FailureError> {
    match rows::order_of(realm.directory.readers(), shop, id).await? {
        Some(order) => Ok(Some(view(realm, parties, &order, now).await?)),
        None => Ok(None),
    }
}

async fn of_standing(
    realm: &Realm,
    parties: &mut Parties<'_>,
    shop: &Shop,
    order: &Order,
    standing: Standing,
) -> Result<OrderView, FailureError> {
    let Standing { state, version } = standing;
    let amount = version.content.amount;
    let nothing = Money::zero(order.currency);
    let code = matches!(state, State::Open).then(|| order_code(realm, shop, order, &version)).transpose()?;
    let mut view = OrderView {
        id: order.id,
        version: version.number,
        shop: shop.view.clone(),
        status: OrderStatus::Open,
        amount,
        lines: version.content.lines,
        description: version.content.description,
        created_at: order.created_at,
        expires_at: order.expires_at,
        code,
        payment: state.payment(),
        payer: None,
        paid_at: None,
        shop_fee: None,
        refunded: nothing,
    };
    match state {
        State::Open => {}
        State::Cancelled => view.status = OrderStatus::Cancelled,
        State::Expired => view.status = OrderStatus::Expired,
        State::Paid(paid) => {
            view.refunded = paid.refunded(realm).await?;
            view.status = status_of_paid(view.refunded, amount);
            view.payer = masked(&parties.person(paid.details.payer).await?);
            view.paid_at = Some(paid.committed_at);
            view.shop_fee = Some(Money::new(paid.shop_fee, order.currency));
        }
    }
    Ok(view)
}

/// The status of a paid order of which `refunded` has been given back.
fn status_of_paid(refunded: Money, amount: Money) -> OrderStatus {
    if refunded.is_zero() {
        OrderStatus::Paid
    } else if refunded.minor < amount.minor {
        OrderStatus::PartlyRefunded
    } else {
        OrderStatus::Refunded
    }
}

fn masked(person: &PayeeView) -> Option<String> {
    if let PayeeView::Person { legal_name_masked, .. } = person { Some(legal_name_masked.clone()) } else { None }
}

#[cfg(test)]
mod tests {
    use qianbao_core::Currency;

    use super::*;

    #[test]
    fn what_was_given_back_makes_the_status_of_a_paid_order() {
        let status = |refunded| status_of_paid(Money::new(refunded, Currency::CNY), Money::new(100, Currency::CNY));
        assert_eq!(status(0), OrderStatus::Paid);
        assert_eq!(status(1), OrderStatus::PartlyRefunded);
        assert_eq!(status(99), OrderStatus::PartlyRefunded);
        assert_eq!(status(100), OrderStatus::Refunded);
    }
}
