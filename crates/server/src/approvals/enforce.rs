//! Whether something that moves value carries what it needs. Asked by the payment and the refund themselves, each time.
//!
//! Reads memory and the ledger, and writes nothing: the PIN or passkey was shown before, and the seal in the request says so. What goes without
//! asking is not counted here but in the posting ([`Terms::free_day`]), whose guard no race passes.

use qianbao_api::ProblemCode;
use qianbao_core::Timestamp;
use qianbao_core::approval::{Acquaintance, Factor, Needed, decide};
use qianbao_core::posting::LedgerDay;

use super::need::{Count, Moving, circumstances};
use super::token::{Approval, TokenError};
use crate::failure::{FailureError, failures};
use crate::problem::Refuses;
use crate::realm::Realm;

/// The approval is not enough.
#[derive(Debug, thiserror::Error)]
pub enum EnforceError {
    /// There is none, and one is needed.
    #[error("expected an approval by PIN or passkey, found none: show the preview again and approve")]
    Required,
    /// Only a passkey will do.
    #[error("expected an approval by passkey, found none or one by PIN: show the preview again and approve")]
    Passkey,
    /// It is of something else, or over.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(EnforceError);

impl Refuses for EnforceError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Required => ProblemCode::ApprovalRequired,
            Self::Passkey => ProblemCode::PasskeyRequired,
            Self::Token(_) => ProblemCode::ApprovalInvalid,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        (!matches!(self, Self::Failure(_))).then(|| "approval".to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        if let Self::Failure(failure) = self { failure.retry_after_s() } else { None }
    }
}

/// What the posting has to do because of how it was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The day on which it counts as one that went without asking.
    pub free_day: Option<LedgerDay>,
    /// Whether the payee is paid for the first time.
    pub is_first: bool,
}

/// Whether `moving`, whose intent has the digest that `digest` makes for an end, carries in `approval` what it needs.
///
/// # Errors
/// [`EnforceError`].
pub async fn enforce(
    realm: &Realm,
    moving: Moving,
    approval: Option<&str>,
    digest: impl FnOnce(Timestamp) -> [u8; 32],
    now: Timestamp,
) -> Result<Terms, EnforceError> {
    let shown = match approval {
        Some(text) => {
            let approval = Approval::read(text)?;
            let digest = digest(approval.expires_at);
            Some(realm.approval_key.check(&approval, moving.person, &digest, now)?)
        }
        None => None,
    };
    let found = circumstances(realm, moving, Count::Elsewhere).await?;
    met(decide(&found).needed, shown)?;
    let free_day = shown.is_none().then(|| realm.ledger.day());
    Ok(Terms { free_day, is_first: found.payee == Acquaintance::New })
}

fn met(needed: Needed, shown: Option<Factor>) -> Result<(), EnforceError> {
    match needed {
        _ if needed.is_met_by(shown) => Ok(()),
        Needed::Passkey => Err(EnforceError::Passkey),
        Needed::Nothing | Needed::PinOrPasskey => Err(EnforceError::Required),
    }
}
