//! The client: one cheap handle on everything the wallet's engine does.
//!
//! Phases of its life: **open** (nothing is asked; a sealed copy is found locked), **unlock** ([`Client::unlock_by_session`], or by the person),
//! **run** (one background task, [`Client::run`], keeps the mirror and settles open payments), **sign out**
//! (the device's copy is wiped).
//!
//! Nothing here is `Send`: a page has one thread. In Leptos keep it in a `StoredValue` with `LocalStorage`, or in a
//! `SendWrapper`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::lock::Mutex;
use qianbao_api::{Problem, ProblemCode};
use qianbao_core::Timestamp;
use qianbao_core::id::{Id, Kind, PersonId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::authenticator::Authenticator;
use crate::clock::{Clock, ServerClock};
use crate::entropy::Entropy;
use crate::error::ClientError;
use crate::events::Events;
use crate::json;
use crate::mirror::Held;
use crate::notice::{Listeners, Notice, Subscription};
use crate::outbox::Outbox;
use crate::owed::Owed;
use crate::presence::Presence;
use crate::storage::Storage;
use crate::tabs::Tabs;
use crate::transport::{Answer, Method, Request, Transport, TransportError};
use crate::vault::Vault;
use crate::vault::cipher::Cipher;
use crate::verify::{KeyRing, Verifier};
use crate::wake::Wake;

/// Where a session is renewed.
pub(crate) const CONFIRMATION: &str = "/v1/session/confirmation";

/// What the client stands on; the browser's bodies in the app, scripted ones in tests.
#[derive(Clone)]
pub struct Platform {
    /// The way to the server.
    pub transport: Rc<dyn Transport>,
    /// The device's store.
    pub storage: Rc<dyn Storage>,
    /// The device's clock.
    pub clock: Rc<dyn Clock>,
    /// Randomness for ids.
    pub entropy: Rc<dyn Entropy>,
    /// The other tabs.
    pub tabs: Rc<dyn Tabs>,
    /// The stream of hints.
    pub events: Rc<dyn Events>,
    /// The passkeys of the device.
    pub authenticator: Rc<dyn Authenticator>,
    /// The check of signatures.
    pub verifier: Rc<dyn Verifier>,
    /// The cryptography that seals what the store keeps.
    pub cipher: Rc<dyn Cipher>,
    /// The note that a sign-out is owed.
    pub owed: Rc<dyn Owed>,
    /// The page's origin, such as `https://wallet.example`: links of this origin are the wallet's own.
    pub origin: String,
}

/// The engine of the wallet. Clones are one client.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Rc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) platform: Platform,
    pub(crate) server_clock: ServerClock,
    pub(crate) listeners: Listeners,
    pub(crate) last_request_id: RefCell<String>,
    pub(crate) presence: RefCell<Presence>,
    /// Goes up each time that everything of a person is forgotten; see [`Client::stay`].
    pub(crate) stays: Cell<u32>,
    /// Whom this tab forgot because another tab signed them out, until it has looked after them.
    pub(crate) left: Cell<Option<PersonId>>,
    /// Whether this device was ended from another one, and nobody has signed in since.
    pub(crate) was_ended: Cell<bool>,
    /// The turn to tell the server of a sign-out.
    pub(crate) parting: Mutex<()>,
    /// Goes up each time that another session is in the place of the one before.
    pub(crate) renewals: Cell<u32>,
    /// Held while a confirmation puts another session there.
    pub(crate) renewing: Mutex<()>,
    pub(crate) held: Held,
    pub(crate) outbox: Outbox,
    pub(crate) wake: Wake,
    pub(crate) keys: KeyRing,
    pub(crate) vault: Vault,
    /// The turn to open the store.
    pub(crate) opening: Mutex<()>,
}

impl Client {
    /// The server's time as well as it is known, whatever the device's clock says.
    pub fn server_now(&self) -> Timestamp {
        self.inner.server_clock.at(self.inner.platform.clock.now())
    }

    /// How far the server's clock is ahead of the device's, in microseconds; negative when the device is ahead.
    pub fn clock_ahead_us(&self) -> i64 {
        self.inner.server_clock.ahead_us()
    }

    /// The `X-Request-Id` of the newest answer, for "tell support this number"; empty before the first.
    pub fn last_request_id(&self) -> String {
        self.inner.last_request_id.borrow().clone()
    }

