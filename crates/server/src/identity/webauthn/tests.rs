//! The W3C's test vectors, and what is wrong with an answer in every way that it can be.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use qianbao_api::passkeys::{Assertion, AssertionResponse, Attestation, Registration};
use serde_json::Value;

use super::authenticator::{AuthenticatorData, Flags, data_of_attestation};
use super::*;

type Check = Result<(), Box<dyn std::error::Error>>;

const SITE: Site<'static> = Site { origin: "https://example.org", rp_id: "example.org" };

struct Vector {
    name: String,
    registration: Value,
    assertion: Value,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../../../tests/vectors/webauthn.json");
    let document: Value = serde_json::from_str(text).expect("the vectors are JSON");
    let vectors = document["vectors"].as_array().expect("a list").clone();
    vectors
        .into_iter()
        .map(|mut vector| Vector {
            name: vector["name"].as_str().expect("a name").to_owned(),
            registration: vector["registration"].take(),
            assertion: vector["assertion"].take(),
        })
        .collect()
}

fn raw(of: &Value, member: &str) -> Vec<u8> {
    HEXLOWER.decode(of[member].as_str().expect("a text").as_bytes()).expect("hexadecimal")
}

fn base64(of: &Value, member: &str) -> String {
    BASE64URL_NOPAD.encode(&raw(of, member))
}

impl Vector {
    fn registered(&self) -> Registration {
        Registration {
            id: base64(&self.registration, "credential_id"),
            response: Attestation {
                client_data_json: base64(&self.registration, "client_data_json"),
                attestation_object: base64(&self.registration, "attestation_object"),
                transports: Vec::new(),
            },
        }
    }

    fn asserted(&self) -> Assertion {
        Assertion {
            id: base64(&self.registration, "credential_id"),
            response: AssertionResponse {
                client_data_json: base64(&self.assertion, "client_data_json"),
                authenticator_data: base64(&self.assertion, "authenticator_data"),
                signature: base64(&self.assertion, "signature"),
                user_handle: None,
            },
        }
    }

    fn key(&self) -> PublicKey {
        let data = data_of_attestation(&raw(&self.registration, "attestation_object")).expect("an attestation");
        let data = AuthenticatorData::read(&data).expect("authenticator data");
        PublicKey::read(&data.attested.expect("a credential").public_key).expect("a key")
    }

    fn can_sync(&self) -> bool {
        let data = data_of_attestation(&raw(&self.registration, "attestation_object")).expect("an attestation");
        AuthenticatorData::read(&data).expect("authenticator data").flags.has(Flags::BACKUP_ELIGIBLE)
    }

    fn signed(&self) -> Vec<u8> {
        let hash = <sha2::Sha256 as sha2::Digest>::digest(raw(&self.assertion, "client_data_json"));
        [raw(&self.assertion, "authenticator_data").as_slice(), &hash].concat()
    }
}

/// What became of it, in the word of the vectors.
fn outcome(result: &Result<(), AnswerError>) -> &'static str {
    match result {
        Ok(()) => "taken",
        Err(AnswerError::Unverified) => "unverified",
        Err(AnswerError::Framed) => "framed",
        Err(_) => "otherwise refused",
    }
}

#[test]
fn every_vector_ends_as_the_wallet_says() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let answer = vector.registered();
        let registered = client_data(Kind::Create, SITE, &answer.response.client_data_json).and_then(|data| {
            assert_eq!(data.challenge, raw(&vector.registration, "challenge"), "{}", vector.name);
            register(SITE, &answer).map(drop)
        });
        assert_eq!(outcome(&registered), vector.registration["outcome"], "{}: {registered:?}", vector.name);

        let answer = vector.asserted();
        let asserted = client_data(Kind::Get, SITE, &answer.response.client_data_json).and_then(|data| {
            assert_eq!(data.challenge, raw(&vector.assertion, "challenge"), "{}", vector.name);
            assert(SITE, &vector.key(), vector.can_sync(), &data, &answer).map(drop)
        });
        assert_eq!(outcome(&asserted), vector.assertion["outcome"], "{}: {asserted:?}", vector.name);
    }
}

