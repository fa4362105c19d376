//! Money against a big-integer oracle: whatever the wallet computes is what unbounded integers say, or an error.
#![cfg(not(target_arch = "wasm32"))]

use num_bigint::BigInt;
use proptest::prelude::*;
use qianbao_core::money::{BasisPoints, MoneyError, Rounding, fee_back};
use qianbao_core::{Currency, Locale, Money};

const ROUNDINGS: [Rounding; 4] = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down, Rounding::Up];

fn currencies() -> Vec<Currency> {
    (0..1_000).filter_map(Currency::from_numeric).collect()
}

fn currency() -> impl Strategy<Value = Currency> {
    proptest::sample::select(currencies())
}

/// Whole range, with much at its ends and around zero.
fn minor() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        -1_000..1_000_i64,
        (0..100_i64).prop_map(|n| i64::MAX - n),
        (0..100_i64).prop_map(|n| i64::MIN + n)
    ]
}

fn big(value: i64) -> BigInt {
    BigInt::from(value)
}

/// What the wallet says of a value that unbounded integers computed: the value where it fits, else nothing.
fn fitting(exact: &BigInt) -> Option<i64> {
    i64::try_from(exact).ok()
}

/// Division as its definition says, written apart from the code under test: compare twice the distance with the divisor.
fn divided(numerator: &BigInt, denominator: &BigInt, rounding: Rounding) -> BigInt {
    let zero = BigInt::from(0);
    let negative = *numerator < zero;
    let magnitude = if negative { -numerator } else { numerator.clone() };
    let floor = &magnitude / denominator;
    let twice: BigInt = (&magnitude - &floor * denominator) * 2;
    let up = match rounding {
        Rounding::Down => false,
        Rounding::Up => twice > zero,
        Rounding::HalfUp => twice >= *denominator,
        Rounding::HalfEven => twice > *denominator || (twice == *denominator && &floor % 2 == BigInt::from(1)),
    };
    let rounded = if up { floor + 1 } else { floor };
    if negative { -rounded } else { rounded }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_sum_is_exact_or_refused(
        amounts in proptest::collection::vec((minor(), 0..400_u16), 0..600),
        // Small, on both sides of what is added up without looking, and whatever there is.
        below in prop_oneof![Just(1_000), Just((1_i64 << 54) + 3), Just(i64::MAX)],
    ) {
        // Most of them in one currency, one in four hundred in another.
        let (cny, other) = (Currency::CNY, Currency::from_numeric(840).expect("the dollar"));
        let money = |(minor, kind): (i64, u16)| Money::new(minor % below, if kind == 0 { other } else { cny });
        let amounts: Vec<Money> = amounts.into_iter().map(money).collect();
        let exact: BigInt = amounts.iter().map(|amount| big(amount.minor)).sum();
        let expected = match amounts.iter().find(|amount| amount.currency != cny) {
            Some(_) => Err(MoneyError::CurrencyMismatch { expected: cny, found: other }),
            None => fitting(&exact).map(|minor| Money::new(minor, cny)).ok_or(MoneyError::Overflow),
        };
        prop_assert_eq!(Money::sum(cny, &amounts), expected);
    }

    #[test]
    fn sums_differences_products_are_exact_or_refused(a in minor(), b in minor(), currency in currency()) {
        let (left, right) = (Money::new(a, currency), Money::new(b, currency));
        prop_assert_eq!(left.checked_add(right).ok().map(|m| m.minor), fitting(&(big(a) + big(b))));
        prop_assert_eq!(left.checked_sub(right).ok().map(|m| m.minor), fitting(&(big(a) - big(b))));
        prop_assert_eq!(left.checked_mul(b).ok().map(|m| m.minor), fitting(&(big(a) * big(b))));
        prop_assert_eq!(left.checked_neg().ok().map(|m| m.minor), fitting(&-big(a)));
        prop_assert_eq!(left.partial_cmp(&right), Some(a.cmp(&b)));
    }

    #[test]
    fn currencies_never_mix(a in minor(), b in minor(), one in currency(), two in currency()) {
        prop_assume!(one != two);
        let (left, right) = (Money::new(a, one), Money::new(b, two));
        prop_assert!(left.checked_add(right).is_err());
        prop_assert!(left.checked_sub(right).is_err());
        prop_assert!(left.partial_cmp(&right).is_none());
    }

    #[test]
    fn ratios_round_as_named(a in minor(), numerator in minor(), denominator in 1..=i64::MAX, small in 1..50_i64) {
        for denominator in [denominator, small] {
            for rounding in ROUNDINGS {
                let found = Money::new(a, Currency::CNY).checked_ratio(numerator, denominator, rounding);
                let exact = divided(&(big(a) * big(numerator)), &big(denominator), rounding);
                prop_assert_eq!(found.ok().map(|m| m.minor), fitting(&exact));
            }
        }
    }

    #[test]
    fn rates_round_as_named(a in minor(), points in 0..=10_000_u16) {
        for rounding in ROUNDINGS {
            let found = BasisPoints::new(points).expect("at most 100 %").of(Money::new(a, Currency::CNY), rounding);
            let exact = divided(&(big(a) * BigInt::from(points)), &BigInt::from(10_000), rounding);
            prop_assert_eq!(big(found.minor), exact);
        }
    }

    #[test]
    fn shares_add_up_and_stand_within_one_unit(a in minor(), weights in prop::collection::vec(prop_oneof![any::<u64>(), 0..10_u64], 1..40)) {
        prop_assume!(weights.iter().any(|&weight| weight > 0));
        let shares = Money::new(a, Currency::CNY).allocate(&weights).expect("one weight is above zero");
        let whole: BigInt = weights.iter().map(|&weight| BigInt::from(weight)).sum();
        prop_assert_eq!(shares.iter().map(|share| big(share.minor)).sum::<BigInt>(), big(a));
        for (share, &weight) in shares.iter().zip(&weights) {
            let distance = big(share.minor) * &whole - big(a) * BigInt::from(weight);
            prop_assert!(distance < whole && -distance < whole);
            prop_assert!(weight > 0 || share.is_zero());
        }
    }

    #[test]
    fn what_is_printed_reads_back(a in minor(), currency in currency()) {
        let money = Money::new(a, currency);
        for locale in [Locale::Zh, Locale::En] {
            prop_assert_eq!(Money::parse(&money.to_text(locale), currency), Ok(money));
        }
        prop_assert_eq!(Money::parse(&money.to_decimal(), currency), Ok(money));
        let wire = serde_json::to_string(&money).expect("money serialises");
        prop_assert_eq!(serde_json::from_str::<Money>(&wire).expect("and back"), money);
    }

    #[test]
    fn a_decimal_is_the_minor_units_over_a_power_of_ten(a in minor(), currency in currency()) {
        let decimal = Money::new(a, currency).to_decimal();
        let (whole, minor) = decimal.split_once('.').unwrap_or((&decimal, ""));
        prop_assert_eq!(minor.len(), usize::from(currency.exponent()));
        let exact: BigInt = format!("{whole}{minor}").parse().expect("digits");
        prop_assert_eq!(exact, big(a));
    }

    #[test]
    fn anything_typed_is_read_or_refused(typed in "\\PC{0,80}", currency in currency()) {
        let _ = Money::parse(&typed, currency);
    }

    #[test]
    fn near_amounts_are_read_or_refused(typed in "[-−＋]?[¥￥$]?[0-9０-９,，. 。]{0,24}元?", currency in currency()) {
        if let Ok(money) = Money::parse(&typed, currency) {
            prop_assert_eq!(Money::parse(&money.to_decimal(), currency), Ok(money));
        }
    }

    #[test]
    fn the_whole_fee_goes_back_with_the_whole_payment(paid in 1..1_000_000_i64, fee in 0..10_000_i64, cuts in prop::collection::vec(0..1_000_000_i64, 0..8)) {
        let money = |minor| Money::new(minor, Currency::CNY);
        let mut steps: Vec<i64> = cuts.into_iter().map(|cut| cut % paid).chain([paid]).collect();
        steps.sort_unstable();
        for rounding in ROUNDINGS {
            let mut returned = 0;
            for &refunded in &steps {
                let back = fee_back(money(fee), money(paid), money(refunded), money(returned), rounding).expect("in range");
                prop_assert!(back.minor >= 0);
                returned += back.minor;
            }
            prop_assert_eq!(returned, fee);
        }
    }
}

#[test]
fn every_currency_has_the_exponent_of_iso_4217() {
    let exponent = |code: &str| match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    };
    let all = currencies();
    assert!(all.len() > 160, "found {} currencies", all.len());
    for currency in all {
        assert_eq!(currency.exponent(), exponent(currency.code()), "{currency}");
    }
}
