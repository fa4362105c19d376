//! The way to the server: one request out, one whole answer back, within a deadline.
//!
//! A transport decides nothing. It does not retry, does not read the body and does not know what a payment is; that is
//! done above it, once for all transports.

use futures::future::LocalBoxFuture;
use qianbao_core::Timestamp;

/// Method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Sets.
    Put,
    /// Changes.
    Patch,
    /// Ends.
    Delete,
}

/// A request to the app's own origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path with query, such as `/v1/sync?limit=256`.
    pub path: String,
    /// The JSON text to send.
    pub body: Option<String>,
    /// How long the whole exchange may take, in milliseconds.
    pub deadline_ms: u32,
}

impl Request {
    /// How long a request may take unless it says otherwise, in milliseconds.
    pub const DEADLINE_MS: u32 = 15_000;

    /// A request that reads `path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::Get, path: path.into(), body: None, deadline_ms: Self::DEADLINE_MS }
    }

    /// A request with a JSON body.
    pub fn send(method: Method, path: impl Into<String>, body: String) -> Self {
        Self { method, path: path.into(), body: Some(body), deadline_ms: Self::DEADLINE_MS }
    }

    /// A request without a body that is not a plain read.
    pub fn bare(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, deadline_ms: Self::DEADLINE_MS }
    }
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Whether the content type is `application/problem+json`.
    pub is_problem: bool,
    /// `X-Request-Id`; empty if there was none.
    pub request_id: String,
    /// The server's clock by the `Date` header, whole seconds.
    pub date: Option<Timestamp>,
    /// The text of the body.
    pub body: String,
}

/// No whole answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The request could not be sent, or the connection ended before the answer was whole. Which of the two is not known.
    #[error("no connection to the server")]
    Broken,
    /// The deadline was over first; the exchange was given up.
    #[error("no answer within the deadline")]
    Timeout,
}

/// The way to the server.
pub trait Transport {
    /// Sends one request, once, and waits for the whole answer until the request's deadline.
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Answer, TransportError>>;
}

/// A transport that reaches nobody: what a client without a network has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unreachable;

impl Transport for Unreachable {
    fn send(&self, _request: Request) -> LocalBoxFuture<'static, Result<Answer, TransportError>> {
        Box::pin(std::future::ready(Err(TransportError::Broken)))
    }
}
