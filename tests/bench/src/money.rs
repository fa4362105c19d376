//! M1: adding money beside adding integers and decimals.

use std::hint::black_box;
use std::time::{Duration, Instant};

use qianbao_core::{Currency, Money};
use rust_decimal::Decimal;

use crate::row::{Row, Subject, in_turn};
use crate::{Failure, Plan};

/// Amounts of one sum: they stay in the nearest cache.
const AMOUNTS: usize = 1_000;
/// Sums between two looks at the clock.
const SUMS: u32 = 100;

/// Beside checked addition of `i64`.
pub fn beside_integers(plan: Plan) -> Result<Row, Failure> {
    let subject = Subject {
        id: "M1",
        what: "money addition, checked, with its currency",
        peer_name: "i64 checked_add",
        unit: "M additions/s",
        goal: Some(0.9),
    };
    in_turn(&subject, plan.pairs, || money(plan.run / 5), || integers(plan.run / 5))
}

/// Beside addition of decimals.
pub fn beside_decimals(plan: Plan) -> Result<Row, Failure> {
    let subject = Subject {
        id: "M1-decimal",
        what: "money addition, checked, with its currency",
        peer_name: "rust_decimal 1.43",
        unit: "M additions/s",
        goal: Some(5.0),
    };
    in_turn(&subject, plan.pairs, || money(plan.run / 5), || decimals(plan.run / 5))
}

/// Millions of additions a second; `sum` adds up [`AMOUNTS`] amounts.
fn rate(length: Duration, mut sum: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let mut sums = 0_u32;
    let start = Instant::now();
    while start.elapsed() < length {
        for _ in 0..SUMS {
            sum()?;
        }
        sums += SUMS;
    }
    #[allow(clippy::cast_precision_loss)]
    Ok(f64::from(sums) * AMOUNTS as f64 / start.elapsed().as_secs_f64() / 1e6)
}

/// What is added up: small amounts, one of them different, so that no closed formula replaces the additions.
fn amounts() -> Vec<i64> {
    (0..AMOUNTS).map(|index| if index == 7 { 11 } else { 3 }).collect()
}

/// What comes out.
const TOTAL: i64 = 3_008;

fn money(length: Duration) -> Result<f64, Failure> {
    let amounts: Vec<Money> = amounts().into_iter().map(|minor| Money::new(minor, Currency::CNY)).collect();
    rate(length, || {
        let mut sum = black_box(Money::zero(Currency::CNY));
        for amount in black_box(&amounts) {
            sum = sum.checked_add(*amount)?;
        }
        expect(sum.minor == TOTAL)
    })
}

fn integers(length: Duration) -> Result<f64, Failure> {
    let amounts = amounts();
    rate(length, || {
        let mut sum = black_box(0_i64);
        for amount in black_box(&amounts) {
            sum = sum.checked_add(*amount).ok_or("overflow")?;
        }
        expect(sum == TOTAL)
    })
}

fn decimals(length: Duration) -> Result<f64, Failure> {
    let amounts: Vec<Decimal> = amounts().into_iter().map(|minor| Decimal::new(minor, 2)).collect();
    rate(length, || {
        let mut sum = black_box(Decimal::new(0, 2));
        for amount in black_box(&amounts) {
            sum = sum.checked_add(*amount).ok_or("overflow")?;
        }
        expect(sum == Decimal::new(TOTAL, 2))
    })
}

fn expect(is_right: bool) -> Result<(), Failure> {
    if is_right { Ok(()) } else { Err("the sum is wrong".into()) }
}
