//! A platform with no network, no other tabs and nothing lasting.

use std::rc::Rc;

use futures::future::LocalBoxFuture;
use qianbao_core::Timestamp;

use crate::authenticator::NoAuthenticator;
use crate::client::Platform;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::events::NoEvents;
use crate::owed::OwedInMemory;
use crate::storage::memory::MemoryStorage;
use crate::tabs::OnlyTab;
use crate::transport::Unreachable;
use crate::vault::cipher::NoCipher;
use crate::verify::NoVerifier;

/// A clock that stands still, and whose waits never end.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
    fn sleep(&self, _ms: u32) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl Entropy for Standing {
    fn ten_bytes(&self) -> [u8; 10] {
        [0; 10]
    }
}

impl Platform {
    /// A platform that reaches nobody and keeps nothing.
    pub fn alone() -> Self {
        Self {
            transport: Rc::new(Unreachable),
            storage: Rc::new(MemoryStorage::new()),
            clock: Rc::new(Standing),
            entropy: Rc::new(Standing),
            tabs: Rc::new(OnlyTab),
            events: Rc::new(NoEvents),
            authenticator: Rc::new(NoAuthenticator),
            verifier: Rc::new(NoVerifier),
            cipher: Rc::new(NoCipher),
            owed: Rc::new(OwedInMemory::default()),
            origin: "https://wallet.example".to_owned(),
        }
    }
}
