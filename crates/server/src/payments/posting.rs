//! The postings of a payment: the one that pays, and those that give back.
//!
//! Legs of the payment: 2001 → 2001 or 2002, the amount; then 2002 → 4001, the shop's fee, when there is one. Claims: the order and its version,
//! when an order is paid. The payee's personal wallet is opened on the way if it is not there. Behind the money, in legs of other assets, stands what
//! is counted: 8001 → 8000, one in `count`, where the payment went without asking, with a guard at how many a day may; one for each person who is
//! paid for the first time; and after a recovery the amount, with a guard at what a day may ([`super::lowered`]).
//!
//! Legs of a refund: 4001 → 2002, the fee's share; 2002 → 2001, the amount; 8002 → 8000, what has been given back, with a guard at what was
//! captured. Claim: (payment, number).

use qianbao_core::id::{LinkId, PaymentId, PersonId, RefundId, ShopId};
use qianbao_core::intent::Payee;
use qianbao_core::posting::{
    AccountId, AccountKey, Asset, Draft, Ensure, Head, LedgerDay, Measure, OnVoid, Owner, Posting, PostingId,
    PostingKind,
};
use qianbao_core::{Currency, Money, Timestamp};

use super::claims;
use super::details::{Details, OrderRef, PaymentDetails, RefundDetails};
use super::lowered::Lowered;
use crate::failure::FailureError;
use crate::wallets::accounts;

/// Kind of a payment to a shop.
pub const PAYMENT: PostingKind = PostingKind::literal("payment");
/// Kind of a payment between people.
pub const TRANSFER: PostingKind = PostingKind::literal("transfer");

/// Kind of a refund.
pub const REFUND: PostingKind = PostingKind::literal("refund");

/// Place of the guard of what goes without asking, among those of a payment.
pub const FREE_GUARD: usize = 0;

/// A payment that goes without asking, and counts as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeCount {
    /// The ledger day that it counts for; the ledger answers `stale` on another.
    pub day: LedgerDay,
    /// Most of a day, this one included.
    pub count_max: i64,
}

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
    /// The end that the payer approved.
    pub approved_until: Timestamp,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// Last moment of commit.
    pub not_after: Timestamp,
    /// Ceiling of a personal wallet that has to be opened, minor units.
    pub wallet_ceiling: i64,
    /// The payer's lower limits after a recovery.
    pub lowered: Option<Lowered>,
    /// Where it goes without asking.
    pub free: Option<FreeCount>,
    /// Whether the payee, a person, is paid for the first time.
    pub is_first: bool,
}

impl Payment {
    /// The kind of its posting.
    pub const fn kind(&self) -> PostingKind {
        if matches!(self.payee, Payee::Shop(_)) { PAYMENT } else { TRANSFER }
    }

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
            approved_until: Some(self.approved_until),
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
            kind: self.kind(),
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
            draft = draft.ensure(Ensure::open(income)).leg(payee, income.id(), currency, self.shop_fee);
        }
        if let Some(order) = self.order {
            draft =
                draft.claim(claims::order(order.order), OnVoid::Free).claim(claims::order_version(order), OnVoid::Free);
        }
        Ok(self.counted(draft).finish()?)
    }

    /// The same with what is counted beside the money. The guard at [`FREE_GUARD`] is always that of what goes without asking, so that a refusal
    /// says by its place which one was not met; beside another one it is there without a bound.
    fn counted(&self, mut draft: Draft) -> Draft {
        if let Some(free) = self.free {
            let spent = accounts::free_count(self.payer, free.day);
            draft = count(draft, spent).guard(spent.id(), Measure::NetDebits, free.count_max);
            draft.day = Some(free.day);
        }
        if let Some(lowered) = self.lowered {
            if self.free.is_none() {
                let spent = accounts::free_count(self.payer, lowered.day);
                draft = draft.guard(spent.id(), Measure::NetDebits, i64::MAX);
            }
            draft = lowered.spend(draft, self.payer, self.amount);
        }
        match self.payee {
            Payee::Person(payee) if self.is_first => count(draft, accounts::acquaintance(self.payer, payee)),
            Payee::Person(_) | Payee::Shop(_) => draft,
        }
    }
}

/// The same with one more in `spent`.
fn count(draft: Draft, spent: AccountKey) -> Draft {
    let counter = accounts::count_counter();
    let opened = draft.ensure(Ensure::open(spent)).ensure(Ensure::open(counter));
    opened.leg(spent.id(), counter.id(), Asset::Count, 1)
}

/// Everything that a refund's posting is made of.
#[derive(Clone, Copy, Debug)]
pub struct Refund {
    /// Made by the shop.
    pub id: RefundId,
    /// Which refund of the payment, from 1.
    pub number: u32,
    /// Who gives back.
    pub shop: ShopId,
    /// The paid order at its paid version, if an order was paid.
    pub order: Option<OrderRef>,
    /// The payment.
    pub payment: PaymentId,
    /// Who had paid.
    pub payer: PersonId,
    /// What had been paid, minor units.
    pub captured: i64,
    /// What goes back to the payer.
    pub amount: Money,
    /// What of the fee goes back to the shop, minor units.
    pub fee_back: i64,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// Ceiling of a personal wallet that has to be opened, minor units.
    pub wallet_ceiling: i64,
}

