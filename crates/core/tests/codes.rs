//! Codes: what is made reads back, and whatever is changed in one is refused.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use proptest::collection::btree_map;
use proptest::option;
use proptest::prelude::*;
use qianbao_core::code::{CodeError, Face, KeyId, OrderCode, SealedCode, ShopCode, StaticCode};
use qianbao_core::emvco::{
    Account, AdditionalData, AdditionalField, Asked, ConsumerData, EmvcoError, Initiation, LocalNames, MerchantCode,
    Template, Tip,
};
use qianbao_core::id::{Id, Kind};
use qianbao_core::link::Origin;
use qianbao_core::scan::{Scanned, scan};
use qianbao_core::{AMOUNT_MAX_MINOR, Currency, Money, PositiveAmount, Timestamp};

const SPECIFICATION_SAMPLE: &str = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A";

fn own() -> Origin {
    "https://wallet.example".parse().expect("an origin")
}

fn face() -> Face {
    Face {
        name: "Yunshan Tea".parse().expect("a name"),
        city: "Hangzhou".parse().expect("a city"),
        category: "5812".parse().expect("a category"),
        country: *b"CN",
    }
}

fn order_code() -> ShopCode {
    ShopCode::Order(OrderCode {
        shop: Id::from_parts(1_790_000_000_000, [1; 10]),
        face: face(),
        order: Id::from_parts(1_790_000_000_001, [2; 10]),
        version: 1,
        amount: PositiveAmount::new(Money::new(1_800, Currency::CNY)).expect("above zero"),
        expires_at: Timestamp::from_millis(1_790_000_900_000),
    })
}

fn static_code() -> ShopCode {
    ShopCode::Static(StaticCode {
        shop: Id::from_parts(1_790_000_000_000, [1; 10]),
        face: face(),
        link: Id::from_parts(1_790_000_000_001, [2; 10]),
        currency: Currency::CNY,
    })
}

fn seal(code: &ShopCode) -> String {
    code.seal(KeyId([1, 2, 3, 4]), |_| [0xa5; 64]).expect("a code that fits")
}

#[test]
fn codes_stay_small_enough_for_a_webcam() {
    let (order, fixed) = (seal(&order_code()), seal(&static_code()));
    assert!(order.len() <= 290, "an order's code has {} characters", order.len());
    assert!(fixed.len() <= 275, "a static code has {} characters", fixed.len());
}

#[test]
fn the_largest_code_fits() {
    let ShopCode::Order(mut code) = order_code() else { panic!("an order's code") };
    code.face.name = "ABCDEFGHIJKLMNOPQRSTUVWXY".parse().expect("25 characters");
    code.face.city = "ABCDEFGHIJKLMNO".parse().expect("15 characters");
    code.version = u32::MAX;
    code.amount = PositiveAmount::max(Currency::CNY);
    code.expires_at = Timestamp::from_millis(((1 << 40) - 1) * 1_000);
    assert!(seal(&ShopCode::Order(code.clone())).len() <= 330);
    code.expires_at = Timestamp::from_millis((1 << 40) * 1_000);
    let refused = ShopCode::Order(code).seal(KeyId([0; 4]), |_| [0; 64]);
    assert_eq!(refused, Err(CodeError::Range));
}

/// Every other byte at every place of a valid payload is refused, whether the result is text or not.
#[test]
fn every_changed_byte_is_refused() {
    for payload in [seal(&order_code()), seal(&static_code()), SPECIFICATION_SAMPLE.to_owned()] {
        assert!(MerchantCode::parse(&payload).is_ok());
        let mut bytes = payload.clone().into_bytes();
        for place in 0..bytes.len() {
            let right = bytes[place];
            for wrong in (0..=u8::MAX).filter(|&wrong| wrong != right) {
                bytes[place] = wrong;
                if let Ok(text) = std::str::from_utf8(&bytes) {
                    assert!(MerchantCode::parse(text).is_err(), "byte {place} as {wrong:#04x}");
                    assert!(SealedCode::read(text).is_err(), "byte {place} as {wrong:#04x}");
                }
            }
            bytes[place] = right;
        }
    }
}

