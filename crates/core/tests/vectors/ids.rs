//! `ids.json`.

use qianbao_core::id::{
    DeviceId, EventId, Id, Kind, LinkId, OrderId, PaymentId, PersonId, QuoteId, RefundId, RequestId, SessionId, ShopId,
    TopupId,
};
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
    unix_ms: u64,
    random_byte: u8,
    uuid: String,
    text: String,
}

fn check<K: Kind>(case: &Valid, _: fn(Id<K>)) {
    let made = Id::<K>::from_parts(case.unix_ms, [case.random_byte; 10]);
    assert_eq!(made.to_string(), case.text);
    assert_eq!(made.uuid().simple().to_string(), case.uuid);
    assert_eq!(case.text.parse(), Ok(made));
}

both! {
    fn ids_are_made_printed_and_read() {
        let file: File = cases(include_str!("../../../../tests/vectors/ids.json"));
        for case in &file.valid {
            match &case.text[..3] {
                "pay" => check(case, |_: PaymentId| {}),
                "ref" => check(case, |_: RefundId| {}),
                "ord" => check(case, |_: OrderId| {}),
                "per" => check(case, |_: PersonId| {}),
                "shp" => check(case, |_: ShopId| {}),
                "top" => check(case, |_: TopupId| {}),
                "ses" => check(case, |_: SessionId| {}),
                "dev" => check(case, |_: DeviceId| {}),
                "lnk" => check(case, |_: LinkId| {}),
                "evt" => check(case, |_: EventId| {}),
                "req" => check(case, |_: RequestId| {}),
                "quo" => check(case, |_: QuoteId| {}),
                other => panic!("no id has the prefix {other}"),
            }
        }
        for text in &file.refused {
            assert!(text.parse::<PaymentId>().is_err(), "{text:?}");
        }
    }
}
