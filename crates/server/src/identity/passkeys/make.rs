//! Making a passkey: `POST /v1/people/passkey-options` for somebody who is not here yet; `POST /v1/passkeys/options` and `POST /v1/passkeys` for
//! the signed-in person, who has to have [confirmed](super::super::confirm) who they are.

use axum::Json;
use axum::http::HeaderMap;
use data_encoding::BASE64URL_NOPAD;
use qianbao_api::identity::{Newcomer, PasskeyView};
use qianbao_api::passkeys::{CreationOptions, KeyKind, PasskeyUser, Registration, RelyingParty, Selection};
use qianbao_core::id::{PasskeyId, PersonId};

use super::challenge::{Challenge, Purpose};
use super::owned::view;
use super::{PUBLIC_KEY, PasskeyError, REQUIRED, TIMEOUT_MS, handle_of, known, site};
use crate::directory::{DirectoryError, NewEvent, Write};
use crate::door::{Body, Call, Signed};
use crate::identity::confirm;
use crate::identity::rows;
use crate::identity::rows::passkeys::{self, Passkey};
use crate::identity::sign_up::{self, SignUpError};
use crate::identity::tries;
use crate::identity::visitor::Visitor;
use crate::identity::webauthn::{self, Kind, NewCredential, key};
use crate::problem::Refusal;

/// Passkeys of a person on one kind of host.
pub const PASSKEYS_MAX: i64 = 20;
/// What authenticators show as the name of the site.
const SITE_NAME: &str = "Qianbao 钱包";
/// Words for how an authenticator was reached that are kept of one answer.
const TRANSPORTS_MAX: usize = 8;

/// What a passkey for a new person is to be made for. Who cannot be made is told before an authenticator keeps a key for them.
#[utoipa::path(post, path = "/v1/people/passkey-options", tag = "identity", request_body = Newcomer,
    responses((status = 200, body = CreationOptions)))]
pub async fn newcomer_options(call: Call, Body(request): Body<Newcomer>) -> Result<Json<CreationOptions>, Refusal> {
    tries::count_newcomer(&call.realm.directory, &call.address, call.now).await.map_err(SignUpError::from)?;
    let challenge = call.realm.challenge_key.make(&call, Purpose::SignUp);
    let person = sign_up::checked(&call.app.sources, &request, challenge.newcomer())?;
    sign_up::is_free(call.realm.directory.readers(), &request.handle).await?;
    let user = PasskeyUser { id: handle_of(person.id), name: person.handle, display_name: person.display_name };
    Ok(Json(options(&call, &challenge, user, Vec::new())))
}

/// What another passkey of the signed-in person is to be made for.
#[utoipa::path(post, path = "/v1/passkeys/options", tag = "identity", responses((status = 200, body = CreationOptions)))]
pub async fn add_options(call: Call, signed: Signed) -> Result<Json<CreationOptions>, Refusal> {
    Ok(Json(own_options(&call, &signed).await?))
}

/// Takes a passkey that was just made.
#[utoipa::path(post, path = "/v1/passkeys", tag = "identity", request_body = Registration,
    responses((status = 200, body = PasskeyView)))]
pub async fn add(
    call: Call,
    signed: Signed,
    headers: HeaderMap,
    Body(answer): Body<Registration>,
) -> Result<Json<PasskeyView>, Refusal> {
    let passkey = take(&call, &signed, &answer, Visitor::of(&headers)).await?;
    Ok(Json(view(passkey)))
}

async fn own_options(call: &Call, signed: &Signed) -> Result<CreationOptions, PasskeyError> {
    confirm::require(call, signed).await?;
    options_for(call, signed.person, Purpose::Add(signed.person)).await
}

/// What a passkey of `person` is to be made for.
///
/// # Errors
/// [`PasskeyError`] when they have enough.
pub async fn options_for(call: &Call, person: PersonId, purpose: Purpose) -> Result<CreationOptions, PasskeyError> {
    let readers = call.realm.directory.readers();
    let found = rows::person(readers, person).await?.ok_or(PasskeyError::Gone)?;
    let here = here(call, person).await?;
    if i64::try_from(here.len()).is_ok_and(|count| count >= PASSKEYS_MAX) {
        // Before an authenticator makes one in vain.
        return Err(PasskeyError::Full);
    }
    let user = PasskeyUser { id: handle_of(person), name: found.handle, display_name: found.display_name };
    let challenge = call.realm.challenge_key.make(call, purpose);
    Ok(options(call, &challenge, user, here))
}

