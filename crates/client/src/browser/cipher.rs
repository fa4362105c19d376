//! Sealing by `WebCrypto`. Keys are `CryptoKey`s that cannot be exported; the device's own lies as such in `IndexedDB`.

use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use super::IndexedStorage;
use crate::vault::cipher::{Cipher, CipherError, Ciphered, SealingKey, Secret};

/// AES-GCM's own nonce length: NIST SP 800-38D, section 8.2.
const NONCE_BYTES: usize = 12;

/// `crypto.subtle`, with the store where the device's own key lies.
pub(crate) struct SubtleCipher {
    subtle: SubtleCrypto,
    storage: IndexedStorage,
}

struct SubtleKey {
    subtle: SubtleCrypto,
    seal: CryptoKey,
    name: CryptoKey,
}

impl SubtleCipher {
    /// Nothing where the page is no secure context.
    pub(crate) fn new(storage: IndexedStorage) -> Option<Self> {
        let crypto = web_sys::window()?.crypto().ok()?;
        let subtle = Reflect::get(&crypto, &"subtle".into()).ok().filter(JsValue::is_object)?.unchecked_into();
        Some(Self { subtle, storage })
    }
}

fn fresh<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("every browser that runs wasm has crypto.getRandomValues");
    bytes
}

fn failed(error: &JsValue) -> CipherError {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    CipherError::Failed(name.unwrap_or_else(|| "an error without a name".to_owned()))
}

/// An object with these members.
fn object(members: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object)
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn uses(names: &[&str]) -> JsValue {
    names.iter().map(|name| JsValue::from_str(name)).collect::<Array>().into()
}

async fn done<T: JsCast>(promise: Result<Promise, JsValue>) -> Result<T, JsValue> {
    JsFuture::from(promise?).await?.dyn_into()
}

async fn buffer(promise: Result<Promise, JsValue>) -> Result<Vec<u8>, JsValue> {
    Ok(Uint8Array::new(&JsFuture::from(promise?).await?).to_vec())
}

/// A key for HMAC-SHA-256, as generating, importing and deriving take it.
fn hmac() -> Result<Object, JsValue> {
    object(&[("name", "HMAC".into()), ("hash", "SHA-256".into()), ("length", 256.into())])
}

async fn derived(subtle: &SubtleCrypto, secret: &Secret, salt: &[u8], purpose: &str) -> Result<SubtleKey, JsValue> {
    let raw = Uint8Array::from(secret.bytes());
    let base: CryptoKey = done(subtle.import_key_with_str("raw", &raw, "HKDF", false, &uses(&["deriveKey"]))).await?;
    raw.fill(0, 0, raw.length());
    let of = |part: &str| {
        let info = ["qianbao/1/", purpose, part].concat();
        let members = [
            ("name", "HKDF".into()),
            ("hash", "SHA-256".into()),
            ("salt", bytes(salt)),
            ("info", bytes(info.as_bytes())),
        ];
        object(&members)
    };
    let aes = object(&[("name", "AES-GCM".into()), ("length", 256.into())])?;
    let seal =
        subtle.derive_key_with_object_and_object(&of("/seal")?, &base, &aes, false, &uses(&["encrypt", "decrypt"]));
    let name = subtle.derive_key_with_object_and_object(&of("/name")?, &base, &hmac()?, false, &uses(&["sign"]));
    Ok(SubtleKey { subtle: subtle.clone(), seal: done(seal).await?, name: done(name).await? })
}

impl Cipher for SubtleCipher {
    fn random(&self) -> Secret {
        Secret::new(fresh::<32>().to_vec())
    }

    fn key(&self, secret: &Secret, salt: &[u8], purpose: &'static str) -> Ciphered<Rc<dyn SealingKey>> {
        let (subtle, secret, salt) = (self.subtle.clone(), secret.clone(), salt.to_vec());
        Box::pin(async move {
            let key = derived(&subtle, &secret, &salt, purpose).await.map_err(|error| failed(&error))?;
            Ok(Rc::new(key) as Rc<dyn SealingKey>)
        })
    }

    fn bind(&self, share: &Secret) -> Ciphered<Secret> {
        let (subtle, storage, share) = (self.subtle.clone(), self.storage.clone(), share.clone());
        Box::pin(async move {
            let made = async {
                let made = subtle.generate_key_with_object(&hmac()?, false, &uses(&["sign"]));
                done::<CryptoKey>(made).await
            };
            let made = made.await.map_err(|error| failed(&error))?;
            let own = storage.own_key(made).await.map_err(|error| CipherError::Failed(error.to_string()))?;
            let mixed = buffer(subtle.sign_with_str_and_u8_array("HMAC", &own, share.bytes())).await;
            mixed.map(Secret::new).map_err(|error| failed(&error))
        })
    }
}

fn gcm(nonce: &[u8], place: &[u8]) -> Result<Object, JsValue> {
    object(&[("name", "AES-GCM".into()), ("iv", bytes(nonce)), ("additionalData", bytes(place))])
}

impl SealingKey for SubtleKey {
    fn seal(&self, place: Vec<u8>, plain: Vec<u8>) -> Ciphered<Vec<u8>> {
        let (subtle, key) = (self.subtle.clone(), self.seal.clone());
        Box::pin(async move {
            let nonce = fresh::<NONCE_BYTES>();
            let sealed =
                async { buffer(subtle.encrypt_with_object_and_u8_array(&gcm(&nonce, &place)?, &key, &plain)).await };
            let sealed = sealed.await.map_err(|error| failed(&error))?;
            Ok([nonce.as_slice(), &sealed].concat())
        })
    }

    fn open(&self, place: Vec<u8>, sealed: Vec<u8>) -> Ciphered<Vec<u8>> {
        let (subtle, key) = (self.subtle.clone(), self.seal.clone());
        Box::pin(async move {
            let Some((nonce, sealed)) = sealed.split_first_chunk::<NONCE_BYTES>() else {
                return Err(CipherError::Foreign);
            };
            let opened =
                async { buffer(subtle.decrypt_with_object_and_u8_array(&gcm(nonce, &place)?, &key, sealed)).await };
            opened.await.map_err(|error| match failed(&error) {
                CipherError::Failed(name) if name == "OperationError" => CipherError::Foreign,
                other => other,
            })
        })
    }

    fn name(&self, text: Vec<u8>) -> Ciphered<Vec<u8>> {
        let (subtle, key) = (self.subtle.clone(), self.name.clone());
        Box::pin(async move {
            buffer(subtle.sign_with_str_and_u8_array("HMAC", &key, &text)).await.map_err(|error| failed(&error))
        })
    }
}
