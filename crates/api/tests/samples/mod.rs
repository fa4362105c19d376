//! What the examples of the wire are made of.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::identity::{Locale, PersonView};
use qianbao_api::merchants::ShopView;
use qianbao_api::orders::{OrderLine, OrderStatus, OrderView};
use qianbao_api::payments::{OrderSummary, PayeeView};
use qianbao_api::topups::{TopupStatus, TopupView};
use qianbao_api::wallets::WalletView;
use qianbao_core::id::{Id, Kind};
use qianbao_core::{Currency, Money, Timestamp};

pub const NOON: Timestamp = Timestamp(1_700_000_000_000_000);

pub fn id<K: Kind>(last: u8) -> Id<K> {
    Id::from_parts(1_700_000_000_000, [0, 0, 0, 0, 0, 0, 0, 0, 0, last])
}

pub fn cny(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

pub fn shop() -> ShopView {
    ShopView {
        id: id(1),
        name_zh: "云山茶铺".into(),
        name_en: "Yunshan Tea".into(),
        category: "5812".into(),
        city: "Hangzhou".into(),
    }
}

pub fn person() -> PersonView {
    PersonView {
        id: id(2),
        handle: "ming".into(),
        display_name: "小明".into(),
        legal_name_masked: "*明".into(),
        locale: Locale::Zh,
        created_at: NOON,
        recovery: None,
        limits_lowered_until: None,
    }
}

pub fn line() -> OrderLine {
    OrderLine { name: "龙井".into(), quantity: 2, unit_price: cny(900) }
}

pub fn summary() -> OrderSummary {
    OrderSummary { id: id(3), version: 1, description: "午后茶".into(), lines: vec![line()] }
}

pub fn order() -> OrderView {
    OrderView {
        id: id(3),
        version: 1,
        shop: shop(),
        status: OrderStatus::Paid,
        amount: cny(1800),
        lines: vec![line()],
        description: "午后茶".into(),
        created_at: NOON,
        expires_at: NOON.plus_seconds(900),
        code: None,
        payment: Some(id(4)),
        payer: Some("*明".into()),
        paid_at: Some(NOON.plus_seconds(20)),
        shop_fee: Some(cny(11)),
        refunded: cny(0),
    }
}

pub fn topup() -> TopupView {
    TopupView {
        id: id(5),
        status: TopupStatus::Done,
        amount: cny(50_000),
        received: Some(cny(50_000)),
        reference: "QB7K2M".into(),
        account_name: "Qianbao client money".into(),
        account_number: "6217 0000 0000 0001".into(),
        bank_name: "Sandbox Bank".into(),
        demo_bank_url: None,
        created_at: NOON,
    }
}

pub fn wallet() -> WalletView {
    WalletView { available: cny(1_248_036), reserved: cny(0), is_frozen: false, sequence: 120 }
}

pub fn entry() -> Entry {
    Entry {
        id: "120-0".into(),
        sequence: 120,
        at: NOON,
        kind: EntryKind::Payment,
        amount: cny(-1800),
        balance_after: cny(1_248_036),
        counterparty: PayeeView::Shop(shop()),
        note: Some("谢谢".into()),
        payment: Some(id(4)),
        refund: None,
        order: Some(id(3)),
        topup: None,
    }
}
