//! `PUT` and `DELETE /v1/freeze`: a person lets nothing go out of their wallet, and lets money go out again.
//!
//! Freezing is for the moment in which somebody may have their phone: it works at once, from every device that is signed in, and asks nothing.
//! Money still comes in. Unfreezing asks who is there ([`crate::identity::confirm`]). Both are postings that change the state of the person's
//! accounts and move nothing, so each payment is either before the freeze or refused (`wallet_blocked`). A repeat changes nothing.

use axum::response::NoContent;
use qianbao_api::ProblemCode;
use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::id::PersonId;
use qianbao_core::posting::{AccountId, AccountState, ChangeTo, Draft, Head, Owner, Posting, PostingId, PostingKind};
use qianbao_ledger::Outcome;
use sha2::{Digest, Sha256};

use super::accounts;
use crate::directory::{DocumentKind, NewEvent};
use crate::door::{Call, Signed};
use crate::failure::{FailureError, failures};
use crate::identity::confirm::{self, ConfirmError};
use crate::payments::details::Details;
use crate::payments::pay::submit;
use crate::problem::{Refusal, Refuses};

/// Word of the posting that freezes.
pub const FREEZE: PostingKind = PostingKind::literal("wallet_freeze");
/// Word of the posting that unfreezes.
pub const UNFREEZE: PostingKind = PostingKind::literal("wallet_unfreeze");
/// Most accounts of one person that are looked at.
const ACCOUNTS_MAX: usize = 200;

/// The wallet is what it was.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// Who is there has not been asked lately.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(FreezeError);

impl Refuses for FreezeError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Confirm(error) => error.code(),
            Self::Failure(failure) => failure.code(),
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Confirm(error) => error.retry_after_s(),
            Self::Failure(failure) => failure.retry_after_s(),
        }
    }
}

/// Lets nothing go out of the signed-in person's wallet.
#[utoipa::path(put, path = "/v1/freeze", tag = "wallets", responses((status = 204, description = "Frozen.")))]
pub async fn freeze(call: Call, signed: Signed) -> Result<NoContent, Refusal> {
    set(&call, signed.person, true).await?;
    Ok(NoContent)
}

/// Lets money go out again.
#[utoipa::path(delete, path = "/v1/freeze", tag = "wallets", responses((status = 204, description = "Not frozen.")))]
pub async fn unfreeze(call: Call, signed: Signed) -> Result<NoContent, Refusal> {
    confirm::require(&call, &signed).await.map_err(FreezeError::Confirm)?;
    set(&call, signed.person, false).await?;
    Ok(NoContent)
}

/// Freezes or unfreezes every account of `person`'s wallet.
///
/// # Errors
/// [`FreezeError`]; some accounts may be changed then, and a repeat changes the rest.
pub async fn set(call: &Call, person: PersonId, is_frozen: bool) -> Result<(), FreezeError> {
    let realm = &call.realm;
    let found = realm.ledger.accounts_of(Owner::of(person), ACCOUNTS_MAX).await.map_err(FailureError::from)?;
    // One that was never used is opened, so that its first money finds it frozen.
    let mut ids = vec![accounts::personal_wallet(person, Currency::CNY).id()];
    let wallets = found.into_iter().filter(|account| account.key.code == AccountCode::PersonalWallet);
    ids.extend(wallets.map(|account| account.id));
    ids.sort_unstable();
    ids.dedup();
    for some in ids.chunks(Posting::CHANGES_MAX) {
        let posting = posting(call, person, some, is_frozen)?;
        match submit(&realm.ledger, posting).await.map_err(FailureError::from)? {
            Outcome::Posted { .. } => {}
            Outcome::Refused { .. } => {
                return Err(FailureError::Inconsistent("an open wallet to change its state").into());
            }
        }
    }
    let (subject, kind) = (person.to_string(), if is_frozen { "wallet.frozen" } else { "wallet.unfrozen" });
    let mut write = realm.directory.begin().await.map_err(FailureError::from)?;
    let event = NewEvent { id: call.id(), kind, subject: &subject, body: "{}", at: call.now };
    write.event(event).await.map_err(FailureError::from)?;
    // The posting touches no balance, which is what mirrors hear of; so they are told this way.
    write.changed(person.into(), DocumentKind::Person, &subject).await.map_err(FailureError::from)?;
    Ok(write.commit().await.map_err(FailureError::from)?)
}

fn posting(call: &Call, person: PersonId, ids: &[AccountId], is_frozen: bool) -> Result<Posting, FailureError> {
    let (kind, details, state) = if is_frozen {
        (FREEZE, Details::Freeze(person), AccountState::NoDebit)
    } else {
        (UNFREEZE, Details::Unfreeze(person), AccountState::Open)
    };
    let digest = Sha256::new().chain_update(b"qianbao/wallet-state/1\n").chain_update(kind.as_str()).finalize();
    let head = Head {
        owner: Owner::of(person),
        id: PostingId::from_parts(u64::try_from(call.now.millis()).unwrap_or(0), call.random()),
        kind,
        reference: String::new(),
        digest: digest.into(),
        not_after: None,
        details: details.encode()?,
    };
    let open = accounts::open_personal_wallet(person, Currency::CNY, call.realm.limits.wallet_ceiling);
    let draft = Draft::new(head).ensure(open);
    Ok(ids.iter().fold(draft, |draft, id| draft.change(*id, ChangeTo::State(state))).finish()?)
}
