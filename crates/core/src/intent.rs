//! The payment intent: exactly what a person approves, as bytes that both sides compute alike.
//!
//! The digest is SHA-256 over the canonical form below. It is the challenge a passkey signs, and `PayRequest::intent`
//! carries it, so that a server and a browser that disagree about anything the payer saw refuse instead of paying.
//!
//! Canonical form, version 1, always [`Intent::BYTES`] = 143 bytes. Numbers are big-endian; absent parts are zeros.
//!
//! | offset | length | what |
//! | ---: | ---: | --- |
//! | 0 | 17 | the ASCII text `qianbao/intent/1` and a line feed |
//! | 17 | 16 | payment id, the nonce (UUID bits) |
//! | 33 | 16 | payer, person id |
//! | 49 | 1 | kind of source account: 1 = the payer's own wallet |
//! | 50 | 3 | currency of the source account, alphabetic code |
//! | 53 | 1 | kind of payee: 1 = person, 2 = shop |
//! | 54 | 16 | payee, person or shop id |
//! | 70 | 8 | amount the payee gets, before the shop's own fee, minor units, signed |
//! | 78 | 3 | currency of amount and fee, alphabetic code |
//! | 81 | 8 | fee that the payer pays on top, minor units, signed |
//! | 89 | 8 | total debited, minor units of the source account's currency, signed |
//! | 97 | 1 | 1 when a quote is used, else 0 |
//! | 98 | 16 | quote id |
//! | 114 | 1 | 1 when an order is paid, else 0 |
//! | 115 | 16 | order id |
//! | 131 | 4 | version of the order, unsigned |
//! | 135 | 8 | `not_after`, microseconds since 1970, signed |
//!
//! Each field has a fixed place, so two different intents never have the same bytes. What the fields must satisfy for a
//! payment to happen (positive amount, total = amount + fee, …) is checked where the intent is made or carried out.

use sha2::{Digest, Sha256};

use crate::id::{OrderId, PaymentId, PersonId, QuoteId, ShopId};
use crate::{Currency, Money, Timestamp};

const DOMAIN: &[u8; 17] = b"qianbao/intent/1\n";

/// From which account the total is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The payer's own wallet in this currency.
    Wallet(Currency),
}

/// Who gets the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee {
    /// A person.
    Person(PersonId),
    /// A shop.
    Shop(ShopId),
}

/// What is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The payment: made by the payer, used once.
    pub payment: PaymentId,
    /// Who pays.
    pub payer: PersonId,
    /// From which account.
    pub source: Source,
    /// To whom.
    pub payee: Payee,
    /// Currency of `amount` and `fee`.
    pub currency: Currency,
    /// What the payee gets, before the shop's own fee; minor units of `currency`.
    pub amount: i64,
    /// What the payer pays on top; minor units of `currency`.
    pub fee: i64,
    /// What leaves the source account; minor units of the source's currency.
    pub total: i64,
    /// The exchange quote, where the source has another currency.
    pub quote: Option<QuoteId>,
    /// The order and its version, where one is paid.
    pub order: Option<(OrderId, u32)>,
    /// After this moment of the server's clock the payment cannot happen any more.
    pub not_after: Timestamp,
}

/// The parts do not make an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntentError {
    /// Amount and fee are in different currencies.
    #[error("expected the fee in {expected}, the currency of the amount, found {found}")]
    FeeCurrency {
        /// Currency of the amount.
        expected: Currency,
        /// Currency of the fee.
        found: Currency,
    },
    /// Amount plus fee does not fit into 64 bits.
    #[error("amount plus fee does not fit into 64 bits")]
    Overflow,
}

impl Intent {
    /// Length of the canonical form.
    pub const BYTES: usize = 143;

    /// The intent of a payment from the payer's wallet in the currency of the amount; the total is amount plus fee.
    ///
    /// # Errors
    /// [`IntentError`] when amount and fee cannot be added.
    pub fn from_wallet(
        payment: PaymentId,
        payer: PersonId,
        payee: Payee,
        amount: Money,
        fee: Money,
        order: Option<(OrderId, u32)>,
        not_after: Timestamp,
    ) -> Result<Self, IntentError> {
        let currency = amount.currency;
        if fee.currency != currency {
            return Err(IntentError::FeeCurrency { expected: currency, found: fee.currency });
        }
        let total = amount.minor.checked_add(fee.minor).ok_or(IntentError::Overflow)?;
        let (amount, fee, source, quote) = (amount.minor, fee.minor, Source::Wallet(currency), None);
        Ok(Self { payment, payer, source, payee, currency, amount, fee, total, quote, order, not_after })
    }

