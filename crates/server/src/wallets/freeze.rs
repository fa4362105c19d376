//! `PUT` and `DELETE /v1/freeze`: a person lets nothing go out of their wallet, and lets money go out again.
//!
//! Freezing is for the moment in which somebody may have their phone: it works at once, from every device that is signed in, and asks nothing.
//! Money still comes in. Unfreezing asks for a session that began after the freeze, a few minutes ago at most
//! ([`crate::identity::confirm`]): whoever has an open session in their hands cannot. Both are postings that change the state of the person's
//! accounts and move nothing, so each payment is either before the freeze or refused (`wallet_blocked`). A repeat changes nothing.
//!
//! Each freeze has a mark, and whoever ends it, by letting money go out or by freezing anew, claims that in the ledger. So a freeze that another
//! device makes in the same moment is not undone: either it claims the end first, and unfreezing has to ask again, or it comes after.

use axum::response::NoContent;
use qianbao_api::ProblemCode;
use qianbao_core::Currency;
use qianbao_core::Timestamp;
use qianbao_core::chart::AccountCode;
use qianbao_core::id::{Event, PersonId};
use qianbao_core::posting::{
    AccountId, AccountState, ChangeTo, ClaimKey, Draft, Head, OnVoid, Owner, Posting, PostingId, PostingKind,
};
use qianbao_ledger::Outcome;
use sha2::{Digest, Sha256};

pub use super::rows::Freeze;
use super::{accounts, rows};
use crate::directory::{DocumentKind, NewEvent, Write};
use crate::door::{Call, Signed};
use crate::failure::{FailureError, failures};
use crate::identity::confirm::{self, ConfirmError};
use crate::identity::recovery;
use crate::payments::details::Details;
use crate::payments::pay::submit;
use crate::problem::{Refusal, Refuses};

/// Word of the posting that freezes.
pub const FREEZE: PostingKind = PostingKind::literal("wallet_freeze");
/// Word of the posting that unfreezes.
pub const UNFREEZE: PostingKind = PostingKind::literal("wallet_unfreeze");
/// Domain word of the claim on a freeze's end: its mark, and which posting of several.
const END_OF_FREEZE: &str = "qianbao/claim/freeze/1";
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
    /// It was frozen while somebody was coming back by a recovery, and they did.
    #[error("expected a wallet that was not frozen during a recovery; it can go on when limits are no longer lowered")]
    Recovered,
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
            Self::Recovered => ProblemCode::LimitsLowered,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Confirm(error) => error.retry_after_s(),
            Self::Held | Self::Recovered => None,
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
    let freeze = Freeze { at: call.now, mark: call.id::<Event>().to_string() };
    let mut write = call.realm.directory.begin().await?;
    let before = rows::freeze(&mut write, person, &freeze).await?;
    write.commit().await?;
    let claimed = set(call, person, AccountState::NoDebit, before.as_ref()).await?;
    if claimed != Claimed::Ours {
        // Somebody let the freeze before end, and was first; so this is another one, which nobody has looked at.
        set(call, person, AccountState::NoDebit, None).await?;
    }
    let mut write = call.realm.directory.begin().await?;
    tell(&mut write, call, person, "wallet.frozen").await?;
    Ok(write.commit().await?)
}

/// Lets money go out of the signed-in person's wallet again, if their session began after the freeze, and lately.
///
/// # Errors
/// [`FreezeError`]; then some accounts may still be frozen, and a repeat opens the rest.
pub async fn go_on(call: &Call, signed: &Signed) -> Result<(), FreezeError> {
    let freeze = look(call, signed).await?;
    end(call, signed.person, &freeze).await
}

/// The freeze that the signed-in person may end now.
///
/// # Errors
/// [`FreezeError`] when they may not.
pub async fn look(call: &Call, signed: &Signed) -> Result<Freeze, FreezeError> {
    let person = signed.person;
    let mut write = call.realm.directory.begin().await?;
    let found = rows::find(&mut write, person).await?;
    confirm::require_since_in(&mut write, call, signed, found.as_ref().map(|freeze| freeze.at)).await?;
    if let Some(freeze) = found {
        let is_kept = recovery::keeps_frozen(&mut write, person, freeze.at, call.now).await?;
        return if is_kept { Err(FreezeError::Recovered) } else { Ok(freeze) };
    }
    // One that is only the ledger's gets a mark, which a freeze that is made meanwhile finds.
    let freeze = Freeze { at: Timestamp(0), mark: call.id::<Event>().to_string() };
    rows::freeze(&mut write, person, &freeze).await?;
    write.commit().await?;
    Ok(freeze)
}

