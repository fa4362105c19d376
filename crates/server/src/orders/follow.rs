//! Tells the shop's mirror of every posting on one of its orders. A projection of the ledger: it reads each record once, in order, behind a
//! durable cursor, and what it writes is committed with the cursor.

use qianbao_core::id::{OrderId, ShopId};
use qianbao_core::intent::Payee;
use qianbao_ledger::Record;

use super::posting::{ORDER_CANCEL, ORDER_EDIT, ORDER_EXPIRE};
use crate::directory::{DocumentKind, Owner, Write};
use crate::failure::FailureError;
use crate::payments::details::Details;
use crate::payments::posting::{PAYMENT, REFUND};

/// The order that a record changes, and whose it is.
///
/// # Errors
/// When the record's details cannot be read.
pub fn changed_order(record: &Record) -> Result<Option<(ShopId, OrderId)>, FailureError> {
    let head = &record.posting.head;
    if ![PAYMENT, REFUND, ORDER_EDIT, ORDER_CANCEL, ORDER_EXPIRE].contains(&head.kind) {
        return Ok(None);
    }
    Ok(match Details::decode(&head.details)? {
        Details::Payment(details) => match (details.payee, details.order) {
            (Payee::Shop(shop), Some(order)) => Some((shop, order.order)),
            _ => None,
        },
        Details::Refund(details) => details.order.map(|order| (details.shop, order.order)),
        Details::OrderEdit(step) | Details::OrderCancel(step) | Details::OrderExpire(step) => {
            Some((step.shop, step.order.order))
        }
        Details::Topup(_) | Details::Freeze(_) | Details::Unfreeze(_) => None,
    })
}

/// Notes the change of the record's order, if it changes one, in the transaction of the projection's cursor.
///
/// # Errors
/// When the record's details cannot be read, or the directory fails.
pub async fn follow(write: &mut Write, record: &Record) -> Result<(), FailureError> {
    if let Some((shop, order)) = changed_order(record)? {
        write.changed(Owner::Shop(shop), DocumentKind::Order, &order.to_string()).await?;
    }
    Ok(())
}