/// Lost, doubled and swapped characters, which a person who types a code makes.
#[test]
fn every_lost_doubled_or_swapped_character_is_refused() {
    for payload in [seal(&order_code()), SPECIFICATION_SAMPLE.to_owned()] {
        let right: Vec<char> = payload.chars().collect();
        for place in 0..right.len() {
            let mut lost = right.clone();
            lost.remove(place);
            let mut doubled = right.clone();
            doubled.insert(place, right[place]);
            let mut swapped = right.clone();
            swapped.swap(place, (place + 1) % right.len());
            for wrong in [lost, doubled, swapped].into_iter().filter(|wrong| *wrong != right) {
                let text: String = wrong.into_iter().collect();
                assert!(MerchantCode::parse(&text).is_err(), "at {place}: {text}");
            }
        }
    }
}

fn id<K: Kind>() -> impl Strategy<Value = Id<K>> {
    (0..1_u64 << 48, any::<[u8; 10]>()).prop_map(|(ms, random)| Id::from_parts(ms, random))
}

fn any_face() -> impl Strategy<Value = Face> {
    ("[A-Za-z]([ -~]{0,22}[a-z])?", "[A-Z][a-z]{0,14}", 0..10_000_u16, "[A-Z]{2}").prop_filter_map(
        "a name without a card number or folded spaces",
        |(name, city, category, country)| {
            let face = Face {
                name: name.parse().ok()?,
                city: city.parse().ok()?,
                category: format!("{category:04}").parse().ok()?,
                country: country.as_bytes().try_into().ok()?,
            };
            Some(face)
        },
    )
}

fn any_code() -> impl Strategy<Value = ShopCode> {
    let currency = (0..1_000_u16).prop_filter_map("a currency", Currency::from_numeric);
    let version = prop_oneof![1..=u32::MAX, 1..300_u32];
    let amount = (1..=AMOUNT_MAX_MINOR, currency.clone())
        .prop_map(|(minor, currency)| PositiveAmount::new(Money::new(minor, currency)).expect("in range"));
    let order = (id(), any_face(), id(), version, amount, 0..1_i64 << 40).prop_map(
        |(shop, face, order, version, amount, seconds)| {
            let expires_at = Timestamp::from_millis(seconds * 1_000);
            ShopCode::Order(OrderCode { shop, face, order, version, amount, expires_at })
        },
    );
    let fixed = (id(), any_face(), id(), currency)
        .prop_map(|(shop, face, link, currency)| ShopCode::Static(StaticCode { shop, face, link, currency }));
    prop_oneof![order, fixed]
}

fn texts(ids: std::ops::Range<u8>) -> impl Strategy<Value = BTreeMap<u8, String>> {
    btree_map(ids, "[ -~]{1,6}|[一-龥]{1,4}", 0..3)
}

fn template() -> impl Strategy<Value = Template> {
    ("[!-~]{1,32}", btree_map(1..=99_u8, "[ -~]{1,12}", 0..3)).prop_map(|(guid, fields)| Template { guid, fields })
}

fn additional() -> impl Strategy<Value = AdditionalData> {
    let field = proptest::sample::select(vec![
        AdditionalField::Bill,
        AdditionalField::Mobile,
        AdditionalField::Loyalty,
        AdditionalField::Terminal,
        AdditionalField::Purpose,
    ]);
    let asked = prop_oneof![Just(Asked::Payer), "[A-Z]{1,8}".prop_map(Asked::Given)];
    let consumer =
        (any::<bool>(), any::<bool>()).prop_map(|(address, mobile)| ConsumerData { address, mobile, email: true });
    (btree_map(field, asked, 1..3), option::of(consumer), texts(10..50)).prop_map(|(fields, consumer, reserved)| {
        AdditionalData { fields, consumer, reserved, templates: BTreeMap::new() }
    })
}

