//! `GET /v1/session/key-share`: the server's part of the key to what a browser keeps.
//!
//! A browser seals its copy with a key of its own and keeps that key wrapped only. One wrapping takes two parts: a key that no script of the
//! browser can read, and this share. A share is of one device and made when it is first asked for. It is given to a live session of the device and
//! to nobody else; signing out and ending the device delete it, and then nothing that was wrapped with it can be opened again. The end of a session
//! by time does not: who signs in again on the same device gets the same share.
//!
//! The database keeps a random seed; the share comes of it and of the realm's pepper, so the database alone gives none.

use axum::Json;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use qianbao_api::ProblemCode;
use qianbao_api::identity::KeyShare;
use qianbao_core::id::DeviceId;
use sha2::Sha256;

use super::rows::key_shares;
use crate::codes::secrets::{Secret, derived};
use crate::directory::DirectoryError;
use crate::door::{Call, Signed};
use crate::problem::{Refusal, Refuses};

/// What the shares of a realm come of, beside their seeds.
#[derive(Clone)]
pub struct ShareKey(Secret);

/// There is no share to give.
#[derive(Debug, thiserror::Error)]
pub enum KeyShareError {
    /// The session or its device ended while the request was on its way.
    #[error("expected a live session in the cookie; sign in")]
    Ended,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for KeyShareError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Ended => ProblemCode::SignInRequired,
            Self::Directory(error) => error.code(),
        }
    }
}

/// The share of the device that asks.
#[utoipa::path(get, path = "/v1/session/key-share", tag = "identity", responses((status = 200, body = KeyShare)))]
pub async fn get(call: Call, signed: Signed) -> Result<Json<KeyShare>, Refusal> {
    Ok(Json(share(&call, &signed).await?))
}

/// The share of the device of `signed`.
///
/// # Errors
/// [`KeyShareError`].
pub async fn share(call: &Call, signed: &Signed) -> Result<KeyShare, KeyShareError> {
    let found = key_shares::of_session(&call.realm.directory, signed.session, call.now).await?;
    let (device, mut seed) = found.ok_or(KeyShareError::Ended)?;
    if seed.is_empty() {
        let mut write = call.realm.directory.begin().await?;
        key_shares::begin(&mut write, device, &BASE64URL_NOPAD.encode(&call.random::<32>())).await?;
        // Another request may have been faster, and its seed stands.
        let stands = key_shares::of_session_in(&mut write, signed.session, call.now).await?;
        (_, seed) = stands.ok_or(KeyShareError::Ended)?;
        write.commit().await?;
    }
    Ok(call.realm.share_key.share(device, &seed))
}

impl ShareKey {
    /// The key that goes with a realm's pepper.
    pub fn of_pepper(pepper: &Secret) -> Self {
        Self(derived(pepper, "qianbao key shares 1"))
    }

    fn share(&self, device: DeviceId, seed: &str) -> KeyShare {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes keys of any length");
        mac.update(device.uuid().as_bytes());
        mac.update(seed.as_bytes());
        KeyShare { share: BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()) }
    }
}

impl std::fmt::Debug for ShareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareKey")
    }
}
