//! `link.json`.

use qianbao_core::id::LinkId;
use qianbao_core::link::PaymentLink;
use serde::Deserialize;

use crate::{both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    valid: Vec<Valid>,
    refused: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    text: String,
    origin: String,
    link: LinkId,
}

both! {
    fn links_are_read_and_printed() {
        let file: File = cases(include_str!("../../../../tests/vectors/link.json"));
        for case in file.valid {
            let link: PaymentLink = case.text.parse().expect(&case.text);
            assert_eq!((link.origin.as_str(), link.link), (case.origin.as_str(), case.link));
            assert_eq!(link.to_string(), case.text);
        }
        for text in file.refused {
            assert!(text.parse::<PaymentLink>().is_err(), "{text:?}");
        }
    }
}