fn merchant() -> impl Strategy<Value = MerchantCode> {
    let initiation = option::of(prop_oneof![Just(Initiation::Static), Just(Initiation::Dynamic)]);
    let networks = btree_map(2..=25_u8, "[ -~]{1,20}".prop_map(Account::Network), 1..3);
    let owners = btree_map(26..=51_u8, template().prop_map(Account::Template), 0..2);
    let tip = option::of(prop_oneof![
        Just(Tip::Ask),
        "[1-9][0-9]?\\.[0-9]{2}".prop_map(Tip::Fixed),
        "[1-9][0-9]?\\.[0-9]{2}".prop_map(Tip::Percent)
    ]);
    let local = option::of(
        ("[A-Z]{2}", "[一-龥]{1,10}", option::of("[一-龥]{1,5}"), texts(3..99))
            .prop_map(|(language, name, city, reserved)| LocalNames { language, name, city, reserved }),
    );
    let head =
        (initiation, networks, owners, "[0-9]{4}", "[0-9]{3}", option::of("[1-9][0-9]{0,6}(\\.[0-9]{0,2})?"), tip);
    let tail = ("[A-Z]{2}", "[ -~]{1,25}", "[ -~]{1,15}", option::of("[0-9]{6}"), option::of(additional()), local);
    (head, tail, texts(65..80), btree_map(80..=99_u8, template(), 0..2)).prop_map(
        |(head, tail, reserved, templates)| {
            let (initiation, mut accounts, owners, category, currency, amount, tip) = head;
            let (country, name, city, postal_code, additional, local) = tail;
            accounts.extend(owners);
            MerchantCode {
                initiation,
                accounts,
                category,
                currency,
                amount,
                tip,
                country,
                name,
                city,
                postal_code,
                additional,
                local,
                reserved,
                templates,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn sealed_codes_read_back(code in any_code(), key in any::<[u8; 4]>(), half in any::<[u8; 32]>()) {
        let mut signature = [7; 64];
        signature[..32].copy_from_slice(&half);
        let mut signed = String::new();
        let payload = code.seal(KeyId(key), |text| { signed = text.to_owned(); signature }).expect("a code that fits");
        prop_assert!(payload.chars().count() <= 512);
        let sealed = SealedCode::read(&payload).expect("what was sealed");
        prop_assert_eq!(&sealed.code, &code);
        prop_assert_eq!((sealed.key, sealed.signature, &sealed.signed_text), (KeyId(key), signature, &signed));
        prop_assert_eq!(sealed.message(), format!("qianbao/code/1\n{signed}").into_bytes());
        prop_assert_eq!(scan(&format!(" {payload}\n"), &own()), Scanned::Shop(Box::new(sealed)));
    }

    #[test]
    fn merchant_codes_read_back(code in merchant()) {
        match code.to_payload() {
            Ok(payload) => prop_assert_eq!(MerchantCode::parse(&payload), Ok(code)),
            // What is generated may be longer than a template or a payload holds; then printing says so.
            Err(error) => prop_assert!(matches!(error, EmvcoError::TooLong { .. } | EmvcoError::ValueLength { .. }), "{error}"),
        }
    }

    #[test]
    fn any_text_is_scanned(text in "\\PC{0,200}|000201[0-9A-Z]{0,80}|https?://[a-z.:/#_0-9]{0,60}|[@＠]\\PC{0,40}") {
        let scanned = scan(&text, &own());
        prop_assert!(!matches!(scanned, Scanned::TooLong));
    }

    #[test]
    fn rows_with_a_right_checksum_are_read_or_refused(body in "([0-9]{2}0[1-9][0-9A-Z]{1,9}|[0-9]{4}){0,12}") {
        let content = format!("000201{body}6304");
        let payload = format!("{content}{:04X}", qianbao_core::emvco::crc16(content.as_bytes()));
        if let Ok(code) = MerchantCode::parse(&payload) {
            prop_assert_eq!(MerchantCode::parse(&code.to_payload().expect("it was read")), Ok(code));
        }
    }
}
