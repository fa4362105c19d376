//! The cryptography of a device in tests: the same constructions as the browser's, by other code.

use std::cell::{Cell, RefCell};
use std::future::ready;
use std::rc::Rc;

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use hmac::{Hmac, Mac};
use qianbao_client::vault::cipher::{Cipher, CipherError, Ciphered, SealingKey, Secret};
use sha2::Sha256;

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// HKDF-SHA-256 for one block.
fn hkdf(secret: &[u8], salt: &[u8], info: &str) -> [u8; 32] {
    hmac(&hmac(salt, &[secret]), &[info.as_bytes(), &[1]])
}

/// The cryptography of one device.
#[derive(Default)]
pub struct Soft {
    counter: Cell<u64>,
    own: RefCell<Option<[u8; 32]>>,
}

/// As the client has it.
pub struct Handle(pub Rc<Soft>);

struct SoftKey {
    device: Rc<Soft>,
    seal: [u8; 32],
    name: [u8; 32],
}

impl Soft {
    fn fresh(&self) -> [u8; 32] {
        self.counter.set(self.counter.get() + 1);
        hmac(b"a device in a test", &[&self.counter.get().to_le_bytes()])
    }

    /// The key that no script can read is gone, as the browser may lose it.
    #[allow(dead_code, reason = "unit tests need it not")]
    pub fn forget(&self) {
        self.own.replace(None);
    }
}

impl Cipher for Handle {
    fn random(&self) -> Secret {
        Secret::new(self.0.fresh().to_vec())
    }

    fn key(&self, secret: &Secret, salt: &[u8], purpose: &'static str) -> Ciphered<Rc<dyn SealingKey>> {
        let of = |use_: &str| hkdf(secret.bytes(), salt, &["qianbao/1/", purpose, use_].concat());
        let key: Rc<dyn SealingKey> = Rc::new(SoftKey { device: self.0.clone(), seal: of("/seal"), name: of("/name") });
        Box::pin(ready(Ok(key)))
    }

    fn bind(&self, share: &Secret) -> Ciphered<Secret> {
        let own = *self.0.own.borrow_mut().get_or_insert_with(|| self.0.fresh());
        Box::pin(ready(Ok(Secret::new(hmac(&own, &[share.bytes()]).to_vec()))))
    }
}

impl SoftKey {
    fn aes(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.seal))
    }
}

impl SealingKey for SoftKey {
    fn seal(&self, place: Vec<u8>, plain: Vec<u8>) -> Ciphered<Vec<u8>> {
        let mut nonce = [0; 12];
        nonce.copy_from_slice(&self.device.fresh()[..12]);
        let sealed = self.aes().encrypt(&Nonce::from(nonce), Payload { msg: &plain, aad: &place });
        let sealed = sealed.expect("AES-GCM takes short messages");
        Box::pin(ready(Ok([nonce.as_slice(), &sealed].concat())))
    }

    fn open(&self, place: Vec<u8>, sealed: Vec<u8>) -> Ciphered<Vec<u8>> {
        let opened = sealed.split_first_chunk::<12>().and_then(|(nonce, sealed)| {
            self.aes().decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &place }).ok()
        });
        Box::pin(ready(opened.ok_or(CipherError::Foreign)))
    }

    fn name(&self, text: Vec<u8>) -> Ciphered<Vec<u8>> {
        Box::pin(ready(Ok(hmac(&self.name, &[&text]).to_vec())))
    }
}