/// Ends the freeze that was looked at.
///
/// # Errors
/// [`FreezeError`], also when another one was made since.
pub async fn end(call: &Call, person: PersonId, freeze: &Freeze) -> Result<(), FreezeError> {
    if set(call, person, AccountState::Open, Some(freeze)).await? == Claimed::ByFreeze {
        return Err(ConfirmError::Required.into());
    }
    let mut write = call.realm.directory.begin().await?;
    rows::unfreeze(&mut write, person, freeze).await?;
    tell(&mut write, call, person, "wallet.unfrozen").await?;
    Ok(write.commit().await?)
}

/// Who has claimed the end of a freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claimed {
    /// This posting, or nothing was to be claimed.
    Ours,
    /// The posting of a later freeze.
    ByFreeze,
    /// A posting that unfreezes.
    ByUnfreeze,
}

/// Changes every account of `person`'s wallet to a state, in postings that claim the end of the freeze `of`: of a freeze and an unfreezing at once,
/// the ledger's order decides. An account that an operator has put into a state of its own stops it.
async fn set(call: &Call, person: PersonId, to: AccountState, of: Option<&Freeze>) -> Result<Claimed, FreezeError> {
    let ledger = &call.realm.ledger;
    let found = ledger.accounts_of(Owner::of(person), ACCOUNTS_MAX).await?;
    let wallets: Vec<_> = found.into_iter().filter(|account| account.key.code == AccountCode::PersonalWallet).collect();
    if wallets.iter().any(|account| !matches!(account.state, AccountState::Open | AccountState::NoDebit)) {
        return Err(FreezeError::Held);
    }
    let mut ids: Vec<_> = wallets.iter().map(|account| account.id).collect();
    if ids.is_empty() {
        // One that was never used is opened, so that its first money finds it frozen.
        ids.push(accounts::personal_wallet(person, Currency::CNY).id());
    }
    let mut claimed = Claimed::Ours;
    for (place, some) in ids.chunks(Posting::CHANGES_MAX).enumerate() {
        let claim = of.map(|freeze| ClaimKey::new(END_OF_FREEZE, &[freeze.mark.as_bytes(), &place.to_be_bytes()]));
        match submit(ledger, posting(call, person, some, to, claim)?).await? {
            Outcome::Posted { .. } => {}
            Outcome::Refused { reason: qianbao_ledger::Refusal::ClaimTaken { holder_sequence, .. }, .. } => {
                let holder = ledger.record(holder_sequence).await?;
                let is_freeze = holder.is_some_and(|holder| holder.posting.head.kind == FREEZE);
                claimed = if is_freeze { Claimed::ByFreeze } else { Claimed::ByUnfreeze };
            }
            Outcome::Refused { .. } => {
                return Err(FailureError::Inconsistent("an open wallet to change its state").into());
            }
        }
    }
    Ok(claimed)
}

/// Writes down what happened, and tells the person's mirrors: the posting touches no balance, which is what they hear of otherwise.
async fn tell(write: &mut Write, call: &Call, person: PersonId, kind: &str) -> Result<(), FreezeError> {
    let subject = person.to_string();
    let event = NewEvent { id: call.id(), kind, subject: &subject, body: "{}", at: call.now };
    write.event(event).await?;
    Ok(write.changed(person.into(), DocumentKind::Person, &subject).await?)
}

fn posting(
    call: &Call,
    person: PersonId,
    ids: &[AccountId],
    state: AccountState,
    claim: Option<ClaimKey>,
) -> Result<Posting, FailureError> {
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
    let mut draft = Draft::new(head).ensure(open);
    if let Some(claim) = claim {
        draft = draft.claim(claim, OnVoid::Keep);
    }
    Ok(ids.iter().fold(draft, |draft, id| draft.change(*id, ChangeTo::State(state))).finish()?)
}
