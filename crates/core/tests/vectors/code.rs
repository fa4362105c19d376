//! `code.json`.

use data_encoding::BASE64URL_NOPAD;
use qianbao_core::code::{Face, KeyId, OrderCode, SealedCode, ShopCode, StaticCode};
use qianbao_core::id::{LinkId, OrderId, ShopId};
use qianbao_core::{Currency, Money, PositiveAmount, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{assert_refused, both, cases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    public_key: String,
    key: String,
    valid: Vec<Valid>,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    name: String,
    shop: ShopId,
    order: Option<OrderId>,
    link: Option<LinkId>,
    version: Option<u32>,
    currency: Currency,
    minor: Option<i64>,
    expires_at: Option<Timestamp>,
    category: String,
    city: String,
    country: String,
    signed_text: String,
    signature: String,
    payload: String,
    shop_name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    name: String,
    payload: String,
    error: Option<String>,
}

impl Valid {
    fn code(&self) -> ShopCode {
        let face = Face {
            name: self.shop_name.parse().expect("a name"),
            city: self.city.parse().expect("a city"),
            category: self.category.parse().expect("a category"),
            country: self.country.as_bytes().try_into().expect("two letters"),
        };
        let (shop, currency) = (self.shop, self.currency);
        match (self.order, self.version, self.minor, self.expires_at, self.link) {
            (Some(order), Some(version), Some(minor), Some(expires_at), None) => {
                let amount = PositiveAmount::new(Money::new(minor, currency)).expect("an amount");
                ShopCode::Order(OrderCode { shop, face, order, version, amount, expires_at })
            }
            (None, None, None, None, Some(link)) => ShopCode::Static(StaticCode { shop, face, link, currency }),
            _ => panic!("{}: neither an order nor a static code", self.name),
        }
    }
}

fn file() -> File {
    cases(include_str!("../../../../tests/vectors/code.json"))
}

fn signature(text: &str) -> [u8; 64] {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
    bytes.try_into().expect("64 bytes")
}

both! {
    fn codes_are_sealed_and_read() {
        let file = file();
        let key: KeyId = file.key.parse().expect("a key id");
        let public = BASE64URL_NOPAD.decode(file.public_key.as_bytes()).expect("base64url");
        assert_eq!(Sha256::digest(&public)[..4], key.0);
        for case in file.valid {
            let code = case.code();
            let payload = code.seal(key, |text| {
                assert_eq!(text, case.signed_text, "{}", case.name);
                signature(&case.signature)
            });
            assert_eq!(payload.as_ref(), Ok(&case.payload), "{}", case.name);
            let sealed = SealedCode::read(&case.payload).expect(&case.name);
            assert_eq!((&sealed.code, sealed.key), (&code, key), "{}", case.name);
            assert_eq!(sealed.signature, signature(&case.signature), "{}", case.name);
            assert_eq!(sealed.signed_text, case.signed_text, "{}", case.name);
        }
    }

    fn other_codes_are_refused() {
        for case in file().refused {
            assert_refused(SealedCode::read(&case.payload), case.error.as_deref(), &case.name);
        }
    }
}

/// The browser verifies with WebCrypto; here an implementation that core does not depend on says the same.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_signatures_are_those_of_the_key() {
    use ed25519_dalek::{Signature, Verifier, VerifyingKey};
    let file = file();
    let public = BASE64URL_NOPAD.decode(file.public_key.as_bytes()).expect("base64url");
    let key = VerifyingKey::from_bytes(public.as_slice().try_into().expect("32 bytes")).expect("a point");
    for case in file.valid {
        let sealed = SealedCode::read(&case.payload).expect(&case.name);
        let signature = Signature::from_bytes(&sealed.signature);
        assert!(key.verify(&sealed.message(), &signature).is_ok(), "{}", case.name);
        assert!(key.verify(sealed.signed_text.as_bytes(), &signature).is_err(), "{}", case.name);
    }
}
