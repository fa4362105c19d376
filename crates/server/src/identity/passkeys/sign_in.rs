//! `POST /v1/session/passkey-options` and `POST /v1/session/passkey`: signing in with a passkey, without a handle.

use axum::Json;
use axum::http::HeaderMap;
use data_encoding::BASE64URL_NOPAD;
use qianbao_api::identity::SessionView;
use qianbao_api::passkeys::{Assertion, RequestOptions};

use super::challenge::{Challenge, Purpose};
use super::make::note;
use super::{PasskeyError, REQUIRED, TIMEOUT_MS, handle_of, known, site};
use crate::directory::{DirectoryError, Write};
use crate::door::{Body, Call};
use crate::identity::open::{self, Opened};
use crate::identity::rows;
use crate::identity::rows::passkeys::{self, Passkey};
use crate::identity::visitor::Visitor;
use crate::identity::webauthn::{self, AnswerError, ClientData, Kind, PublicKey, UsedCredential};
use crate::problem::Refusal;

/// What a passkey of this site is to sign.
#[utoipa::path(post, path = "/v1/session/passkey-options", tag = "identity",
    responses((status = 200, body = RequestOptions)))]
pub async fn sign_in_options(call: Call) -> Json<RequestOptions> {
    Json(options(&call, Purpose::SignIn, Vec::new()))
}

/// Signs in with a passkey.
#[utoipa::path(post, path = "/v1/session/passkey", tag = "identity", request_body = Assertion,
    responses((status = 200, body = SessionView)))]
pub async fn sign_in(call: Call, headers: HeaderMap, Body(answer): Body<Assertion>) -> Result<Opened, Refusal> {
    Ok(enter(&call, &answer, Visitor::of(&headers)).await?)
}

/// Options for `purpose`; only these passkeys are taken, or any when there are none.
pub fn options(call: &Call, purpose: Purpose, taken: Vec<Passkey>) -> RequestOptions {
    RequestOptions {
        challenge: call.realm.challenge_key.make(call, purpose).text(),
        timeout: TIMEOUT_MS,
        rp_id: site(call).rp_id.to_owned(),
        allow_credentials: taken.into_iter().map(known).collect(),
        user_verification: REQUIRED.to_owned(),
    }
}

/// Signs in with the visitor's browser, whose present session ends with it.
///
/// # Errors
/// [`PasskeyError`]; then nobody was signed in.
pub async fn enter(call: &Call, answer: &Assertion, visitor: Visitor<'_>) -> Result<Opened, PasskeyError> {
    let used = proven(call, answer, Purpose::SignIn).await?;
    // Without a handle typed, the authenticator has to say whose it is.
    if answer.response.user_handle.is_none() {
        return Err(AnswerError::Unreadable { member: "response.userHandle", expected: "the person's id" }.into());
    }
    let person = rows::person(call.realm.directory.readers(), used.passkey.person).await?.ok_or(PasskeyError::Gone)?;
    let mut write = call.realm.directory.begin().await?;
    used.write_down(&mut write, call).await?;
    let opened = open::open(&mut write, call, &person, visitor, "passkey").await?;
    write.commit().await?;
    Ok(opened)
}

/// An answer to a challenge of this server that was proven to be a passkey's.
#[derive(Debug)]
pub struct Proven {
    /// Which one.
    pub passkey: Passkey,
    challenge: Challenge,
    asserted: Asserted,
}

/// An answer that was proven to be a passkey's, whatever it answers.
#[derive(Debug)]
pub struct Asserted {
    /// Which one.
    pub passkey: Passkey,
    used: UsedCredential,
}

/// The passkey that gave `answer` to a challenge for `purpose`.
///
/// # Errors
/// [`PasskeyError`]; then nothing was proven.
pub async fn proven(call: &Call, answer: &Assertion, purpose: Purpose) -> Result<Proven, PasskeyError> {
    let data = webauthn::client_data(Kind::Get, site(call), &answer.response.client_data_json)?;
    let challenge = call.realm.challenge_key.check(call, purpose, &data.challenge)?;
    challenge.look(call.realm.directory.readers()).await??;
    let asserted = asserted(call, answer, &data).await?;
    Ok(Proven { passkey: asserted.passkey.clone(), challenge, asserted })
}

/// The passkey of the call's host that gave `answer`; the caller has looked at the challenge in its client data.
///
/// # Errors
/// [`PasskeyError`]; then nothing was proven.
pub async fn asserted(call: &Call, answer: &Assertion, data: &ClientData) -> Result<Asserted, PasskeyError> {
    let credential = BASE64URL_NOPAD.encode(&webauthn::credential_id(&answer.id)?);
    let readers = call.realm.directory.readers();
    let passkey = passkeys::by_credential(readers, &credential, call.audience).await?.ok_or(PasskeyError::Unknown)?;
    let is_theirs = |handle: &String| *handle == handle_of(passkey.person);
    if !answer.response.user_handle.as_ref().is_none_or(is_theirs) {
        return Err(PasskeyError::Unknown);
    }
    let damaged = || DirectoryError::Damaged { column: "passkeys.public_key" };
    let key = BASE64URL_NOPAD.decode(passkey.public_key.as_bytes()).map_err(|_| damaged())?;
    let key = PublicKey::read(&key).map_err(|_| damaged())?;
    let used = webauthn::assert(site(call), &key, passkey.can_sync, data, answer).inspect_err(|error| {
        // Not into the event log: whoever has a passkey could fill it, and nothing was guessed.
        tracing::info!(person = %passkey.person, %error, "a passkey was not believed");
    })?;
    Ok(Asserted { passkey, used })
}

impl Proven {
    /// Notes that the passkey was used and its challenge answered.
    ///
    /// # Errors
    /// When the challenge was answered before, or the passkey is gone meanwhile.
    pub async fn write_down(&self, write: &mut Write, call: &Call) -> Result<(), PasskeyError> {
        self.challenge.spend(write).await??;
        self.asserted.write_down(write, call).await
    }
}

impl Asserted {
    /// Notes that the passkey was used.
    ///
    /// # Errors
    /// When the passkey is gone meanwhile.
    pub async fn write_down(&self, write: &mut Write, call: &Call) -> Result<(), PasskeyError> {
        let (id, person, counted) = (self.passkey.id, self.passkey.person, i64::from(self.used.sign_count));
        let before = passkeys::mark_used(write, id, counted, self.used.is_synced, call.now).await?;
        let before = before.ok_or(PasskeyError::Unknown)?;
        // Who counts must count on. A copy of a key would be behind; so may a device that was set back, and its person is not locked out.
        let counts = counted != 0 || before != 0;
        if counts && counted <= before {
            note(write, call, "passkey.counter_back", person, id).await?;
        }
        Ok(())
    }
}
