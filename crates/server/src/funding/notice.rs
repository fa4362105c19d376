//! `POST /v1/connectors/bank/notices`: the bank tells of a credit.
//!
//! Raw bytes → signature and moment ([`qianbao_connectors::notice`]) → JSON → [`book`]. Any answer but 2xx makes the bank tell again
//! later; a repeat of what is booked is taken and changes nothing.

use axum::body::Bytes;
use axum::http::HeaderMap;
use qianbao_api::ProblemCode;
use qianbao_connectors::bank::Credit;
use qianbao_connectors::notice::{self, NOTICE_BYTES_MAX, NoticeError, SIGNATURE_HEADER, Seal, TIMESTAMP_HEADER};
use qianbao_core::Timestamp;

use super::book::{BookError, Booked, book};
use crate::clock::Sources;
use crate::problem::Refuses;
use crate::realm::Realm;

/// The notice was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeNoticeError {
    /// Too large.
    #[error("expected a notice of at most {NOTICE_BYTES_MAX} bytes, found {found}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not known to come from the bank, now.
    #[error(transparent)]
    Signature(#[from] NoticeError),
    /// The signed body is not a credit.
    #[error("expected a credit in the notice's body")]
    Malformed(#[source] serde_json::Error),
    /// The credit could not be booked.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl Refuses for TakeNoticeError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::TooLarge { .. } => ProblemCode::BodyTooLarge,
            Self::Signature(_) => ProblemCode::NoticeSignature,
            Self::Malformed(_) => ProblemCode::MalformedRequest,
            Self::Book(error) => error.code(),
        }
    }
}

/// Checks the notice and books what it says.
///
/// # Errors
/// [`TakeNoticeError`].
pub async fn take(
    realm: &Realm,
    sources: &Sources,
    headers: &HeaderMap,
    body: &Bytes,
    now: Timestamp,
) -> Result<Booked, TakeNoticeError> {
    if body.len() > NOTICE_BYTES_MAX {
        return Err(TakeNoticeError::TooLarge { found: body.len() });
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let seal = Seal { timestamp: text(TIMESTAMP_HEADER), signature: text(SIGNATURE_HEADER) };
    notice::verify(&realm.bank_key, &seal, now, body)?;
    let credit: Credit = serde_json::from_slice(body).map_err(TakeNoticeError::Malformed)?;
    Ok(book(realm, sources, &credit, now).await?)
}
