//! `intent.json`.

use qianbao_core::intent::{Intent, Payee, Source};
use qianbao_core::{Currency, Timestamp};
use serde::Deserialize;

use qianbao_core::id::{OrderId, PaymentId, PersonId, QuoteId};

use crate::{both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    payment: PaymentId,
    payer: PersonId,
    source_currency: Currency,
    payee: String,
    amount: i64,
    currency: Currency,
    fee: i64,
    total: i64,
    quote: Option<QuoteId>,
    order: Option<OrderId>,
    order_version: Option<u32>,
    not_after: Timestamp,
    canonical_hex: String,
    sha256: String,
}

both! {
    fn intents_have_their_bytes_and_digest() {
        let file: File = cases(include_str!("../../../../tests/vectors/intent.json"));
        for case in file.cases {
            let person = case.payee.parse().map(Payee::Person);
            let payee = person.or_else(|_| case.payee.parse().map(Payee::Shop)).expect("a person or a shop");
            let intent = Intent {
                payment: case.payment,
                payer: case.payer,
                source: Source::Wallet(case.source_currency),
                payee,
                currency: case.currency,
                amount: case.amount,
                fee: case.fee,
                total: case.total,
                quote: case.quote,
                order: case.order.zip(case.order_version),
                not_after: case.not_after,
            };
            let bytes = data_encoding::HEXLOWER.encode(&intent.canonical_bytes());
            assert_eq!(bytes, case.canonical_hex, "{}", case.name);
            assert_eq!(intent.digest_hex(), case.sha256, "{}", case.name);
        }
    }
}
