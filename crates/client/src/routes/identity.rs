//! Signing up, in and out, and who is signed in.
//!
//! The session is a cookie that scripts cannot read, so only the server knows whether it still holds. The device remembers
//! whose copy it keeps; that is enough to show the copy, never to move value.

use qianbao_api::ProblemCode;
use qianbao_api::identity::{DeviceChange, DeviceView, PersonChange, PersonView, SessionView, SignIn, SignUp};
use qianbao_core::id::DeviceId;

use crate::client::Client;
use crate::error::ClientError;
use crate::notice::Notice;
use crate::presence::Presence;
use crate::tabs::TabMessage;
use crate::transport::{Method, Request};
use crate::wake::Bells;

impl Client {
    /// Makes a person with a wallet and signs in.
    pub async fn sign_up(&self, request: &SignUp) -> Result<SessionView, ClientError> {
        let session = self.tell(Method::Post, "/v1/people", request).await?;
        self.welcome(session, true).await
    }

    /// Signs in. What the device kept of another person is wiped first.
    pub async fn sign_in(&self, request: &SignIn) -> Result<SessionView, ClientError> {
        let session = self.tell(Method::Post, "/v1/session", request).await;
        if session.as_ref().is_err_and(|error: &ClientError| error.code() == Some(ProblemCode::SignInFailed)) {
            self.try_failed().await;
        }
        self.welcome(session?, true).await
    }

    /// Asks who is signed in, and sets [`Client::presence`] by the answer.
    pub async fn session(&self) -> Result<SessionView, ClientError> {
        let sent = self.inner.platform.clock.now();
        let session: SessionView = self.ask(Request::get("/v1/session")).await?;
        self.inner.server_clock.learn(sent, session.server_time, self.inner.platform.clock.now());
        self.welcome(session, false).await
    }

    /// Signs out and wipes the device's copy, also when the server cannot be reached or the session is over already. What the
    /// server could not be told is [owed](crate::owed): it is told before anything else is asked, by this page or a later one,
    /// and until then nobody is signed in here.
    ///
    /// From the first moment on nothing is asked or sent for this person any more: a payment that was being checked or sent
    /// again is left to the server, where its outcome stands.
    pub async fn sign_out(&self) -> Result<(), ClientError> {
        // Without a word to the screens: they go on when everything is done.
        self.inner.presence.replace(Presence::SignedOut);
        self.inner.platform.owed.note();
        let turn = self.inner.parting.lock().await;
        // First the copy: the server's answer tells the browser to clear the site's storage, which closes this store.
        let wiped = self.wipe().await;
        let told = self.end_session().await;
        drop(turn);
        self.session_changed();
        self.inner.platform.tabs.tell(TabMessage::SignedOut);
        wiped?;
        match told {
            Err(error) if error.is_signed_out() => Ok(()),
            told => told,
        }
    }

    /// Changes what is given in `change`.
    pub async fn change_person(&self, change: &PersonChange) -> Result<PersonView, ClientError> {
        let person: PersonView = self.tell(Method::Patch, "/v1/person", change).await?;
        self.settle_in(&person, false).await?;
        Ok(person)
    }

    /// The browsers that the person signed in with, the last used first.
    pub async fn devices(&self) -> Result<Vec<DeviceView>, ClientError> {
        self.ask(Request::get("/v1/devices")).await
    }

    /// Names one of them.
    pub async fn name_device(&self, id: DeviceId, change: &DeviceChange) -> Result<DeviceView, ClientError> {
        self.tell(Method::Patch, &format!("/v1/devices/{id}"), change).await
    }

    /// Ends one of them: nobody is signed in with it any more, and at its next contact it forgets its copy.
    pub async fn end_device(&self, id: DeviceId) -> Result<(), ClientError> {
        self.exchange(Request::bare(Method::Delete, format!("/v1/devices/{id}"))).await.map(drop)
    }

    /// Whether this device was ended from another one, and nobody has signed in since.
    pub fn was_ended(&self) -> bool {
        self.inner.was_ended.get()
    }

    /// The person has ended this device from another one: nothing of them is left here, in this tab and the others.
    pub(crate) async fn device_ended(&self) {
        self.inner.presence.replace(Presence::SignedOut);
        self.inner.was_ended.set(true);
        if self.wipe().await.is_err() {
            self.go_adrift();
        }
        self.session_changed();
        self.inner.platform.tabs.tell(TabMessage::SignedOut);
    }

    /// Who the client believes is signed in.
    pub fn presence(&self) -> Presence {
        self.inner.presence.borrow().clone()
    }

    pub(crate) fn set_presence(&self, presence: Presence) {
        let changed = *self.inner.presence.borrow() != presence;
        if changed {
            *self.inner.presence.borrow_mut() = presence;
            self.session_changed();
        }
    }

    pub(crate) fn session_changed(&self) {
        self.inner.wake.ring(Bells::SESSION);
        self.inner.listeners.tell(Notice::Session);
    }

    /// The server said that nobody is signed in: the copy stays, value does not move until somebody signs in again.
    pub(crate) fn session_over(&self) {
        let presence = match self.presence() {
            Presence::Remembered(person) | Presence::SignedIn(person) | Presence::Expired(person) => {
                Presence::Expired(person)
            }
            nobody @ (Presence::SignedOut | Presence::Locked) => nobody,
        };
        self.set_presence(presence);
    }

    /// Takes over a session: another person's copy goes first.
    pub(crate) async fn welcome(&self, session: SessionView, is_new: bool) -> Result<SessionView, ClientError> {
        if is_new {
            self.inner.renewals.set(self.inner.renewals.get().wrapping_add(1));
        }
        let same = self.presence().person().is_some_and(|person| person.id == session.person.id);
        let is_theirs = same || self.take_in(&session.person).await;
        self.settle_in(&session.person, !is_theirs).await?;
        if !same {
            // What cannot be read now is read once more before anything is sent.
            let _ = self.reload_outbox().await;
        }
        if is_new || !same {
            self.inner.platform.tabs.tell(TabMessage::SignedIn);
        }
        Ok(session)
    }

    /// Somebody came whom this page did not know. What the device kept of another person goes; true if it kept a copy of theirs, which is here now.
    async fn take_in(&self, person: &PersonView) -> bool {
        let is_sealed = self.inner.vault.storage.seals();
        if (self.presence().person().is_some() || !is_sealed) && self.wipe().await.is_err() {
            self.go_adrift();
        }
        // A share of another person, or of nobody any more, opens nothing: the copy begins anew. Without one it is asked for again.
        if self.ensure_open().await.is_err() {
            return false;
        }
        match self.remembered().await {
            Ok(Some(known)) if known.id == person.id => self.reload_mirror().await.is_ok(),
            _ => false,
        }
    }

    /// Notes on the device and in this page that `person` is here, unless somebody signed out meanwhile.
    async fn settle_in(&self, person: &PersonView, is_new: bool) -> Result<(), ClientError> {
        let stay = self.stay();
        self.remember(person, is_new).await;
        self.still(stay)?;
        self.inner.was_ended.set(false);
        self.inner.vault.was_wiped.set(false);
        self.set_presence(Presence::SignedIn(person.clone()));
        Ok(())
    }
}
