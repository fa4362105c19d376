//! What can go wrong between the app and the server, and what each case says about money.

use qianbao_api::{Problem, ProblemCode};

use crate::authenticator::AuthenticatorError;
use crate::storage::StorageError;

/// Whether value can have moved although a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Certainly not: nothing happened.
    No,
    /// Nobody here knows: the outcome has to be asked for by id before anything is tried again.
    Unknown,
}

/// A request that brought no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The server answered with a problem document; clients translate its `code`.
    #[error("the server answered {} ({}), request {}", .0.status, .0.detail, .0.request_id)]
    Problem(Box<Problem>),
    /// The request could not be sent, or the connection ended before the whole answer was there.
    #[error("the server cannot be reached; check the connection and try again")]
    Offline,
    /// The answer did not come within the deadline.
    #[error("expected an answer within {deadline_ms} ms, found none")]
    Timeout {
        /// The deadline that was over, in milliseconds.
        deadline_ms: u32,
    },
    /// The answer is not what the contract says: the app or the server is older than the other, or something between them
    /// rewrote it.
    #[error("expected the answer of {what}, found something else: {detail} (request {request_id})")]
    Malformed {
        /// Which request.
        what: String,
        /// What was found.
        detail: String,
        /// The `X-Request-Id` of the answer; empty if it had none.
        request_id: String,
    },
    /// This device could not store what has to be stored before a request is sent; nothing was sent.
    #[error("the device could not store the request, so it was not sent: {0}")]
    Storage(#[from] StorageError),
    /// No passkey was made or used; nothing was sent.
    #[error("{0}")]
    Passkey(#[from] AuthenticatorError),
    /// The person signed out, or another one signed in, before the answer was there. What was sent stands with the server.
    #[error("the person signed out before the answer was there")]
    SignedOut,
}

impl ClientError {
    /// What this failure of a request that moves value says about the money.
    ///
    /// [`Client::pay`](crate::Client::pay) and [`Client::refund`](crate::Client::refund) ask for the outcome on their
    /// own; this is for the text next to an error, and for requests made by hand.
    pub fn moved(&self) -> Moved {
        match self {
            Self::Problem(problem) if problem.leaves_outcome_open() => Moved::Unknown,
            Self::Problem(_) | Self::Storage(_) | Self::Passkey(_) => Moved::No,
            Self::Offline | Self::Timeout { .. } | Self::Malformed { .. } | Self::SignedOut => Moved::Unknown,
        }
    }

    /// The code, where the server gave one.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// The id of the request for support, where there is one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(&problem.request_id),
            Self::Malformed { request_id, .. } => Some(request_id).filter(|id| !id.is_empty()).map(String::as_str),
            _ => None,
        }
    }

    /// Whether the same request may succeed when it is simply tried again later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Offline | Self::Timeout { .. } => true,
            Self::Problem(problem) => matches!(
                problem.code,
                ProblemCode::TooManyRequests
                    | ProblemCode::Overloaded
                    | ProblemCode::Timeout
                    | ProblemCode::Internal
                    | ProblemCode::BankUnavailable
                    | ProblemCode::PayoutsHalted
            ),
            Self::Malformed { .. } | Self::Storage(_) | Self::Passkey(_) | Self::SignedOut => false,
        }
    }

    /// Whether nobody is signed in (any more).
    pub fn is_signed_out(&self) -> bool {
        *self == Self::SignedOut || self.code() == Some(ProblemCode::SignInRequired)
    }
}

/// Reads a problem with money in mind.
trait Outcome {
    /// Whether the request may have been done although its answer is a problem.
    fn leaves_outcome_open(&self) -> bool;
}

impl Outcome for Problem {
    fn leaves_outcome_open(&self) -> bool {
        self.unknown_until.is_some() || matches!(self.code, ProblemCode::Timeout | ProblemCode::Internal)
    }
}