#[test]
fn every_vectors_signature_is_its_keys_and_no_others() {
    let vectors = vectors();
    for vector in &vectors {
        let (signed, signature) = (vector.signed(), raw(&vector.assertion, "signature"));
        for other in &vectors {
            let is_own = other.name == vector.name;
            assert_eq!(other.key().verify(&signed, &signature).is_ok(), is_own, "{} by {}", vector.name, other.name);
        }
        for place in [0, 32, 36, signed.len() - 1] {
            let mut changed = signed.clone();
            changed[place] ^= 1;
            assert_eq!(vector.key().verify(&changed, &signature), Err(AnswerError::Signature), "{place}");
        }
        for place in 0..signature.len() {
            let mut changed = signature.clone();
            changed[place] ^= 0x10;
            assert_eq!(vector.key().verify(&signed, &changed), Err(AnswerError::Signature), "{place}");
        }
        assert_eq!(vector.key().verify(&signed, &[]), Err(AnswerError::Signature));
    }
}

#[test]
fn client_data_of_another_question_or_page_is_refused() -> Check {
    let of = |text: &str| ClientData::read(text.as_bytes().to_vec(), Kind::Get, SITE.origin);
    let whole = r#"{"type":"webauthn.get","challenge":"AAEC","origin":"https://example.org","crossOrigin":false,"more":{"a":1}}"#;
    assert_eq!(of(whole)?.challenge, [0, 1, 2]);
    let kind = |found: &str| AnswerError::Kind { expected: "webauthn.get", found: found.to_owned() };
    let origin = |found: &str| AnswerError::Origin { expected: SITE.origin.to_owned(), found: found.to_owned() };
    for (from, to, expected) in [
        ("webauthn.get", "webauthn.create", kind("webauthn.create")),
        ("webauthn.get", "payment.get", kind("payment.get")),
        ("https://example.org", "http://example.org", origin("http://example.org")),
        ("https://example.org", "https://example.org.evil.example", origin("https://example.org.evil.example")),
        ("https://example.org", "https://desk.example.org", origin("https://desk.example.org")),
        (r#""crossOrigin":false"#, r#""crossOrigin":true"#, AnswerError::Framed),
        (r#""crossOrigin":false"#, r#""topOrigin":"https://example.org""#, AnswerError::Framed),
    ] {
        assert_eq!(of(&whole.replace(from, to)), Err(expected), "{to}");
    }
    for broken in ["", "{}", "[]", "null", r#"{"type":"webauthn.get"}"#, &whole.replace("AAEC", "A+/="), &whole[1..]] {
        assert!(matches!(of(broken), Err(AnswerError::Unreadable { .. })), "{broken}");
    }
    let twice = whole.replace(r#""challenge":"AAEC""#, r#""challenge":"AAEC","challenge":"AAED""#);
    assert!(matches!(of(&twice), Err(AnswerError::Unreadable { .. })), "who reads the first and who the last disagree");
    Ok(())
}

#[test]
fn authenticator_data_is_read_whole_or_not_at_all() {
    let object = raw(&vectors()[1].registration, "attestation_object");
    let whole = data_of_attestation(&object).expect("an attestation");
    assert!(AuthenticatorData::read(&whole).is_ok());
    for length in 0..whole.len() {
        assert!(AuthenticatorData::read(&whole[..length]).is_err(), "{length} bytes");
    }
    assert!(AuthenticatorData::read(&[whole.as_slice(), &[0]].concat()).is_err(), "one byte more");
    let mut extended = whole.clone();
    extended[32] |= 1 << 7;
    assert!(AuthenticatorData::read(&extended).is_err(), "extensions are announced and missing");
    extended.extend_from_slice(&[0xa1, 0x61, b'a', 1]);
    assert!(AuthenticatorData::read(&extended).is_ok(), "extensions that nobody asked for are passed over");
    for length in 0..object.len() {
        assert!(data_of_attestation(&object[..length]).is_err(), "{length} bytes");
    }
    // Thousands of open brackets are refused before they fill the stack.
    assert!(data_of_attestation(&vec![0x81; 60_000]).is_err());
}

#[test]
fn flags_and_site_have_to_fit() {
    let vector = &vectors()[1];
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let object = raw(&vector.registration, "attestation_object");
        let data = data_of_attestation(&object).expect("an attestation");
        let start = object.windows(data.len()).position(|part| part == data).expect("the data is in it");
        let mut changed = data;
        change(&mut changed);
        let mut answer = vector.registered();
        let object = [&object[..start], &changed].concat();
        answer.response.attestation_object = BASE64URL_NOPAD.encode(&object);
        register(SITE, &answer).map(|made| (made.sign_count, made.can_sync))
    };
    assert_eq!(with(&|_| ()), Ok((0, true)));
    assert_eq!(with(&|data| data[36] = 7), Ok((7, true)));
    assert_eq!(with(&|data| data[0] ^= 1), Err(AnswerError::Site { expected: "example.org".to_owned() }));
    assert_eq!(with(&|data| data[32] &= !1), Err(AnswerError::Absent));
    assert_eq!(with(&|data| data[32] &= !4), Err(AnswerError::Unverified));
    assert_eq!(with(&|data| data[32] &= !8), Err(AnswerError::Flags), "copied, but cannot be");
    assert_eq!(with(&|data| data[32] &= !0b1_1000), Ok((0, false)));
    assert_eq!(with(&|data| data[55] ^= 1), Err(AnswerError::OtherCredential));
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let cose = |vector: &Vector| {
        let data = data_of_attestation(&raw(&vector.registration, "attestation_object")).expect("an attestation");
        AuthenticatorData::read(&data).expect("authenticator data").attested.expect("a credential").public_key
    };
    let vectors = vectors();
    let (curve, rsa) = (cose(&vectors[0]), cose(&vectors[3]));
    let changed = |bytes: &[u8], place: usize, to: u8| {
        let mut changed = bytes.to_vec();
        changed[place] = to;
        PublicKey::read(&changed)
    };
    // a5 01 02 03 26 20 01 21 58 20 x… 22 58 20 y…
    assert!(PublicKey::read(&curve).is_ok());
    assert_eq!(changed(&curve, 2, 1), Err(AnswerError::KeyKind), "an octet key pair");
    assert_eq!(changed(&curve, 4, 0x27), Err(AnswerError::KeyKind), "EdDSA");
    assert_eq!(changed(&curve, 6, 2), Err(AnswerError::KeyKind), "P-384");
    assert_eq!(changed(&curve, 5, 0x03), Err(AnswerError::KeyKind), "one label twice");
    // a4 01 03 03 39 01 00 20 59 01 b4 n… 21 43 e…
    assert!(PublicKey::read(&rsa).is_ok());
    assert_eq!(changed(&rsa, 6, 1), Err(AnswerError::KeyKind), "RS384");
    assert_eq!(changed(&rsa, 11, 0), Err(AnswerError::KeyKind), "a modulus with a leading zero");
    // A member that nobody reads, and that would fill the table.
    let mut stuffed = vec![0xa6];
    stuffed.extend_from_slice(&curve[1..]);
    stuffed.extend_from_slice(&[0x38, 0x63, 0x59, 0x10, 0x00]);
    stuffed.resize(stuffed.len() + 0x1000, 0);
    assert_eq!(PublicKey::read(&stuffed), Err(AnswerError::KeyKind));
    for broken in [&[][..], &[0xa0], &[0x80], &curve[..20]] {
        assert_eq!(PublicKey::read(broken), Err(AnswerError::KeyKind));
    }
}
