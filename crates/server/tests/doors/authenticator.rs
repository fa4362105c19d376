//! An authenticator in software: makes ES256 keys, signs as it is asked, and lies where a test wants it to.

use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use qianbao_api::passkeys::{CreationOptions, RequestOptions};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::house::TestResult;

/// Present, verified, may be copied, is copied.
const FLAGS: u8 = 0b1_1101;
const ATTESTED: u8 = 1 << 6;

/// The authenticator, with the browser around it.
pub struct Authenticator {
    random: SystemRandom,
    keys: Vec<Key>,
    /// The origin of the page that asks.
    pub origin: String,
    /// What it says of presence, verification and copies.
    pub flags: u8,
    /// Its counter, which goes up by one with each signature unless it is 0.
    pub counter: u32,
    /// Members put into the client data, in the place of those that are there.
    pub lies: Value,
}

struct Key {
    id: String,
    rp_id: String,
    user: String,
    pair: EcdsaKeyPair,
}

impl Authenticator {
    /// Without a key, asked by the page of `host`.
    pub fn at(host: &str) -> Self {
        Self {
            random: SystemRandom::new(),
            keys: Vec::new(),
            origin: format!("http://{host}"),
            flags: FLAGS,
            counter: 0,
            lies: json!({}),
        }
    }

    /// Makes a passkey: `RegistrationResponseJSON`.
    pub fn create(&mut self, options: &CreationOptions) -> TestResult<Value> {
        let asked: Vec<i32> = options.pub_key_cred_params.iter().map(|kind| kind.alg).collect();
        assert_eq!(asked, [-7, -257]);
        let selection = &options.authenticator_selection;
        assert_eq!((selection.resident_key.as_str(), selection.user_verification.as_str()), ("required", "required"));
        let mut id = [0; 32];
        self.random.fill(&mut id).map_err(|_| "random bytes")?;
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.random).map_err(|_| "a key")?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &self.random)
            .map_err(|_| "a key")?;
        let point = pair.public_key().as_ref();
        let whole = |number: i64| Cbor::Integer(number.into());
        let cose = Cbor::Map(vec![
            (whole(1), whole(2)),
            (whole(3), whole(-7)),
            (whole(-1), whole(1)),
            (whole(-2), Cbor::Bytes(point[1..33].to_vec())),
            (whole(-3), Cbor::Bytes(point[33..].to_vec())),
        ]);
        let mut data = self.data(&options.rp.id, self.flags | ATTESTED);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&[0, 32]);
        data.extend_from_slice(&id);
        ciborium::into_writer(&cose, &mut data)?;
        let object = Cbor::Map(vec![
            (Cbor::Text("fmt".to_owned()), Cbor::Text("none".to_owned())),
            (Cbor::Text("attStmt".to_owned()), Cbor::Map(Vec::new())),
            (Cbor::Text("authData".to_owned()), Cbor::Bytes(data)),
        ]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation)?;
        let id = BASE64URL_NOPAD.encode(&id);
        let client_data = self.client_data("webauthn.create", &options.challenge);
        self.keys.push(Key { id: id.clone(), rp_id: options.rp.id.clone(), user: options.user.id.clone(), pair });
        Ok(json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": BASE64URL_NOPAD.encode(client_data.as_bytes()),
                "attestationObject": BASE64URL_NOPAD.encode(&attestation),
                "transports": ["internal", "hybrid", "<script>"],
            },
        }))
    }

    /// Uses its newest passkey of the site that may answer: `AuthenticationResponseJSON`.
    pub fn get(&mut self, options: &RequestOptions) -> TestResult<Value> {
        assert_eq!(options.user_verification, "required");
        let is_taken = |key: &&Key| {
            let known = &options.allow_credentials;
            key.rp_id == options.rp_id && (known.is_empty() || known.iter().any(|known| known.id == key.id))
        };
        let place =
            self.keys.iter().rev().find(is_taken).map(|key| key.id.clone()).ok_or("expected a passkey of the site")?;
        self.sign_by(&place, options)
    }

    /// Uses this passkey, whatever is asked for.
    pub fn sign_by(&mut self, id: &str, options: &RequestOptions) -> TestResult<Value> {
        if self.counter > 0 {
            self.counter += 1;
        }
        let key = self.keys.iter().find(|key| key.id == id).ok_or("expected a passkey")?;
        let data = self.data(&options.rp_id, self.flags);
        let client_data = self.client_data("webauthn.get", &options.challenge);
        let signed = [data.as_slice(), digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = key.pair.sign(&self.random, &signed).map_err(|_| "a signature")?;
        Ok(json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64URL_NOPAD.encode(client_data.as_bytes()),
                "authenticatorData": BASE64URL_NOPAD.encode(&data),
                "signature": BASE64URL_NOPAD.encode(signature.as_ref()),
                "userHandle": key.user,
            },
        }))
    }

    fn data(&self, rp_id: &str, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        let mut members = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        for (name, value) in self.lies.as_object().into_iter().flatten() {
            members[name] = value.clone();
        }
        members.to_string()
    }
}