    /// The canonical form, as the table at the top of this module says.
    pub fn canonical_bytes(&self) -> [u8; Self::BYTES] {
        let Source::Wallet(source_currency) = self.source;
        let (payee_kind, payee) = match self.payee {
            Payee::Person(id) => (1, id.uuid()),
            Payee::Shop(id) => (2, id.uuid()),
        };
        let quote = self.quote.map(|id| id.uuid().into_bytes());
        let order = self.order.map(|(id, version)| (id.uuid().into_bytes(), version.to_be_bytes()));
        let parts: [&[u8]; 17] = [
            DOMAIN,
            &self.payment.uuid().into_bytes(),
            &self.payer.uuid().into_bytes(),
            &[1],
            source_currency.code().as_bytes(),
            &[payee_kind],
            payee.as_bytes(),
            &self.amount.to_be_bytes(),
            self.currency.code().as_bytes(),
            &self.fee.to_be_bytes(),
            &self.total.to_be_bytes(),
            &[u8::from(quote.is_some())],
            &quote.unwrap_or_default(),
            &[u8::from(order.is_some())],
            &order.unwrap_or_default().0,
            &order.unwrap_or_default().1,
            &self.not_after.0.to_be_bytes(),
        ];
        let mut bytes = [0; Self::BYTES];
        let mut end = 0;
        for part in parts {
            bytes[end..end + part.len()].copy_from_slice(part);
            end += part.len();
        }
        assert!(end == Self::BYTES, "the parts of an intent fill its canonical form");
        bytes
    }

    /// SHA-256 of the canonical form.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.canonical_bytes()).into()
    }

    /// [`Self::digest`] as 64 lower-case hex digits, as `PayRequest::intent` carries it.
    pub fn digest_hex(&self) -> String {
        crate::encoding::hex(&self.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn intent() -> Intent {
        let order = Some((Id::from_parts(4, [4; 10]), 2));
        let payee = Payee::Shop(Id::from_parts(3, [3; 10]));
        let money = |minor| Money::new(minor, Currency::CNY);
        let (payment, payer) = (Id::from_parts(1, [1; 10]), Id::from_parts(2, [2; 10]));
        Intent::from_wallet(payment, payer, payee, money(1_800), money(5), order, Timestamp(7)).expect("CNY and small")
    }

    #[test]
    fn every_field_stands_where_the_table_says() {
        let intent = intent();
        let bytes = intent.canonical_bytes();
        assert_eq!(&bytes[..17], b"qianbao/intent/1\n");
        assert_eq!(&bytes[17..33], intent.payment.uuid().as_bytes());
        assert_eq!(&bytes[33..49], intent.payer.uuid().as_bytes());
        assert_eq!((bytes[49], &bytes[50..53]), (1, b"CNY".as_slice()));
        assert_eq!(bytes[53], 2);
        assert_eq!(&bytes[70..78], 1_800_i64.to_be_bytes());
        assert_eq!(&bytes[78..81], b"CNY");
        assert_eq!(&bytes[81..89], 5_i64.to_be_bytes());
        assert_eq!(&bytes[89..97], 1_805_i64.to_be_bytes());
        assert_eq!(&bytes[97..114], [0; 17]);
        assert_eq!(bytes[114], 1);
        assert_eq!(&bytes[131..135], 2_u32.to_be_bytes());
        assert_eq!(&bytes[135..], 7_i64.to_be_bytes());
    }

    #[test]
    fn each_field_changes_the_digest() {
        let base = intent();
        let other = Id::from_parts(9, [9; 10]);
        let changed = [
            Intent { payment: Id::from_uuid(other.uuid()), ..base },
            Intent { payer: other, ..base },
            Intent { payee: Payee::Person(Id::from_parts(3, [3; 10])), ..base },
            Intent { amount: 1_801, ..base },
            Intent { fee: 6, ..base },
            Intent { total: 1_806, ..base },
            Intent { quote: Some(Id::from_parts(0, [0; 10])), ..base },
            Intent { order: None, ..base },
            Intent { order: base.order.map(|(id, version)| (id, version + 1)), ..base },
            Intent { not_after: Timestamp(8), ..base },
        ];
        for intent in changed {
            assert_ne!(intent.digest(), base.digest(), "{intent:?}");
        }
    }

    #[test]
    fn amounts_that_cannot_be_added_are_refused() {
        let base = intent();
        let make =
            |amount, fee| Intent::from_wallet(base.payment, base.payer, base.payee, amount, fee, None, base.not_after);
        let yen = Currency::from_numeric(392).expect("the yen");
        let found = make(Money::new(1, Currency::CNY), Money::new(0, yen));
        assert_eq!(found, Err(IntentError::FeeCurrency { expected: Currency::CNY, found: yen }));
        let found = make(Money::new(i64::MAX, yen), Money::new(1, yen));
        assert_eq!(found, Err(IntentError::Overflow));
    }
}
