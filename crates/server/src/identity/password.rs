//! Password hashes: Argon2id, 19 MiB, two passes, one lane (OWASP), with a pepper that lies outside the database.
//!
//! Hashing takes tens of milliseconds and 19 MiB, so it runs on a bounded number of threads, and a bounded number of requests waits for
//! them: a flood of sign-ins is told to come back and cannot starve payments.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use qianbao_core::password::normalise;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::codes::secrets::Secret;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Requests that may wait for one worker: at 30 ms each the last one waits a second.
const WAITING_PER_WORKER: usize = 32;

/// The realm's pepper: Argon2's secret input.
#[derive(Clone)]
pub struct Pepper(Secret);

/// A password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many wait already; nothing happened.
    #[error("expected a free place in the queue for passwords, found none")]
    Crowded,
    /// The server is stopping.
    #[error("expected a running server")]
    Stopped,
    /// A stored hash cannot be read, or the hash cannot be computed.
    #[error("expected a password hash in PHC form")]
    Damaged,
}

/// The threads that hash.
#[derive(Debug)]
pub struct Workers {
    places: Semaphore,
    busy: Semaphore,
}

impl Pepper {
    /// This secret.
    pub fn new(secret: Secret) -> Self {
        Self(secret)
    }

    fn argon2(&self) -> Result<Argon2<'_>, HashError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| HashError::Damaged)?;
        Argon2::new_with_secret(self.0.as_slice(), Algorithm::Argon2id, Version::V0x13, params)
            .map_err(|_| HashError::Damaged)
    }
}

impl std::fmt::Debug for Pepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pepper")
    }
}

impl Workers {
    /// `count` threads.
    pub fn new(count: u32) -> Self {
        let count = usize::try_from(count).unwrap_or(1);
        Self { places: Semaphore::new(count * WAITING_PER_WORKER), busy: Semaphore::new(count) }
    }

    /// The hash of `password` with this salt, as a PHC string.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn hash(&self, pepper: &Pepper, password: &str, salt: [u8; 16]) -> Result<String, HashError> {
        let (pepper, password) = (pepper.clone(), Zeroizing::new(normalise(password)));
        self.run(move || {
            let hash: PasswordHash =
                pepper.argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| HashError::Damaged)?;
            Ok(hash.to_string())
        })
        .await?
    }

    /// Whether `password` is the one of this PHC string. The comparison takes the same time either way.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn verify(&self, pepper: &Pepper, password: &str, phc: &str) -> Result<bool, HashError> {
        let (pepper, password, phc) = (pepper.clone(), Zeroizing::new(normalise(password)), phc.to_owned());
        self.run(move || {
            let hash = PasswordHash::new(&phc).map_err(|_| HashError::Damaged)?;
            Ok(pepper.argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        let _place = self.places.try_acquire().map_err(|_| HashError::Crowded)?;
        let _turn = self.busy.acquire().await.map_err(|_| HashError::Stopped)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| HashError::Stopped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_with_its_pepper_only() {
        let workers = Workers::new(1);
        let (pepper, other) = (Pepper::new(Zeroizing::new([1; 32])), Pepper::new(Zeroizing::new([2; 32])));
        let phc = workers.hash(&pepper, "jade-river-walks-2026", [7; 16]).await.expect("hashed");
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let verify = async |pepper, password| workers.verify(pepper, password, &phc).await.expect("compared");
        assert!(verify(&pepper, "jade-river-walks-2026").await);
        assert!(!verify(&pepper, "jade-river-walks-2027").await);
        assert!(!verify(&other, "jade-river-walks-2026").await);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let workers = Workers::new(1);
        let _all = workers.places.acquire_many(32).await.expect("open");
        let pepper = Pepper::new(Zeroizing::new([1; 32]));
        assert!(matches!(workers.hash(&pepper, "x", [0; 16]).await, Err(HashError::Crowded)));
    }
}
