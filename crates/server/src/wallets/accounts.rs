//! Which accounts of the chart belong to whom, with their floors and ceilings.

use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::id::{PaymentId, PersonId, ShopId};
use qianbao_core::posting::{AccountKey, Asset, Ensure, LedgerDay, LimitName, Owner, Period, Window};

/// Owner of the accounts of the operator.
pub fn operator() -> Owner {
    Owner::named("operator")
}

/// 2001: a person's wallet in a currency.
pub fn personal_wallet(person: PersonId, currency: Currency) -> AccountKey {
    AccountKey::new(AccountCode::PersonalWallet, Owner::of(person), currency)
}

/// 2002: a shop's wallet.
pub fn shop_wallet(shop: ShopId, currency: Currency) -> AccountKey {
    AccountKey::new(AccountCode::ShopWallet, Owner::of(shop), currency)
}

/// 4001: the operator's income from payment fees.
pub fn fee_income(currency: Currency) -> AccountKey {
    AccountKey::new(AccountCode::FeeIncome, operator(), currency)
}

/// 8002: what has been given back of a payment. A payment's id is unique only with its payer, so both name the account.
pub fn refunded_so_far(payer: PersonId, payment: PaymentId, currency: Currency) -> AccountKey {
    let owner = Owner::named(&format!("{payer}/{payment}"));
    AccountKey::new(AccountCode::RefundedSoFar, owner, Asset::Limit(currency))
}

/// 8001: what a person has paid on a day of lowered limits. Not among the person's own accounts, of which there are a few, and a list.
pub fn recovered_budget(person: PersonId, currency: Currency, day: LedgerDay) -> AccountKey {
    let period = Period::of(LimitName::literal("recovered"), Window::Day(day));
    AccountKey::new(AccountCode::BudgetSpent, Owner::named(&format!("{person}/recovered")), Asset::Limit(currency))
        .during(period)
}

/// 8000: the counter-account of budgets and of what was given back.
pub fn budget_counter(currency: Currency) -> AccountKey {
    AccountKey::new(AccountCode::BudgetCounter, operator(), Asset::Limit(currency))
}

/// 8001: how many payments of a person went without asking on a day. Not among the person's own accounts, which are listed.
pub fn free_count(person: PersonId, day: LedgerDay) -> AccountKey {
    let owner = Owner::named(&format!("free/{person}"));
    let period = Period::of(LimitName::literal("free"), Window::Day(day));
    AccountKey::new(AccountCode::BudgetSpent, owner, Asset::Count).during(period)
}

/// 8001: there once `payer` has paid `payee`.
pub fn acquaintance(payer: PersonId, payee: PersonId) -> AccountKey {
    let owner = Owner::named(&format!("{payer}/{payee}"));
    let period = Period::of(LimitName::literal("acquaintance"), Window::Always);
    AccountKey::new(AccountCode::BudgetSpent, owner, Asset::Count).during(period)
}

/// 8000: the counter-account of counts.
pub fn count_counter() -> AccountKey {
    AccountKey::new(AccountCode::BudgetCounter, operator(), Asset::Count)
}

/// Opens a person's wallet: never below zero, never above `ceiling` minor units.
pub fn open_personal_wallet(person: PersonId, currency: Currency, ceiling: i64) -> Ensure {
    Ensure::open(personal_wallet(person, currency)).floor(0).ceiling(ceiling)
}

/// Opens a shop's wallet: never below zero.
pub fn open_shop_wallet(shop: ShopId, currency: Currency) -> Ensure {
    Ensure::open(shop_wallet(shop, currency)).floor(0)
}
