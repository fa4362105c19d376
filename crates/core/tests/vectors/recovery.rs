//! `recovery.json`.

use qianbao_core::encoding::from_hex;
use qianbao_core::recovery::RecoveryCode;
use serde::Deserialize;

use crate::{assert_refused, both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    valid: Vec<Valid>,
    read: Vec<Read>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    random: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    typed: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    typed: String,
    error: String,
}

both! {
    fn recovery_codes_are_written_and_read() {
        let file: File = cases(include_str!("../../../../tests/vectors/recovery.json"));
        for case in file.valid {
            let code = RecoveryCode::from_random(from_hex(&case.random).expect(&case.random));
            assert_eq!(code.to_string(), case.text);
            assert_eq!(RecoveryCode::parse(&case.text), Ok(code));
        }
        for case in file.read {
            let read = RecoveryCode::parse(&case.typed).map(|code| code.to_string());
            assert_eq!(read.as_deref(), Ok(case.text.as_str()), "{}", case.typed);
        }
        for case in file.refused {
            assert_refused(RecoveryCode::parse(&case.typed), Some(&case.error), &case.typed);
        }
    }
}
