//! The browser's bodies: the only place of this crate that names the web platform.

mod authenticator;
mod cipher;
mod clock;
mod entropy;
mod events;
mod fetch;
mod indexed;
pub(crate) mod json;
mod migrations;
mod owed;
mod tabs;
mod verifier;

use std::rc::Rc;

use crate::client::Platform;
use crate::storage::Storage;
use crate::storage::memory::MemoryStorage;
use crate::vault::cipher::{Cipher, NoCipher};

pub use indexed::IndexedStorage;

impl Platform {
    /// Everything the browser gives, with the database `name`. Without `IndexedDB` (some private windows), or without the
    /// cryptography to seal what it keeps, the store is memory and says so.
    pub async fn of_browser(name: &str) -> Self {
        let storage = IndexedStorage::open(name).await.ok();
        let cipher = storage.clone().and_then(cipher::SubtleCipher::new);
        let (storage, cipher): (Rc<dyn Storage>, Rc<dyn Cipher>) = match (storage, cipher) {
            (Some(storage), Some(cipher)) => (Rc::new(storage), Rc::new(cipher)),
            _ => (Rc::new(MemoryStorage::new()), Rc::new(NoCipher)),
        };
        Self {
            transport: Rc::new(fetch::Fetch),
            storage,
            clock: Rc::new(clock::BrowserClock),
            entropy: Rc::new(entropy::BrowserEntropy),
            tabs: Rc::new(tabs::BrowserTabs::new()),
            events: Rc::new(events::BrowserEvents),
            authenticator: Rc::new(authenticator::Credentials),
            verifier: Rc::new(verifier::WebCrypto),
            cipher,
            owed: Rc::new(owed::LocalNote::default()),
            origin: web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default(),
        }
    }
}
