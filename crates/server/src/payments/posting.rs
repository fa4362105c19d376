//! The one posting of a payment.
//!
//! Legs: 2001 → 2001 or 2002, the amount; then 2002 → 4001, the shop's fee, when there is one. Claims: the order and its version,
//! when an order is paid. The payee's personal wallet is opened on the way if it is not there.

use qianbao_core::id::{LinkId, PaymentId, PersonId};
use qianbao_core::intent::Payee;
use qianbao_core::posting::{AccountId, Draft, Head, OnVoid, Owner, Posting, PostingId, PostingKind};
use qianbao_core::{Money, Timestamp};

use super::claims;
use super::details::{Details, OrderRef, PaymentDetails};
use crate::failure::FailureError;
use crate::wallets::accounts;

/// Kind of a payment to a shop.
pub const PAYMENT: PostingKind = PostingKind::literal("payment");
/// Kind of a payment between people.
pub const TRANSFER: PostingKind = PostingKind::literal("transfer");

/// Everything that a payment's posting is made of.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Made by the payer.
    pub id: PaymentId,
    /// Who pays.
    pub payer: PersonId,
    /// Who is paid.
    pub payee: Payee,
    /// What the payee gets before the shop's fee; above 0.
    pub amount: Money,
    /// What the shop pays of it, minor units, 0 for people.
    pub shop_fee: i64,
    /// The order.
    pub order: Option<OrderRef>,
    /// The code it was made from.
    pub link: Option<LinkId>,
    /// SHA-256 of the approved intent.
    pub intent: [u8; 32],
    /// The sealed note.
    pub note: Option<Vec<u8>>,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// Last moment of commit.
    pub not_after: Timestamp,
    /// Ceiling of a personal wallet that has to be opened, minor units.
    pub wallet_ceiling: i64,
}

impl Payment {
    /// The account that gets the amount.
    pub fn payee_account(&self) -> AccountId {
        match self.payee {
            Payee::Person(person) => accounts::personal_wallet(person, self.amount.currency).id(),
            Payee::Shop(shop) => accounts::shop_wallet(shop, self.amount.currency).id(),
        }
    }

    /// The facts that stay with it.
    pub fn details(&self) -> PaymentDetails {
        PaymentDetails {
            payer: self.payer,
            payee: self.payee,
            order: self.order,
            link: self.link,
            intent: self.intent,
            note: self.note.clone(),
        }
    }

    /// The posting.
    ///
    /// # Errors
    /// [`FailureError`] when the parts break a rule of form, such as an amount that is not above 0 or an id that is no UUIDv7.
    pub fn posting(&self) -> Result<Posting, FailureError> {
        let currency = self.amount.currency;
        let head = Head {
            owner: Owner::of(self.payer),
            id: PostingId::of(self.id)?,
            kind: if matches!(self.payee, Payee::Shop(_)) { PAYMENT } else { TRANSFER },
            reference: self.order.map(|order| order.order.to_string()).unwrap_or_default(),
            digest: self.digest,
            not_after: Some(self.not_after),
            details: Details::Payment(self.details()).encode()?,
        };
        let payee = self.payee_account();
        let mut draft = Draft::new(head)
            .ensure(accounts::open_personal_wallet(self.payer, currency, self.wallet_ceiling))
            .ensure(match self.payee {
                Payee::Person(person) => accounts::open_personal_wallet(person, currency, self.wallet_ceiling),
                Payee::Shop(shop) => accounts::open_shop_wallet(shop, currency),
            })
            .leg(accounts::personal_wallet(self.payer, currency).id(), payee, currency, self.amount.minor);
        if self.shop_fee > 0 {
            let income = accounts::fee_income(currency);
            draft = draft.ensure(qianbao_core::posting::Ensure::open(income)).leg(
                payee,
                income.id(),
                currency,
                self.shop_fee,
            );
        }
        if let Some(order) = self.order {
            draft =
                draft.claim(claims::order(order.order), OnVoid::Free).claim(claims::order_version(order), OnVoid::Free);
        }
        Ok(draft.finish()?)
    }
}

#[cfg(test)]
mod tests {
    use qianbao_core::Currency;
    use qianbao_core::id::{OrderId, ShopId};

    use super::*;

    fn payment(payee: Payee) -> Payment {
        Payment {
            id: PaymentId::from_parts(1, [1; 10]),
            payer: PersonId::from_parts(2, [2; 10]),
            payee,
            amount: Money::new(1_800, Currency::CNY),
            shop_fee: 11,
            order: Some(OrderRef { order: OrderId::from_parts(3, [3; 10]), version: 2 }),
            link: None,
            intent: [4; 32],
            note: Some(vec![5; 128]),
            digest: [6; 32],
            not_after: Timestamp(7),
            wallet_ceiling: 1_000_000,
        }
    }

    #[test]
    fn a_shop_gets_the_amount_and_pays_its_fee_in_the_same_posting() {
        let shop = ShopId::from_parts(4, [4; 10]);
        let posting = payment(Payee::Shop(shop)).posting().expect("the parts are right");
        let wallet = accounts::shop_wallet(shop, Currency::CNY).id();
        let legs: Vec<_> = posting.legs.iter().map(|leg| (leg.debit, leg.credit, leg.amount)).collect();
        let payer = accounts::personal_wallet(PersonId::from_parts(2, [2; 10]), Currency::CNY).id();
        assert_eq!(legs, [(payer, wallet, 1_800), (wallet, accounts::fee_income(Currency::CNY).id(), 11)]);
        assert_eq!(posting.claims.len(), 2);
        assert_eq!(posting.head.kind, PAYMENT);
        assert_eq!(posting.head.not_after, Some(Timestamp(7)));
    }

    #[test]
    fn a_person_gets_the_amount_and_nothing_else_moves() {
        let payee = Payee::Person(PersonId::from_parts(5, [5; 10]));
        let plain = Payment { shop_fee: 0, order: None, ..payment(payee) };
        let posting = plain.posting().expect("the parts are right");
        assert_eq!(posting.legs.len(), 1);
        assert!(posting.claims.is_empty());
        assert_eq!(posting.head.kind, TRANSFER);
    }

    #[test]
    fn paying_oneself_or_nothing_is_not_a_posting() {
        let oneself = Payment { shop_fee: 0, ..payment(Payee::Person(PersonId::from_parts(2, [2; 10]))) };
        assert!(oneself.posting().is_err());
        let nothing =
            Payment { amount: Money::new(0, Currency::CNY), ..payment(Payee::Shop(ShopId::from_parts(4, [4; 10]))) };
        assert!(nothing.posting().is_err());
    }
}
