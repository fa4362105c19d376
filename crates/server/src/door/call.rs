//! What a handler knows about its request beside the body.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use qianbao_api::ProblemCode;
use qianbao_core::Timestamp;
use qianbao_core::approval::SessionUse;
use qianbao_core::id::{Id, Kind, PersonId, SessionId};

use crate::app::App;
use crate::hosts::Audience;
use crate::problem::Refusal;
use crate::realm::Realm;

/// The circumstances of a request. Its realm is the only one the handler can reach.
#[derive(Clone, Debug)]
pub struct Call {
    /// The program's state.
    pub app: App,
    /// The realm of the host.
    pub realm: Arc<Realm>,
    /// The audience of the host.
    pub audience: Audience,
    /// The origin of pages on this host, such as `https://wallet.example.org`.
    pub origin: String,
    /// When the request arrived.
    pub now: Timestamp,
    /// The network address of the client, without port ([`super::client_address`]); `unknown` where the listener does not tell.
    pub address: String,
}

impl Call {
    /// A fresh id.
    pub fn id<K: Kind>(&self) -> Id<K> {
        self.app.sources.id()
    }

    /// Fresh random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.app.sources.bytes()
    }
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        parts
            .extensions
            .get()
            .cloned()
            .ok_or_else(|| Refusal::new(ProblemCode::Internal, "expected a call in the request"))
    }
}

/// Who is signed in. Only on routes whose policy asks for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The person.
    pub person: PersonId,
    /// The session.
    pub session: SessionId,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
    /// How lately the session was used before this request.
    pub session_use: SessionUse,
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let signed = parts.extensions.get().copied();
        signed.ok_or_else(|| Refusal::new(ProblemCode::Internal, "expected a policy with a session on this route"))
    }
}
