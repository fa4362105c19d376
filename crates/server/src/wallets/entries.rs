//! From a line of an account's history to an entry of the wallet: one place for the list, the search and the mirror.
//!
//! An entry's id is `SEQUENCE-EFFECT`, the place of the line in the ledger. Its balance is the one that the ledger kept with the line. Lines
//! that only reserve or release value are no entries: nothing moved yet.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::payments::PayeeView;
use qianbao_core::Money;
use qianbao_core::chart::AccountCode;
use qianbao_core::id::{PaymentId, RefundId};
use qianbao_core::intent::Payee;
use qianbao_ledger::{Cursor, Direction, Entry as Line, Phase};

use super::accounts;
use crate::failure::FailureError;
use crate::payments::details::{Details, PaymentDetails, RefundDetails, TopupDetails};
use crate::payments::parties::Parties;

/// The id of the entry at a place in the ledger.
pub fn entry_id(cursor: Cursor) -> String {
    format!("{}-{}", cursor.sequence, cursor.effect)
}

/// The place that an entry's id names; `None` when the text is no such id.
pub fn cursor_of(id: &str) -> Option<Cursor> {
    let (sequence, effect) = id.split_once('-')?;
    let cursor = Cursor { sequence: sequence.parse().ok()?, effect: effect.parse().ok()? };
    // One place has one id: no signs, no leading zeros.
    (entry_id(cursor) == id).then_some(cursor)
}

/// The entry of a line in the history of a personal or shop wallet (`code`); `None` for a line that moved nothing.
///
/// # Errors
/// When the directory fails, or the line's details cannot be read.
pub async fn entry(parties: &mut Parties<'_>, code: AccountCode, line: &Line) -> Result<Option<Entry>, FailureError> {
    if !matches!(line.phase, Phase::Posted | Phase::Settled { .. }) || line.amount == 0 {
        return Ok(None);
    }
    let currency = line.asset.money().ok_or(FailureError::Inconsistent("a wallet to hold money"))?;
    let amount = match line.direction {
        Direction::Debit => -line.amount,
        Direction::Credit => line.amount,
    };
    let mut entry = Entry {
        id: entry_id(line.cursor),
        sequence: line.cursor.sequence,
        at: line.time,
        kind: EntryKind::Payment,
        amount: Money::new(amount, currency),
        balance_after: Money::new(line.balance_after, currency),
        counterparty: PayeeView::Bank { name: String::new(), last4: None },
        note: None,
        payment: None,
        refund: None,
        order: None,
        topup: None,
    };
    match Details::decode(&line.details)? {
        Details::Payment(details) => payment(&mut entry, parties, line, &details).await?,
        Details::Refund(details) => refund(&mut entry, parties, code, line, details).await?,
        Details::Topup(details) => topup(&mut entry, parties, details).await?,
        Details::OrderEdit(_) | Details::OrderCancel(_) | Details::OrderExpire(_) => {
            return Err(FailureError::Inconsistent("order steps to move nothing"));
        }
        Details::Freeze(_) | Details::Unfreeze(_) => {
            return Err(FailureError::Inconsistent("a change of a wallet's state to move nothing"));
        }
    }
    if line.counterpart == accounts::fee_income(currency).id() {
        entry.kind = EntryKind::Fee;
    }
    Ok(Some(entry))
}

async fn payment(
    entry: &mut Entry,
    parties: &mut Parties<'_>,
    line: &Line,
    details: &PaymentDetails,
) -> Result<(), FailureError> {
    let id = PaymentId::from_uuid(line.posting.id.uuid());
    let is_payer = line.posting.owner == qianbao_core::posting::Owner::of(details.payer)
        && line.direction == Direction::Debit
        && line.cursor.effect == 0;
    entry.kind = if matches!(details.payee, Payee::Person(_)) { EntryKind::Transfer } else { EntryKind::Payment };
    // A fee's other side is the operator; the person whose payment it belongs to says more.
    entry.counterparty =
        if is_payer { parties.payee(details.payee).await? } else { parties.person(details.payer).await? };
    entry.note = parties.note(details.payer, id, details.note.as_deref()).await?;
    entry.payment = Some(id);
    entry.order = details.order.map(|order| order.order);
    Ok(())
}

async fn refund(
    entry: &mut Entry,
    parties: &mut Parties<'_>,
    code: AccountCode,
    line: &Line,
    details: RefundDetails,
) -> Result<(), FailureError> {
    entry.kind = EntryKind::Refund;
    entry.counterparty = if code == AccountCode::ShopWallet {
        parties.person(details.payer).await?
    } else {
        parties.payee(Payee::Shop(details.shop)).await?
    };
    entry.payment = Some(details.payment);
    entry.refund = Some(RefundId::from_uuid(line.posting.id.uuid()));
    entry.order = details.order.map(|order| order.order);
    Ok(())
}

async fn topup(entry: &mut Entry, parties: &Parties<'_>, details: TopupDetails) -> Result<(), FailureError> {
    entry.kind = EntryKind::Topup;
    entry.counterparty = parties.bank(&details.bank_entry).await?;
    entry.topup = details.topup;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_one_place_in_one_form() {
        let cursor = Cursor { sequence: 120, effect: 2 };
        assert_eq!(entry_id(cursor), "120-2");
        assert_eq!(cursor_of("120-2"), Some(cursor));
        for wrong in
            ["", "-", "120", "120-", "-2", "0120-2", "120-02", "+120-2", "120-2-1", "120-70000", "１２０-2", "'--"]
        {
            assert_eq!(cursor_of(wrong), None, "{wrong:?}");
        }
    }
}
