//! `money.json`.

use std::collections::BTreeMap;

use qianbao_core::money::{BasisPoints, Rounding};
use qianbao_core::{Currency, Locale, Money};
use serde::Deserialize;

use crate::{assert_refused, both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    parse: Vec<Typed>,
    refused: Vec<Refused>,
    print: Vec<Printed>,
    allocate: Vec<Shared>,
    fees: Vec<Fee>,
    exponents: BTreeMap<Currency, u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    typed: String,
    currency: Currency,
    minor: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    typed: String,
    currency: Currency,
    error: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    minor: String,
    currency: Currency,
    zh: String,
    en: String,
    decimal: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    minor: String,
    weights: Vec<u64>,
    shares: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    minor: String,
    basis_points: u16,
    half_up: String,
    half_even: String,
    down: String,
    up: String,
}

fn file() -> File {
    cases(include_str!("../../../../tests/vectors/money.json"))
}

fn yuan(minor: &str) -> Money {
    Money::new(minor.parse().expect("minor units"), Currency::CNY)
}

both! {
    fn what_people_type_is_read() {
        let file = file();
        for case in file.parse {
            let money = Money::new(case.minor.parse().expect("minor units"), case.currency);
            assert_eq!(Money::parse(&case.typed, case.currency), Ok(money), "{:?}", case.typed);
        }
        for case in file.refused {
            assert_refused(Money::parse(&case.typed, case.currency), Some(&case.error), &case.typed);
        }
    }

    fn amounts_are_printed_in_both_languages() {
        for case in file().print {
            let money = Money::new(case.minor.parse().expect("minor units"), case.currency);
            assert_eq!(money.to_text(Locale::Zh), case.zh);
            assert_eq!(money.to_text(Locale::En), case.en);
            assert_eq!(money.to_decimal(), case.decimal);
        }
    }

    fn shares_and_fees_are_exact() {
        let file = file();
        for case in file.allocate {
            let shares = yuan(&case.minor).allocate(&case.weights).expect("weights");
            let shares: Vec<String> = shares.iter().map(|share| share.minor.to_string()).collect();
            assert_eq!(shares, case.shares, "{} by {:?}", case.minor, case.weights);
        }
        for case in file.fees {
            let rate = BasisPoints::new(case.basis_points).expect("at most 100 %");
            for (rounding, fee) in [
                (Rounding::HalfUp, &case.half_up),
                (Rounding::HalfEven, &case.half_even),
                (Rounding::Down, &case.down),
                (Rounding::Up, &case.up),
            ] {
                assert_eq!(rate.of(yuan(&case.minor), rounding), yuan(fee), "{} {rounding:?}", case.minor);
            }
        }
    }

    fn currencies_have_their_exponents() {
        for (currency, exponent) in file().exponents {
            assert_eq!(currency.exponent(), exponent, "{currency}");
        }
    }
}
