//! `scan.json`.

use qianbao_core::link::Origin;
use qianbao_core::scan::{Scanned, scan};
use serde::Deserialize;

use crate::{both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    own_origin: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    repeat: Option<usize>,
    kind: String,
    shown: Option<String>,
}

fn kind(scanned: &Scanned) -> &'static str {
    match scanned {
        Scanned::Shop(_) => "shop",
        Scanned::Suspect(_) => "suspect",
        Scanned::Foreign(_) => "foreign",
        Scanned::Damaged(_) => "damaged",
        Scanned::Link(_) => "link",
        Scanned::OtherWallet(_) => "other_wallet",
        Scanned::Handle(_) => "handle",
        Scanned::Text(_) => "text",
        Scanned::TooLong => "too_long",
        Scanned::Empty => "empty",
    }
}

both! {
    fn texts_are_what_they_are() {
        let file: File = cases(include_str!("../../../../tests/vectors/scan.json"));
        let own: Origin = file.own_origin.parse().expect("an origin");
        for case in file.cases {
            let scanned = scan(&case.text.repeat(case.repeat.unwrap_or(1)), &own);
            assert_eq!(kind(&scanned), case.kind, "{}: {scanned:?}", case.name);
            if let Some(shown) = case.shown {
                assert_eq!(scanned, Scanned::Text(shown), "{}", case.name);
            }
        }
    }
}
