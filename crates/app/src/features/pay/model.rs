//! The request that a press on "pay" sends.

use qianbao_api::payments::{PayRequest, PayeeView, Preview, Target};
use qianbao_core::id::{PaymentId, PersonId};
use qianbao_core::intent::{Intent, Payee};
use qianbao_core::{Money, Timestamp};

/// How long after the press a payment may still happen, in seconds. The server takes at most ten minutes.
pub const OPEN_FOR_S: i64 = 120;

/// What the sheet shows does not make a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// The payee is an account at a bank, which this request cannot pay.
    #[error("expected a shop or a person as the payee, found a bank")]
    Bank,
    /// Nothing says how much.
    #[error("expected an amount, found none")]
    NoAmount,
    /// Amount and fee do not add up.
    #[error("amount and fee do not add up")]
    Sum,
}

/// What was approved, with the ids and the moment it was approved at.
pub struct Approval {
    /// Made for this press.
    pub id: PaymentId,
    /// Who pays.
    pub payer: PersonId,
    /// The server's clock at the press.
    pub now: Timestamp,
    /// The payer's note; nothing if it is empty.
    pub note: Option<String>,
}

/// The request for `target` as `shown` on the sheet.
pub fn request(target: Target, shown: &Preview, approval: Approval) -> Result<PayRequest, ApprovalError> {
    let Approval { id, payer, now, note } = approval;
    let payee = match &shown.payee {
        PayeeView::Shop(shop) => Payee::Shop(shop.id),
        PayeeView::Person { id, .. } => Payee::Person(*id),
        PayeeView::Bank { .. } => return Err(ApprovalError::Bank),
    };
    let amount = shown.amount.ok_or(ApprovalError::NoAmount)?;
    let order = shown.order.as_ref().map(|order| (order.id, order.version));
    let not_after = now.plus_seconds(OPEN_FOR_S);
    let intent = Intent::from_wallet(id, payer, payee, amount, shown.fee, order, not_after);
    let intent = intent.map_err(|_| ApprovalError::Sum)?.digest_hex();
    Ok(PayRequest { id, target, amount, fee: shown.fee, note, not_after, intent })
}

/// What leaves the wallet; nothing while there is no amount, or when it does not add up.
pub fn total(shown: &Preview) -> Option<Money> {
    shown.amount?.checked_add(shown.fee).ok()
}

/// Whether there is enough. An amount in another currency is the server's to refuse.
pub fn is_enough(shown: &Preview) -> bool {
    total(shown).is_none_or(|total| total.currency != shown.available.currency || total.minor <= shown.available.minor)
}

/// Whole seconds until `end`, as `m:ss`; nothing when it is over or further away than an hour.
pub fn countdown(end: Timestamp, now: Timestamp) -> Option<String> {
    let left = (end.0 - now.0).div_euclid(1_000_000);
    if !(0..=3_600).contains(&left) {
        return None;
    }
    let seconds = left % 60;
    let pad = if seconds < 10 { "0" } else { "" };
    Some([&(left / 60).to_string(), ":", pad, &seconds.to_string()].concat())
}

#[cfg(test)]
mod tests {
    use qianbao_core::Currency;

    use super::*;

    fn preview(amount: Option<i64>, fee: i64, available: i64) -> Preview {
        let money = |minor| Money::new(minor, Currency::CNY);
        Preview {
            payee: PayeeView::Person {
                id: PersonId::from_parts(1, [2; 10]),
                handle: "lan".to_owned(),
                display_name: "岚".to_owned(),
                legal_name_masked: "*岚".to_owned(),
            },
            amount: amount.map(money),
            amount_fixed: false,
            fee: money(fee),
            currency: Currency::CNY,
            amount_max: money(1_000_000),
            order: None,
            note: None,
            available: money(available),
            expires_at: None,
            server_time: Timestamp(0),
        }
    }

    fn approval() -> Approval {
        Approval {
            id: PaymentId::from_parts(9, [9; 10]),
            payer: PersonId::from_parts(1, [1; 10]),
            now: Timestamp(1_000_000),
            note: Some("谢谢".to_owned()),
        }
    }

    fn target() -> Target {
        Target::Person { handle: "lan".to_owned() }
    }

    #[test]
    fn the_request_says_what_the_sheet_showed() {
        let made = request(target(), &preview(Some(1_800), 5, 9_000), approval()).expect("a whole approval");
        assert_eq!((made.amount.minor, made.fee.minor), (1_800, 5));
        assert_eq!(made.not_after, Timestamp(1_000_000 + OPEN_FOR_S * 1_000_000));
        assert_eq!(made.intent.len(), 64);
        let other = request(target(), &preview(Some(1_801), 5, 9_000), approval()).expect("a whole approval");
        assert_ne!(made.intent, other.intent, "another amount is another intent");
    }

    #[test]
    fn nothing_is_sent_without_an_amount_or_to_a_bank() {
        assert_eq!(request(target(), &preview(None, 0, 0), approval()), Err(ApprovalError::NoAmount));
        let mut bank = preview(Some(1), 0, 10);
        bank.payee = PayeeView::Bank { name: "银行".to_owned(), last4: None };
        assert_eq!(request(target(), &bank, approval()), Err(ApprovalError::Bank));
        assert_eq!(request(target(), &preview(Some(i64::MAX), 1, 0), approval()), Err(ApprovalError::Sum));
    }

    #[test]
    fn the_fee_counts_for_what_is_enough() {
        assert!(is_enough(&preview(Some(1_000), 0, 1_000)));
        assert!(!is_enough(&preview(Some(1_000), 1, 1_000)));
        assert!(is_enough(&preview(None, 1, 0)), "nothing is typed yet");
    }

    #[test]
    fn the_time_left_is_said_in_minutes_and_seconds() {
        let left = |seconds: i64| countdown(Timestamp(seconds * 1_000_000), Timestamp(0));
        assert_eq!(left(65).as_deref(), Some("1:05"));
        assert_eq!(left(0).as_deref(), Some("0:00"));
        assert_eq!(left(-1), None);
        assert_eq!(left(4_000), None);
    }
}
