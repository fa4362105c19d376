//! M1: adding money beside adding integers and decimals.

use std::hint::black_box;
use std::time::{Duration, Instant};

use qianbao_core::{Currency, Money};
use rust_decimal::Decimal;

use crate::Plan;
use qianbao_tests_bench::Failure;
use qianbao_tests_bench::row::{Row, Subject, in_turn};

/// Amounts of one sum: they stay in the nearest cache.
const AMOUNTS: usize = 1_000;
/// Sums between two looks at the clock.
const SUMS: u32 = 100;
/// Additions between two looks at the end of the amounts, in the rows that measure an addition and not the loop around it.
const UNROLLED: usize = 8;

const WHAT: &str = "money addition, checked, with its currency";
const UNIT: &str = "M additions/s";

/// Adding up: [`Money::sum`] beside checked addition of `i64`, eight in a row as well.
pub fn beside_integers(plan: Plan) -> Result<Row, Failure> {
    let what = "adding up money, checked, with its currency (Money::sum)";
    let subject = Subject::rate("M1", what, "i64 checked_add, eight in a row", UNIT, Some(0.9));
    in_turn(&subject, plan.pairs, || sums(plan.run / 5), || integers::<UNROLLED>(plan.run / 5))
}

/// One `Money::checked_add` after another, eight in a row on both sides. No goal: an addition of integers has one branch of its own (did
/// it overflow?), one of money has two (is it the same currency?), and a processor takes two in a turn at most.
pub fn one_by_one(plan: Plan) -> Result<Row, Failure> {
    let subject = Subject::rate("M1-single", WHAT, "i64 checked_add, eight in a row", UNIT, None);
    in_turn(&subject, plan.pairs, || money::<UNROLLED>(plan.run / 5), || integers::<UNROLLED>(plan.run / 5))
}

/// The same with the loop's end looked for after each addition: its branch makes them two and three, and the ratio 2 ÷ 3 whatever an
/// addition costs. No goal.
pub fn in_a_plain_loop(plan: Plan) -> Result<Row, Failure> {
    let subject =
        Subject::rate("M1-loop", "the same in a loop of single additions", "i64 checked_add, alike", UNIT, None);
    in_turn(&subject, plan.pairs, || money::<1>(plan.run / 5), || integers::<1>(plan.run / 5))
}

/// Beside addition of decimals.
pub fn beside_decimals(plan: Plan) -> Result<Row, Failure> {
    let subject = Subject::rate("M1-decimal", WHAT, "rust_decimal 1.43", UNIT, Some(5.0));
    in_turn(&subject, plan.pairs, || money::<1>(plan.run / 5), || decimals(plan.run / 5))
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

fn sums(length: Duration) -> Result<f64, Failure> {
    let amounts: Vec<Money> = amounts().into_iter().map(|minor| Money::new(minor, Currency::CNY)).collect();
    rate(length, || expect(Money::sum(black_box(Currency::CNY), black_box(&amounts))?.minor == TOTAL))
}

fn money<const CHUNK: usize>(length: Duration) -> Result<f64, Failure> {
    let amounts: Vec<Money> = amounts().into_iter().map(|minor| Money::new(minor, Currency::CNY)).collect();
    rate(length, || {
        let mut sum = black_box(Money::zero(Currency::CNY));
        for amounts in black_box(&amounts).as_chunks::<CHUNK>().0 {
            for amount in amounts {
                sum = sum.checked_add(*amount)?;
            }
        }
        expect(sum.minor == TOTAL)
    })
}

fn integers<const CHUNK: usize>(length: Duration) -> Result<f64, Failure> {
    let amounts = amounts();
    rate(length, || {
        let mut sum = black_box(0_i64);
        for amounts in black_box(&amounts).as_chunks::<CHUNK>().0 {
            for amount in amounts {
                sum = sum.checked_add(*amount).ok_or("overflow")?;
            }
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