    /// Whether what the device keeps outlives the page. If not, the app shows a banner: a private window, or no room left.
    pub fn is_lasting(&self) -> bool {
        self.inner.platform.storage.is_lasting() && !self.inner.held.is_adrift.get()
    }

    /// A fresh id, as requests that make something take one.
    pub fn fresh_id<K: Kind>(&self) -> Id<K> {
        let unix_ms = u64::try_from(self.server_now().millis()).unwrap_or(0);
        Id::from_parts(unix_ms, self.inner.platform.entropy.ten_bytes())
    }

    /// Calls `heard` after each change until the subscription is dropped. `heard` may read from the client; it must not
    /// subscribe.
    #[must_use = "dropping the subscription ends it"]
    pub fn subscribe(&self, heard: impl Fn(Notice) + 'static) -> Subscription {
        self.inner.listeners.subscribe(heard)
    }

    /// Sends a request without a body and reads its answer.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, request: Request) -> Result<T, ClientError> {
        let what = request.path.clone();
        let answer = self.exchange(request).await?;
        read(&what, &answer)
    }

    /// Sends `body` as JSON and reads the answer.
    pub(crate) async fn tell<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &B,
    ) -> Result<T, ClientError> {
        let text = json::print(body).map_err(|detail| malformed(path, detail, ""))?;
        self.ask(Request::send(method, path, text)).await
    }

    /// One exchange: the answer with a success status, or what stood in its way. A sign-out that the server has not heard of
    /// goes first.
    ///
    /// An answer that comes after its person has left is nobody's: it is dropped, and the error is
    /// [`ClientError::SignedOut`].
    pub(crate) async fn exchange(&self, request: Request) -> Result<Answer, ClientError> {
        let stay = self.stay();
        self.part_first().await?;
        self.still(stay)?;
        self.send(request).await
    }

    /// An exchange, whatever is owed.
    ///
    /// Who is refused for want of a session, and was not when they asked, asks once more: the session was renewed meanwhile, and the refusal
    /// was for the one before. Nothing was done for it.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, ClientError> {
        let (renewals, stay) = (self.inner.renewals.get(), self.stay());
        let (again, is_renewal) = (request.clone(), request.path == CONFIRMATION);
        let is_refused = |answer: &Result<Answer, ClientError>| matches!(answer, Err(error) if error.code() == Some(ProblemCode::SignInRequired));
        let mut answer = self.send_once(request).await;
        if is_refused(&answer) && !is_renewal {
            drop(self.inner.renewing.lock().await);
            // What one person asked is not asked again for another.
            self.still(stay)?;
            if self.inner.renewals.get() != renewals {
                answer = self.send_once(again).await;
            }
        }
        if is_refused(&answer) {
            self.session_over();
        }
        answer
    }

    /// One exchange. Learns the server's clock.
    async fn send_once(&self, request: Request) -> Result<Answer, ClientError> {
        let (what, deadline_ms) = (request.path.clone(), request.deadline_ms);
        let (sent, stay) = (self.inner.platform.clock.now(), self.stay());
        let answer = self.inner.platform.transport.send(request).await;
        self.still(stay)?;
        let answer = answer.map_err(|error| match error {
            TransportError::Broken => ClientError::Offline,
            TransportError::Timeout => ClientError::Timeout { deadline_ms },
        })?;
        if let Some(date) = answer.date {
            self.inner.server_clock.learn_coarse(sent, date, self.inner.platform.clock.now());
        }
        answer.request_id.clone_into(&mut self.inner.last_request_id.borrow_mut());
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        if !answer.is_problem {
            return Err(malformed(&what, format!("status {}", answer.status), &answer.request_id));
        }
        let problem: Problem =
            json::parse(&answer.body).map_err(|detail| malformed(&what, detail, &answer.request_id))?;
        let error = ClientError::Problem(Box::new(problem));
        if error.code() == Some(ProblemCode::DeviceEnded) {
            self.device_ended().await;
            return Err(ClientError::SignedOut);
        }
        Err(error)
    }
}

pub(crate) fn read<T: DeserializeOwned>(what: &str, answer: &Answer) -> Result<T, ClientError> {
    json::parse(&answer.body).map_err(|detail| malformed(what, detail, &answer.request_id))
}

pub(crate) fn malformed(what: &str, detail: String, request_id: &str) -> ClientError {
    ClientError::Malformed { what: what.to_owned(), detail, request_id: request_id.to_owned() }
}
