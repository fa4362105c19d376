//! `PUT` and `DELETE /v1/freeze`: a person lets nothing go out of their wallet, and lets money go out again.
//!
//! Freezing is for the moment in which somebody may have their phone: it works at once, from every device that is signed in, and asks nothing.
//! Money still comes in. Unfreezing asks for a session that began after the freeze, a few minutes ago at most
//! ([`crate::identity::confirm`]): whoever has an open session in their hands cannot. Both are postings that change the state of the person's
//! accounts and move nothing, so each payment is either before the freeze or refused (`wallet_blocked`). A repeat changes nothing.

use axum::response::NoContent;
use qianbao_api::ProblemCode;
use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::id::PersonId;
use qianbao_core::posting::{AccountId, AccountState, ChangeTo, Draft, Head, Owner, Posting, PostingId, PostingKind};
use qianbao_ledger::Outcome;
use sha2::{Digest, Sha256};

use super::{accounts, rows};
use crate::directory::{DocumentKind, NewEvent, Write};
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
    /// An account of the wallet is in a state that only the operator changes.
    #[error("expected a wallet that its person may freeze and unfreeze; ask the operator")]
    Held,
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(FreezeError);

impl Refuses for FreezeError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Confirm(error) => error.code(),
            Self::Held => ProblemCode::WalletBlocked,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Confirm(error) => error.retry_after_s(),
            Self::Held => None,
            Self::Failure(failure) => failure.retry_after_s(),
        }
    }
}

/// Lets nothing go out of the signed-in person's wallet.
#[utoipa::path(put, path = "/v1/freeze", tag = "wallets", responses((status = 204, description = "Frozen.")))]
pub async fn freeze(call: Call, signed: Signed) -> Result<NoContent, Refusal> {
    stop(&call, signed.person).await?;
    Ok(NoContent)
}

/// Lets money go out again.
#[utoipa::path(delete, path = "/v1/freeze", tag = "wallets", responses((status = 204, description = "Not frozen.")))]
pub async fn unfreeze(call: Call, signed: Signed) -> Result<NoContent, Refusal> {
    go_on(&call, &signed).await?;
    Ok(NoContent)
}

/// Freezes `person`'s wallet.
///
/// # Errors
/// [`FreezeError`]; some accounts may be frozen then, and a repeat freezes the rest.
pub async fn stop(call: &Call, person: PersonId) -> Result<(), FreezeError> {
    // First: should this process die in between, unfreezing asks for more than it need.
    let mut write = call.realm.directory.begin().await.map_err(FailureError::from)?;
    rows::freeze(&mut write, person, call.now).await.map_err(FailureError::from)?;
    write.commit().await.map_err(FailureError::from)?;
    set(call, person, AccountState::Open, AccountState::NoDebit).await?;
    let mut write = call.realm.directory.begin().await.map_err(FailureError::from)?;
    tell(&mut write, call, person, "wallet.frozen").await?;
    Ok(write.commit().await.map_err(FailureError::from)?)
}

/// Lets money go out of the signed-in person's wallet again, if their session began after the freeze, and lately.
///
/// # Errors
/// [`FreezeError`]; then some accounts may still be frozen, and a repeat opens the rest.
pub async fn go_on(call: &Call, signed: &Signed) -> Result<(), FreezeError> {
    let directory = &call.realm.directory;
    let frozen_at = rows::frozen_at(directory.readers(), signed.person).await.map_err(FailureError::from)?;
    confirm::require_since(call, signed, frozen_at).await?;
    set(call, signed.person, AccountState::NoDebit, AccountState::Open).await?;
    let mut write = directory.begin().await.map_err(FailureError::from)?;
    rows::unfreeze(&mut write, signed.person).await.map_err(FailureError::from)?;
    tell(&mut write, call, signed.person, "wallet.unfrozen").await?;
    Ok(write.commit().await.map_err(FailureError::from)?)
}

/// Changes every account of `person`'s wallet from one state to another. One that an operator has put into a state of its own stays there.
async fn set(call: &Call, person: PersonId, from: AccountState, to: AccountState) -> Result<(), FreezeError> {
    let ledger = &call.realm.ledger;
    let found = ledger.accounts_of(Owner::of(person), ACCOUNTS_MAX).await.map_err(FailureError::from)?;
    let wallets: Vec<_> = found.into_iter().filter(|account| account.key.code == AccountCode::PersonalWallet).collect();
    if wallets.iter().any(|account| account.state != from && account.state != to) {
        return Err(FreezeError::Held);
    }
    let mut ids: Vec<_> = wallets.iter().filter(|account| account.state == from).map(|account| account.id).collect();
    if wallets.is_empty() {
        // One that was never used is opened, so that its first money finds it frozen.
        ids.push(accounts::personal_wallet(person, Currency::CNY).id());
    }
    for some in ids.chunks(Posting::CHANGES_MAX) {
        match submit(ledger, posting(call, person, some, to)?).await.map_err(FailureError::from)? {
            Outcome::Posted { .. } => {}
            Outcome::Refused { .. } => {
                return Err(FailureError::Inconsistent("an open wallet to change its state").into());
            }
        }
    }
    Ok(())
}

/// Writes down what happened, and tells the person's mirrors: the posting touches no balance, which is what they hear of otherwise.
async fn tell(write: &mut Write, call: &Call, person: PersonId, kind: &str) -> Result<(), FreezeError> {
    let subject = person.to_string();
    let event = NewEvent { id: call.id(), kind, subject: &subject, body: "{}", at: call.now };
    write.event(event).await.map_err(FailureError::from)?;
    Ok(write.changed(person.into(), DocumentKind::Person, &subject).await.map_err(FailureError::from)?)
}

fn posting(call: &Call, person: PersonId, ids: &[AccountId], state: AccountState) -> Result<Posting, FailureError> {
    let (kind, details) = match state {
        AccountState::Open => (UNFREEZE, Details::Unfreeze(person)),
        _ => (FREEZE, Details::Freeze(person)),
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
