//! What a payment or refund needs, as it is shown before: in `POST /v1/payments/preview`, and as `POST /v1/refunds/preview`.
//!
//! The circumstances are gathered here for both who shows and who enforces ([`super::enforce`]); the decision is [`qianbao_core::approval`]'s.

use qianbao_api::approvals::ApprovalNeed;
use qianbao_core::approval::{Acquaintance, Circumstances, SessionUse, decide};
use qianbao_core::id::PersonId;
use qianbao_ledger::Account;

use super::{pin, rows, settings};
use crate::door::Call;
use crate::failure::FailureError;
use crate::identity::passkeys::{known, make, site};
use crate::realm::Realm;
use crate::wallets::accounts;

/// What is to move, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Moving {
    /// Who approves it.
    pub person: PersonId,
    /// Minor units.
    pub amount: i64,
    /// The person who gets it; nobody for shops, and for what is given back.
    pub payee: Option<PersonId>,
    /// How lately the session was used.
    pub session: SessionUse,
}

/// Whether the day's count of payments without asking is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// As it stands, for a look before.
    Looked,
    /// Not here: the posting counts by itself, or nothing is counted.
    Elsewhere,
}

/// What is known of something that is to move.
///
/// # Errors
/// When a store fails.
pub async fn circumstances(realm: &Realm, moving: Moving, count: Count) -> Result<Circumstances, FailureError> {
    let payee = match moving.payee {
        Some(payee) => acquaintance(realm, moving.person, payee).await?,
        None => Acquaintance::Known,
    };
    let free_left = match count {
        Count::Looked => Some(free_left(realm, moving.person).await?),
        Count::Elsewhere => None,
    };
    Ok(Circumstances {
        amount: moving.amount,
        free_limit: settings::free_limit(realm, moving.person).await?,
        free_left,
        passkey_above: realm.limits.passkey_above,
        payee,
        session: moving.session,
    })
}

/// What `moving` needs, why, and what the person can show on the call's host.
///
/// # Errors
/// When a store fails.
pub async fn need(call: &Call, moving: Moving, count: Count) -> Result<ApprovalNeed, FailureError> {
    let decision = decide(&circumstances(&call.realm, moving, count).await?);
    let row = rows::pin(call.realm.directory.readers(), moving.person).await?;
    let (pin, pin_tries_left) = pin::state(row);
    let passkeys = make::here(call, moving.person).await?;
    Ok(ApprovalNeed {
        needed: decision.needed,
        reasons: decision.reasons,
        pin,
        pin_tries_left,
        passkeys: passkeys.into_iter().map(known).collect(),
        rp_id: site(call).rp_id.to_owned(),
    })
}

/// How many payments may still go without asking today.
async fn free_left(realm: &Realm, person: PersonId) -> Result<u32, FailureError> {
    let spent = realm.ledger.account(accounts::free_count(person, realm.ledger.day()).id()).await?;
    let spent = spent.as_ref().map_or(0, Account::balance);
    Ok(realm.limits.free_count_max.saturating_sub(u32::try_from(spent).unwrap_or(u32::MAX)))
}

/// Whether `payer` has paid `payee` before. The first payment opens an account for it, which stays.
async fn acquaintance(realm: &Realm, payer: PersonId, payee: PersonId) -> Result<Acquaintance, FailureError> {
    let read = async {
        let found = realm.ledger.account(accounts::acquaintance(payer, payee).id()).await?;
        Ok::<_, FailureError>(found.map(|_| ()))
    };
    let known = realm.kept.acquaintances.get((payer, payee), read).await?;
    Ok(if known.is_some() { Acquaintance::Known } else { Acquaintance::New })
}