impl Refund {
    /// The posting. The fee comes back first, so that no line of the shop's history shows a balance below what it had.
    ///
    /// # Errors
    /// [`FailureError`] when the amount is not above 0.
    pub fn posting(&self) -> Result<Posting, FailureError> {
        let currency: Currency = self.amount.currency;
        let details = Details::Refund(RefundDetails {
            payment: self.payment,
            payer: self.payer,
            shop: self.shop,
            order: self.order,
            number: self.number,
        });
        let head = Head {
            owner: Owner::of(self.shop),
            id: PostingId::of(self.id)?,
            kind: REFUND,
            reference: self.payment.to_string(),
            digest: self.digest,
            not_after: None,
            details: details.encode()?,
        };
        let shop = accounts::shop_wallet(self.shop, currency).id();
        let payer = accounts::personal_wallet(self.payer, currency).id();
        let income = accounts::fee_income(currency);
        let refunded = accounts::refunded_so_far(self.payer, self.payment, currency);
        let counter = accounts::budget_counter(currency);
        let mut draft = Draft::new(head)
            .ensure(accounts::open_personal_wallet(self.payer, currency, self.wallet_ceiling))
            .ensure(Ensure::open(refunded))
            .ensure(Ensure::open(counter));
        if self.fee_back > 0 {
            draft = draft.ensure(Ensure::open(income)).leg(income.id(), shop, currency, self.fee_back);
        }
        draft = draft.leg(shop, payer, currency, self.amount.minor).leg(
            refunded.id(),
            counter.id(),
            refunded.asset,
            self.amount.minor,
        );
        let claim = claims::refund(self.payer, self.payment, self.number);
        Ok(draft.claim(claim, OnVoid::Free).guard(refunded.id(), Measure::NetDebits, self.captured).finish()?)
    }
}

#[cfg(test)]
mod tests {
    use qianbao_core::id::OrderId;
    use qianbao_core::posting::LedgerDay;

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
            approved_until: Timestamp(2),
            digest: [6; 32],
            not_after: Timestamp(7),
            wallet_ceiling: 1_000_000,
            lowered: None,
            free: None,
            is_first: false,
        }
    }

    #[test]
    fn what_goes_without_asking_is_counted_with_a_guard_and_a_first_payee_is_noted() {
        let free = Some(FreeCount { day: LedgerDay::from_epoch_days(20_780), count_max: 10 });
        let payee = Payee::Person(PersonId::from_parts(5, [5; 10]));
        let first = Payment { shop_fee: 0, order: None, free, is_first: true, ..payment(payee) };
        let posting = first.posting().expect("the parts are right");
        let legs: Vec<_> = posting.legs.iter().map(|leg| (leg.asset, leg.amount)).collect();
        assert_eq!(legs, [(Asset::Money(Currency::CNY), 1_800), (Asset::Count, 1), (Asset::Count, 1)]);
        assert_eq!(posting.guards.iter().map(|guard| guard.at_most).collect::<Vec<_>>(), [10]);
        assert_eq!(posting.day, free.map(|free| free.day));
        let spent =
            |minor| accounts::free_count(PersonId::from_parts(minor, [2; 10]), LedgerDay::from_epoch_days(20_780));
        assert_eq!(posting.guards[0].account, spent(2).id());
        assert_ne!(spent(2).id(), spent(3).id(), "each person has their own");
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
    fn lower_limits_are_a_budget_of_the_day_behind_the_money() {
        let day = LedgerDay::from_epoch_days(20_000);
        let lowered = Lowered { until: Timestamp(9), day, payment_max: 50_000, day_max: 100_000 };
        let shop = Payee::Shop(ShopId::from_parts(4, [4; 10]));
        let posting = Payment { lowered: Some(lowered), ..payment(shop) }.posting().expect("the parts are right");
        assert_eq!(posting.legs.iter().map(|leg| leg.amount).collect::<Vec<_>>(), [1_800, 11, 1_800]);
        let spent = accounts::recovered_budget(PersonId::from_parts(2, [2; 10]), Currency::CNY, day);
        assert_eq!((posting.legs[2].debit, posting.legs[2].asset), (spent.id(), spent.asset));
        assert_eq!((posting.guards[FREE_GUARD].at_most, posting.guards[1].account), (i64::MAX, spent.id()));
        assert_eq!(posting.guards[1].at_most, 100_000);
        assert_eq!(posting.day, Some(day));
    }

    #[test]
    fn paying_oneself_or_nothing_is_not_a_posting() {
        let oneself = Payment { shop_fee: 0, ..payment(Payee::Person(PersonId::from_parts(2, [2; 10]))) };
        assert!(oneself.posting().is_err());
        let nothing =
            Payment { amount: Money::new(0, Currency::CNY), ..payment(Payee::Shop(ShopId::from_parts(4, [4; 10]))) };
        assert!(nothing.posting().is_err());
    }

    #[test]
    fn a_refund_gives_amount_and_fee_back_and_is_bounded_by_what_was_captured() {
        let refund = Refund {
            id: RefundId::from_parts(1, [1; 10]),
            number: 1,
            shop: ShopId::from_parts(4, [4; 10]),
            order: Some(OrderRef { order: OrderId::from_parts(3, [3; 10]), version: 1 }),
            payment: PaymentId::from_parts(2, [2; 10]),
            payer: PersonId::from_parts(5, [5; 10]),
            captured: 1_800,
            amount: Money::new(800, Currency::CNY),
            fee_back: 5,
            digest: [0; 32],
            wallet_ceiling: 1_000_000,
        };
        let posting = refund.posting().expect("the parts are right");
        assert_eq!(posting.legs.iter().map(|leg| leg.amount).collect::<Vec<_>>(), [5, 800, 800]);
        assert_eq!(posting.guards.iter().map(|guard| guard.at_most).collect::<Vec<_>>(), [1_800]);
        assert_eq!(posting.claims.len(), 1);
        let without_fee = Refund { fee_back: 0, ..refund }.posting().expect("the parts are right");
        assert_eq!(without_fee.legs.len(), 2);
    }
}
