//! `POST /v1/approvals`: the person shows a PIN or a passkey for one payment or refund, and gets the seal that it carries.
//!
//! Phases: the intent, made here from what the request names and the directory knows · the factor: a PIN, its try counted first; or a passkey
//! whose challenge is the intent's SHA-256, by the same verifier that signs in · the seal. Nothing moves here, and nothing is decided about the
//! payment but what it is: it decides for itself when it comes.
//!
//! An assertion is good once. A session that was idle is in use again afterwards: its person is there.

use axum::http::HeaderMap;
use data_encoding::HEXLOWER;
use qianbao_api::ProblemCode;
use qianbao_api::approvals::{Approve, Approved, ApprovedAct};
use qianbao_api::passkeys::Assertion;
use qianbao_core::Timestamp;
use qianbao_core::approval::Factor;
use qianbao_core::refund::RefundIntent;
use sha2::{Digest, Sha256};

use super::pin::{self, TryPinError};
use crate::directory::DirectoryError;
use crate::door::cookie::{self, Cookie};
use crate::door::{Call, Signed};
use crate::hosts::Audience;
use crate::identity::passkeys::challenge::ChallengeError;
use crate::identity::passkeys::{PasskeyError, sign_in as by_passkey, site};
use crate::identity::rows::challenges;
use crate::identity::session::{self, SessionError};
use crate::identity::webauthn::{self, Kind};
use crate::payments::intended::{Intended, intended};
use crate::payments::pay::{PayError, VALIDITY_S_MAX};
use crate::problem::Refuses;

/// How long after its end an answered assertion is remembered, for processes whose clock is behind, seconds.
const REMEMBERED_S: i64 = 120;

/// Nothing was approved.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// This is not approved on this host.
    #[error("expected a payment in the wallet, or a refund at the desk")]
    Host,
    /// The approval would be over, or last too long.
    #[error("expected not_after at most {VALIDITY_S_MAX} seconds after {now:?}, the server's time, found {found:?}")]
    NotAfter {
        /// The server's time.
        now: Timestamp,
        /// The request's.
        found: Timestamp,
    },
    /// The payment cannot be made as it is.
    #[error(transparent)]
    Payment(#[from] PayError),
    /// Neither factor was given, or both.
    #[error("expected either `pin` or `passkey`")]
    Factor,
    /// The PIN.
    #[error(transparent)]
    Pin(#[from] TryPinError),
    /// The passkey.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// The session ended meanwhile.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for ApproveError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Host | Self::Factor => ProblemCode::MalformedRequest,
            Self::NotAfter { .. } => ProblemCode::NotAfterInvalid,
            Self::Payment(error) => error.code(),
            Self::Pin(error) => error.code(),
            Self::Passkey(error) => error.code(),
            Self::Session(error) => error.code(),
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Host => Some("act".to_owned()),
            Self::NotAfter { .. } => Some("not_after".to_owned()),
            Self::Payment(error) => error.param(),
            Self::Factor => Some("pin".to_owned()),
            Self::Pin(error) => error.param(),
            Self::Passkey(error) => error.param(),
            Self::Session(_) | Self::Directory(_) => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Payment(error) => error.retry_after_s(),
            Self::Pin(error) => error.retry_after_s(),
            _ => (self.code() == ProblemCode::Overloaded).then_some(1),
        }
    }

    fn tries_left(&self) -> Option<u32> {
        if let Self::Pin(error) = self { error.tries_left() } else { None }
    }
}

/// Approves what `request` names, for the signed-in person.
///
/// # Errors
/// [`ApproveError`]; then nothing was approved.
pub async fn approve(
    call: &Call,
    signed: &Signed,
    headers: &HeaderMap,
    request: &Approve,
) -> Result<Approved, ApproveError> {
    let (digest, expires_at) = digest_of(call, signed, &request.act).await?;
    let factor = match (&request.pin, &request.passkey) {
        (Some(typed), None) => {
            pin::prove(&call.realm, &call.app.pin_workers, &call.app.sources, signed.person, typed).await?;
            Factor::Pin
        }
        (None, Some(answer)) => {
            by_assertion(call, signed, answer, &digest, expires_at).await?;
            Factor::Passkey
        }
        (None, None) | (Some(_), Some(_)) => return Err(ApproveError::Factor),
    };
    session::wake(call, cookie::read(headers, Cookie::Session)).await?;
    let approval = call.realm.approval_key.seal(signed.person, &digest, factor, expires_at);
    Ok(Approved { approval, expires_at })
}

/// The digest of what is approved, as this server makes it, and its end.
async fn digest_of(call: &Call, signed: &Signed, act: &ApprovedAct) -> Result<([u8; 32], Timestamp), ApproveError> {
    let (ApprovedAct::Payment { not_after, .. } | ApprovedAct::Refund { not_after, .. }) = *act;
    if not_after <= call.now || not_after > call.now.plus_seconds(VALIDITY_S_MAX) {
        return Err(ApproveError::NotAfter { now: call.now, found: not_after });
    }
    let digest = match (act, call.audience) {
        (ApprovedAct::Payment { id, target, amount, fee, .. }, Audience::Wallet) => {
            let parts = Intended { id: *id, target, amount: *amount, fee: *fee, not_after };
            intended(&call.realm, signed.person, parts, call.now).await?.1.digest()
        }
        (ApprovedAct::Refund { id, of, amount, .. }, Audience::Desk) => {
            RefundIntent { refund: *id, by: signed.person, of: *of, amount: *amount, not_after }.digest()
        }
        _ => return Err(ApproveError::Host),
    };
    Ok((digest, not_after))
}

/// Takes an assertion whose challenge is the intent's digest, once.
async fn by_assertion(
    call: &Call,
    signed: &Signed,
    answer: &Assertion,
    digest: &[u8; 32],
    expires_at: Timestamp,
) -> Result<(), PasskeyError> {
    let data = webauthn::client_data(Kind::Get, site(call), &answer.response.client_data_json)?;
    if data.challenge != digest {
        return Err(ChallengeError::Foreign.into());
    }
    let asserted = by_passkey::asserted(call, answer, &data).await?;
    if asserted.passkey.person != signed.person {
        return Err(PasskeyError::Unknown);
    }
    let mut write = call.realm.directory.begin().await?;
    let hash = Sha256::new().chain_update(b"qianbao/approved/1\n").chain_update(digest).finalize();
    if !challenges::spend(&mut write, &HEXLOWER.encode(&hash), expires_at.plus_seconds(REMEMBERED_S)).await? {
        return Err(ChallengeError::Spent.into());
    }
    asserted.write_down(&mut write, call).await?;
    Ok(write.commit().await?)
}
