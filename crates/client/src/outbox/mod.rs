//! Requests that move value, and their one outcome.
//!
//! Phases of a payment: **stored** (id and whole body on this device, flushed) → **sent** (once or more, always the same
//! body) → **resolved**. If an answer is lost the outcome is *checked* by the payment's id until it is final; nothing is
//! ever sent under a new id, so no retry can pay twice. A page that is closed at any point finds the request here again
//! and checks it; a page that did not see the person's finger sends no payment by itself.
//!
//! A refund is another matter: it has no end in time and no question of its own, so an open one is sent again, with the same
//! id and the same bytes, also by a page that was loaded later and did not see the press. That is safe, because the server
//! gives back once for an id and never more than was paid, and because only a page of the person who pressed does it. They
//! are told: [`Client::outbox`](crate::Client::outbox) shows it as being checked from the first moment on, then its outcome,
//! until they have seen it. Signing out first means that it is not sent any more.
//!
//! A request belongs to the person who approved it. When they sign out, in this tab or another, nothing of it is sent or
//! asked for any more, and nobody else sees it; its outcome stands with the server.

mod list;
mod operations;
mod record;
mod verdict;

use qianbao_api::orders::RefundView;
use qianbao_api::payments::PaymentView;
use qianbao_api::{Problem, ProblemCode};
use qianbao_core::Timestamp;
use qianbao_core::id::{OrderId, PaymentId, PersonId, RefundId};

pub(crate) use list::Outbox;

/// Where a request stands. Shown while it is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// On its way; the answer is awaited.
    Sending,
    /// An answer was lost: the outcome is being asked for. Say "checking", never "try again".
    Checking {
        /// When the outcome is final at the latest, by the server's clock; nothing for refunds.
        final_at: Option<Timestamp>,
    },
    /// Final.
    Done(Outcome),
}

/// What finally became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Paid; `paid` of the view holds the details.
    Paid(Box<PaymentView>),
    /// Given back.
    Refunded(Box<RefundView>),
    /// Refused for good by the ledger; the id is closed. No money moved.
    Refused(ProblemCode),
    /// The id never arrived in time. No money moved, none will.
    NotPaid,
    /// The request was not accepted. No money moved.
    Rejected(Box<Problem>),
}

impl Outcome {
    /// Whether money moved.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Paid(_) | Self::Refunded(_))
    }

    /// The code that says why no money moved, where there is one.
    pub fn reason(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(code) => Some(*code),
            Self::Rejected(problem) => Some(problem.code),
            Self::Paid(_) | Self::Refunded(_) | Self::NotPaid => None,
        }
    }
}

/// What a request in the outbox does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Pays.
    Payment(PaymentId),
    /// Gives back.
    Refund {
        /// The refund.
        refund: RefundId,
        /// What was paid.
        of: RefundOf,
    },
}

/// What a refund gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundOf {
    /// The payment of an order.
    Order(OrderId),
    /// A payment, as its payer named it.
    Payment {
        /// Who paid.
        payer: PersonId,
        /// The payment.
        payment: PaymentId,
    },
}

impl Subject {
    /// The id that the request makes, as text.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Payment(payment) => payment.to_string(),
            Self::Refund { refund, .. } => refund.to_string(),
        }
    }
}

/// A request in the outbox, as the app shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    /// What it does.
    pub subject: Subject,
    /// When it was stored, by the server's clock.
    pub stored_at: Timestamp,
    /// Where it stands.
    pub step: Step,
}
