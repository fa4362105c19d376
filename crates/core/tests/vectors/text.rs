//! `text.json`.

use std::fmt::Display;

use qianbao_core::text::{
    CategoryCode, City, Description, DisplayName, Handle, LegalName, LineName, Note, ShopNameEn, ShopNameZh,
    mask_legal_name,
};
use serde::Deserialize;

use crate::{assert_refused, both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    valid: Vec<Valid>,
    refused: Vec<Refused>,
    masks: Vec<Mask>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    field: String,
    typed: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    field: String,
    typed: String,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mask {
    name: String,
    masked: String,
}

fn kept<T: Display, E: Display>(value: Result<T, E>) -> Result<String, String> {
    value.map(|value| value.to_string()).map_err(|error| error.to_string())
}

fn admit(field: &str, typed: &str) -> Result<String, String> {
    match field {
        "display_name" => kept(DisplayName::new(typed)),
        "legal_name" => kept(LegalName::new(typed)),
        "shop_name_zh" => kept(ShopNameZh::new(typed)),
        "shop_name_en" => kept(ShopNameEn::new(typed)),
        "city" => kept(City::new(typed)),
        "category" => kept(typed.parse::<CategoryCode>()),
        "note" => kept(Note::new(typed)),
        "description" => kept(Description::new(typed)),
        "line_name" => kept(LineName::new(typed)),
        "handle" => kept(Handle::typed(typed)),
        other => panic!("no field is called {other}"),
    }
}

both! {
    fn texts_are_kept_or_refused() {
        let file: File = cases(include_str!("../../../../tests/vectors/text.json"));
        for case in file.valid {
            assert_eq!(admit(&case.field, &case.typed), Ok(case.text), "{} {:?}", case.field, case.typed);
        }
        for case in file.refused {
            assert_refused(admit(&case.field, &case.typed), case.error.as_deref(), &case.typed);
        }
    }

    fn legal_names_are_masked() {
        let file: File = cases(include_str!("../../../../tests/vectors/text.json"));
        for case in file.masks {
            assert_eq!(mask_legal_name(&case.name), case.masked);
        }
    }
}