/// The passkeys that `person` has on the call's host.
///
/// # Errors
/// When the directory fails.
pub async fn here(call: &Call, person: PersonId) -> Result<Vec<Passkey>, DirectoryError> {
    let found = passkeys::of(call.realm.directory.readers(), person, 2 * PASSKEYS_MAX).await?;
    Ok(found.into_iter().filter(|passkey| passkey.audience == call.audience).collect())
}

fn options(call: &Call, challenge: &Challenge, user: PasskeyUser, here: Vec<Passkey>) -> CreationOptions {
    let kind = |alg| KeyKind { kind: PUBLIC_KEY.to_owned(), alg };
    CreationOptions {
        rp: RelyingParty { id: site(call).rp_id.to_owned(), name: SITE_NAME.to_owned() },
        user,
        challenge: challenge.text(),
        pub_key_cred_params: vec![kind(key::ES256), kind(key::RS256)],
        timeout: TIMEOUT_MS,
        exclude_credentials: here.into_iter().map(known).collect(),
        authenticator_selection: Selection {
            resident_key: REQUIRED.to_owned(),
            require_resident_key: true,
            user_verification: REQUIRED.to_owned(),
        },
        attestation: "none".to_owned(),
    }
}

/// Takes a passkey for the signed-in person.
///
/// # Errors
/// [`PasskeyError`]; then the person has none more.
pub async fn take(
    call: &Call,
    signed: &Signed,
    answer: &Registration,
    visitor: Visitor<'_>,
) -> Result<Passkey, PasskeyError> {
    confirm::require(call, signed).await?;
    let (challenge, made) = read(call, answer, Purpose::Add(signed.person))?;
    let mut write = call.realm.directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    challenge.spend(&mut write).await??;
    let passkey = row(call, signed.person, answer, &made, visitor);
    write_down(&mut write, call, &passkey).await?;
    write.commit().await?;
    Ok(passkey)
}

/// What `answer` says, and the challenge for `purpose` that it answers.
///
/// # Errors
/// [`PasskeyError`] when it is not to be believed.
pub fn read(call: &Call, answer: &Registration, purpose: Purpose) -> Result<(Challenge, NewCredential), PasskeyError> {
    let site = site(call);
    let data = webauthn::client_data(Kind::Create, site, &answer.response.client_data_json)?;
    let challenge = call.realm.challenge_key.check(call, purpose, &data.challenge)?;
    Ok((challenge, webauthn::register(site, answer)?))
}

/// The row of a passkey that was made with the visitor's browser.
pub fn row(
    call: &Call,
    person: PersonId,
    answer: &Registration,
    made: &NewCredential,
    visitor: Visitor<'_>,
) -> Passkey {
    // Browsers are asked to name a passkey's transports by these words again; what is none of them is not kept.
    let is_word = |word: &&String| {
        (1..=20).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    let transports: Vec<&str> =
        answer.response.transports.iter().filter(is_word).take(TRANSPORTS_MAX).map(String::as_str).collect();
    Passkey {
        id: call.id(),
        credential: BASE64URL_NOPAD.encode(&made.id),
        person,
        audience: call.audience,
        public_key: BASE64URL_NOPAD.encode(&made.public_key),
        sign_count: i64::from(made.sign_count),
        can_sync: made.can_sync,
        is_synced: made.is_synced,
        transports: transports.join(" "),
        browser: visitor.browser().to_owned(),
        system: visitor.system().to_owned(),
        name: String::new(),
        created_at: call.now,
        used_at: None,
    }
}

/// Writes a passkey down.
///
/// # Errors
/// When it is known, or the person has enough.
pub async fn write_down(write: &mut Write, call: &Call, passkey: &Passkey) -> Result<(), PasskeyError> {
    if passkeys::count(write, passkey.person, passkey.audience).await? >= PASSKEYS_MAX {
        return Err(PasskeyError::Full);
    }
    passkeys::insert(write, passkey).await.map_err(|error| match error {
        taken if taken.is_taken("passkeys.credential") => PasskeyError::Known,
        other => PasskeyError::Directory(other),
    })?;
    Ok(note(write, call, "passkey.added", passkey.person, passkey.id).await?)
}

/// Writes into the event log what happened to a passkey.
///
/// # Errors
/// When the directory fails.
pub async fn note(
    write: &mut Write,
    call: &Call,
    kind: &str,
    person: PersonId,
    passkey: PasskeyId,
) -> Result<(), DirectoryError> {
    let (subject, body) = (person.to_string(), format!(r#"{{"passkey":"{passkey}"}}"#));
    write.event(NewEvent { id: call.id(), kind, subject: &subject, body: &body, at: call.now }).await?;
    Ok(())
}
