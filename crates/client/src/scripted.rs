//! Values for unit tests.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::merchants::ShopView;
use qianbao_api::payments::PayeeView;
use qianbao_core::id::{Id, PaymentId};
use qianbao_core::{Currency, Money, Timestamp};

/// An entry at this place of the ledger.
pub(crate) fn entry(sequence: u64, leg: u32, minor: i64) -> Entry {
    Entry {
        id: format!("{sequence}-{leg}"),
        sequence,
        at: Timestamp(1_800_000_000_000_000_i64.wrapping_add(sequence.cast_signed())),
        kind: EntryKind::Payment,
        amount: Money::new(minor, Currency::CNY),
        balance_after: Money::new(100_000, Currency::CNY),
        counterparty: PayeeView::Shop(ShopView {
            id: Id::from_parts(1, [sequence.to_le_bytes()[0] % 4; 10]),
            name_zh: "云山茶铺".to_owned(),
            name_en: "Yunshan Tea".to_owned(),
            category: "5812".to_owned(),
            city: "Hangzhou".to_owned(),
        }),
        note: None,
        payment: Some(PaymentId::from_parts(1_800_000_000_000, [3; 10])),
        refund: None,
        order: None,
        topup: None,
    }
}
