//! `GET /v1/factors`, `PATCH` and `DELETE /v1/passkeys/{id}`: how a person can sign in.

use axum::Json;
use axum::response::NoContent;
use qianbao_api::identity::{DeviceHost, Factors, PasskeyChange, PasskeyView};
use qianbao_core::id::{PasskeyId, PersonId};
use qianbao_core::text::DisplayName;

use super::PasskeyError;
use super::make::{PASSKEYS_MAX, note};
use crate::door::{At, Body, Call, Signed};
use crate::hosts::Audience;
use crate::identity::rows::passkeys::{self, Passkey};
use crate::identity::{confirm, one_time_codes, rows};
use crate::problem::Refusal;

/// How the signed-in person can sign in.
#[utoipa::path(get, path = "/v1/factors", tag = "identity", responses((status = 200, body = Factors)))]
pub async fn factors(call: Call, signed: Signed) -> Result<Json<Factors>, Refusal> {
    Ok(Json(all(&call, signed.person).await?))
}

/// Names one.
#[utoipa::path(patch, path = "/v1/passkeys/{id}", tag = "identity", params(("id" = PasskeyId, Path)), request_body = PasskeyChange,
    responses((status = 200, body = PasskeyView)))]
pub async fn edit(
    call: Call,
    signed: Signed,
    At(id): At<PasskeyId>,
    Body(change): Body<PasskeyChange>,
) -> Result<Json<PasskeyView>, Refusal> {
    Ok(Json(name(&call, signed.person, id, &change.name).await?))
}

/// Removes one: it signs nobody in any more. Sessions that it opened stay.
#[utoipa::path(delete, path = "/v1/passkeys/{id}", tag = "identity", params(("id" = PasskeyId, Path)),
    responses((status = 204, description = "Removed.")))]
pub async fn remove(call: Call, signed: Signed, At(id): At<PasskeyId>) -> Result<NoContent, Refusal> {
    forget(&call, &signed, id).await?;
    Ok(NoContent)
}

async fn all(call: &Call, person: PersonId) -> Result<Factors, PasskeyError> {
    let readers = call.realm.directory.readers();
    let found = passkeys::of(readers, person, 2 * PASSKEYS_MAX).await?;
    let codes = rows::recovery_codes::left(readers, person).await?;
    Ok(Factors {
        password_set_at: rows::password_set_at(readers, person).await?,
        one_time_codes_since: one_time_codes::on_since(call, person).await?,
        recovery_codes_made_at: codes.map(|(made_at, _)| made_at),
        recovery_codes_left: codes.map_or(0, |(_, left)| left),
        passkeys: found.into_iter().map(view).collect(),
    })
}

/// A passkey as its person sees it.
pub fn view(passkey: Passkey) -> PasskeyView {
    PasskeyView {
        id: passkey.id,
        host: if passkey.audience == Audience::Desk { DeviceHost::Desk } else { DeviceHost::Wallet },
        browser: passkey.browser,
        system: passkey.system,
        name: Some(passkey.name).filter(|name| !name.is_empty()),
        is_synced: passkey.is_synced,
        created_at: passkey.created_at,
        used_at: passkey.used_at,
    }
}

/// Names a passkey of `person`.
///
/// # Errors
/// [`PasskeyError`]; then it has the name it had.
pub async fn name(call: &Call, person: PersonId, id: PasskeyId, typed: &str) -> Result<PasskeyView, PasskeyError> {
    let name = DisplayName::new(typed)?.into_string();
    let mut write = call.realm.directory.begin().await?;
    if !passkeys::name(&mut write, id, person, &name).await? {
        return Err(PasskeyError::Missing);
    }
    write.commit().await?;
    let found = all(call, person).await?.passkeys;
    found.into_iter().find(|passkey| passkey.id == id).ok_or(PasskeyError::Missing)
}

/// Removes a passkey of the signed-in person, who can still sign in to the wallet afterwards.
///
/// # Errors
/// [`PasskeyError`]; then it is still there.
pub async fn forget(call: &Call, signed: &Signed, id: PasskeyId) -> Result<(), PasskeyError> {
    let person = signed.person;
    let mut write = call.realm.directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    let audience = passkeys::remove(&mut write, id, person).await?.ok_or(PasskeyError::Missing)?;
    // Counted within the write, which has the directory for itself: of two removals at once the second finds the first.
    let is_wallets = audience == Audience::Wallet;
    if is_wallets
        && !rows::has_password(&mut write, person).await?
        && passkeys::count(&mut write, person, Audience::Wallet).await? == 0
    {
        return Err(PasskeyError::Last);
    }
    note(&mut write, call, "passkey.removed", person, id).await?;
    Ok(write.commit().await?)
}
