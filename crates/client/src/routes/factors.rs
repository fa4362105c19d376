//! How a person proves who they are: passkeys, the password, one-time codes, and doing it once more.

use qianbao_api::ProblemCode;
use qianbao_api::identity::{
    Confirmation, Factors, NewPassword, Newcomer, OneTimeCode, OneTimeCodes, PasskeyChange, PasskeyView, SessionView,
    SignUp,
};
use qianbao_api::passkeys::{Assertion, Registration};
use qianbao_core::id::PasskeyId;
use serde::de::DeserializeOwned;

use crate::client::{CONFIRMATION, Client, malformed, read};
use crate::error::ClientError;
use crate::json;
use crate::transport::{Method, Request};

impl Client {
    /// Whether this browser has passkeys.
    pub fn has_passkeys(&self) -> bool {
        self.inner.platform.authenticator.is_there()
    }

    /// Makes a person with a wallet whose key is a passkey of this device, and signs in.
    pub async fn sign_up_by_passkey(&self, newcomer: &Newcomer) -> Result<SessionView, ClientError> {
        let body = json::print(newcomer).map_err(|detail| malformed("/v1/people/passkey-options", detail, ""))?;
        let options = self.exchange(Request::send(Method::Post, "/v1/people/passkey-options", body)).await?.body;
        let touch = self.inner.platform.authenticator.create(options).await?;
        let passkey: Registration = read_answer(&touch.answer)?;
        let Newcomer { handle, display_name, legal_name, locale } = newcomer.clone();
        let credential = passkey.id.clone();
        let request = SignUp { handle, display_name, legal_name, password: None, passkey: Some(passkey), locale };
        let made = self.sign_up(&request).await;
        self.disown(&made, &credential);
        if made.is_ok() {
            self.trust(&credential, touch.secret.as_ref()).await;
        }
        made
    }

    /// Signs in with a passkey of this device; the authenticator knows whose it is.
    pub async fn sign_in_by_passkey(&self) -> Result<SessionView, ClientError> {
        let options = self.options("/v1/session/passkey-options").await?;
        let touch = self.inner.platform.authenticator.get(options).await?;
        let assertion: Assertion = read_answer(&touch.answer)?;
        let signed_in = self.tell(Method::Post, "/v1/session/passkey", &assertion).await;
        if let Err(ClientError::Problem(problem)) = &signed_in
            && problem.code == ProblemCode::PasskeyUnknown
        {
            self.inner.platform.authenticator.unknown(&assertion.id);
        }
        let session = self.welcome(signed_in?, true).await?;
        self.trust(&assertion.id, touch.secret.as_ref()).await;
        Ok(session)
    }

    /// Proves anew who is there, by the password, with a one-time code where the person has them on. What changes how somebody signs in asks
    /// for it.
    pub async fn confirm_by_password(
        &self,
        password: String,
        one_time_code: Option<String>,
    ) -> Result<SessionView, ClientError> {
        self.prove(Confirmation { password: Some(password), one_time_code, passkey: None }).await
    }

    /// Proves anew who is there, by a passkey of the signed-in person.
    pub async fn confirm_by_passkey(&self) -> Result<SessionView, ClientError> {
        let options = self.options("/v1/session/confirmation-options").await?;
        let touch = self.inner.platform.authenticator.get(options).await?;
        let assertion: Assertion = read_answer(&touch.answer)?;
        let credential = assertion.id.clone();
        let confirmation = Confirmation { password: None, one_time_code: None, passkey: Some(assertion) };
        let session = self.prove(confirmation).await?;
        self.trust(&credential, touch.secret.as_ref()).await;
        Ok(session)
    }

    /// How the signed-in person can sign in.
    pub async fn factors(&self) -> Result<Factors, ClientError> {
        self.ask(Request::get("/v1/factors")).await
    }

    /// Gives the signed-in person a passkey of this device.
    pub async fn add_passkey(&self) -> Result<PasskeyView, ClientError> {
        let options = self.options("/v1/passkeys/options").await?;
        let touch = self.inner.platform.authenticator.create(options).await?;
        let made: Registration = read_answer(&touch.answer)?;
        let taken = self.tell(Method::Post, "/v1/passkeys", &made).await;
        self.disown(&taken, &made.id);
        if taken.is_ok() {
            self.trust(&made.id, touch.secret.as_ref()).await;
        }
        taken
    }

    /// Names a passkey.
    pub async fn name_passkey(&self, id: PasskeyId, change: &PasskeyChange) -> Result<PasskeyView, ClientError> {
        self.tell(Method::Patch, &["/v1/passkeys/", &id.to_string()].concat(), change).await
    }

    /// Removes a passkey: it signs nobody in any more.
    pub async fn remove_passkey(&self, id: PasskeyId) -> Result<(), ClientError> {
        self.exchange(Request::bare(Method::Delete, ["/v1/passkeys/", &id.to_string()].concat())).await.map(drop)
    }

    /// Sets the password; the person's other sessions end.
    pub async fn set_password(&self, password: String) -> Result<(), ClientError> {
        const PATH: &str = "/v1/password";
        let body = json::print(&NewPassword { password }).map_err(|detail| malformed(PATH, detail, ""))?;
        self.exchange(Request::send(Method::Put, PATH, body)).await.map(drop)
    }

    /// A secret for an app for one-time codes; nothing is asked for yet.
    pub async fn begin_one_time_codes(&self) -> Result<OneTimeCodes, ClientError> {
        self.ask(Request::bare(Method::Post, "/v1/one-time-codes")).await
    }

    /// Turns one-time codes on, by what the app shows.
    pub async fn turn_on_one_time_codes(&self, code: String) -> Result<(), ClientError> {
        const PATH: &str = "/v1/one-time-codes/activation";
        let body = json::print(&OneTimeCode { code }).map_err(|detail| malformed(PATH, detail, ""))?;
        self.exchange(Request::send(Method::Post, PATH, body)).await.map(drop)
    }

    /// Turns one-time codes off.
    pub async fn turn_off_one_time_codes(&self) -> Result<(), ClientError> {
        self.exchange(Request::bare(Method::Delete, "/v1/one-time-codes")).await.map(drop)
    }

    async fn prove(&self, request: Confirmation) -> Result<SessionView, ClientError> {
        let body = json::print(&request).map_err(|detail| malformed(CONFIRMATION, detail, ""))?;
        self.part_first().await?;
        // Until the new session is here, nobody takes the end of the old one for the end of all.
        let turn = self.inner.renewing.lock().await;
        let answer = self.send(Request::send(Method::Post, CONFIRMATION, body)).await?;
        let session = read(CONFIRMATION, &answer)?;
        self.inner.renewals.set(self.inner.renewals.get().wrapping_add(1));
        drop(turn);
        self.welcome(session, true).await
    }

    /// Tells the authenticator of a passkey that it made in vain, so that it does not offer it.
    pub(super) fn disown<T>(&self, answer: &Result<T, ClientError>, credential: &str) {
        if let Err(ClientError::Problem(problem)) = answer
            && !matches!(problem.code, ProblemCode::PasskeyKnown | ProblemCode::Timeout | ProblemCode::Internal)
        {
            self.inner.platform.authenticator.unknown(credential);
        }
    }

    pub(super) async fn options(&self, path: &str) -> Result<String, ClientError> {
        Ok(self.exchange(Request::bare(Method::Post, path)).await?.body)
    }
}

/// Reads what the authenticator answered.
pub(crate) fn read_answer<T: DeserializeOwned>(text: &str) -> Result<T, ClientError> {
    json::parse(text).map_err(|detail| malformed("the authenticator", detail, ""))
}
