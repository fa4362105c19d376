//! `emvco.json`.

use qianbao_core::emvco::{MerchantCode, crc16};
use serde::Deserialize;

use crate::{assert_refused, both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    crc: Vec<Checksum>,
    valid: Vec<Valid>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checksum {
    text: String,
    crc: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    name: String,
    payload: String,
    currency: String,
    amount: Option<String>,
    merchant_name: String,
    accounts: Vec<u8>,
    templates: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    name: String,
    payload: String,
    error: Option<String>,
}

fn file() -> File {
    cases(include_str!("../../../../tests/vectors/emvco.json"))
}

both! {
    fn checksums_are_those_of_the_specification() {
        for case in file().crc {
            assert_eq!(format!("{:04X}", crc16(case.text.as_bytes())), case.crc, "{:?}", case.text);
        }
    }

    fn valid_payloads_are_read_and_printed() {
        for case in file().valid {
            let code = MerchantCode::parse(&case.payload).expect(&case.name);
            assert_eq!(code.currency, case.currency, "{}", case.name);
            assert_eq!(code.amount, case.amount, "{}", case.name);
            assert_eq!(code.name, case.merchant_name, "{}", case.name);
            assert!(code.accounts.keys().copied().eq(case.accounts), "{}", case.name);
            assert!(code.templates.keys().copied().eq(case.templates), "{}", case.name);
            let printed = code.to_payload().expect(&case.name);
            assert_eq!(printed.len(), case.payload.len(), "{}", case.name);
            assert_eq!(MerchantCode::parse(&printed), Ok(code), "{}", case.name);
        }
    }

    fn invalid_payloads_are_refused() {
        for case in file().refused {
            assert_refused(MerchantCode::parse(&case.payload), case.error.as_deref(), &case.name);
        }
    }
}
