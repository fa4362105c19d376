//! The limits and rates of a realm: one dated table, nothing of it in the code around.

use qianbao_core::money::BasisPoints;

/// Limits and rates. Amounts are minor units of the wallet's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Since when they hold.
    pub since: &'static str,
    /// Largest payment, order and static-code payment: class A of the barcode rules, agreed at 50,000 CNY.
    pub payment_max: i64,
    /// Most that a personal wallet may hold: e-CNY class 2 with a bank account, 500,000 CNY.
    pub wallet_ceiling: i64,
    /// What a shop that opens now pays of each payment: 0.6 %.
    pub shop_fee: BasisPoints,
}

/// Six tenths of a percent.
const SHOP_FEE: BasisPoints = match BasisPoints::new(60) {
    Ok(points) => points,
    Err(_) => BasisPoints::ZERO,
};

impl Default for Limits {
    fn default() -> Self {
        Self { since: "2026-11-01", payment_max: 5_000_000, wallet_ceiling: 50_000_000, shop_fee: SHOP_FEE }
    }
}
