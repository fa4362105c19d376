//! What an answer says about a request that moves value. Pure.
//!
//! | answer | first send | after a lost answer |
//! | --- | --- | --- |
//! | the payment's view, final | final | final |
//! | the payment's view, `unknown` | check | check |
//! | a problem by which nothing happened and nothing will | rejected | check: the send before may have arrived |
//! | a problem by which nothing happened *now* (load, rate) | send again | check, then send again |
//! | a problem that leaves it open, no answer, a strange answer | check | check |
//! | none for this person: they have signed out | stop | stop |
//!
//! A refund has no status of its own; its identical repeat answers as the first did. After a lost answer a problem counts
//! only if every send of this body gets it: the refund's own rules give it, which look at the id first, or its text can
//! never be accepted. Others (no session, load) are told before the id is looked up and say nothing about an earlier send.

use qianbao_api::ProblemCode;
use qianbao_api::orders::RefundView;
use qianbao_api::payments::{PaymentStatus, PaymentView};

use super::Outcome;
use crate::error::{ClientError, Moved};

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is over.
    Final(Outcome),
    /// Nothing happened; the same request may be sent again after a pause.
    SendAgain,
    /// Ask for the outcome.
    Check,
    /// The person who approved it has left: stop.
    Left,
}

/// What the answer to sending a payment says.
pub(crate) fn of_payment(answer: Result<PaymentView, ClientError>, has_lost: bool) -> Verdict {
    match answer {
        Ok(view) => of_status(view),
        Err(ClientError::SignedOut) => Verdict::Left,
        Err(_) if has_lost => Verdict::Check,
        Err(error) => of_problem(error),
    }
}

/// What the answer to asking for a payment says. Anything but a final status leaves it open.
pub(crate) fn of_question(answer: Result<PaymentView, ClientError>) -> Verdict {
    match answer {
        Ok(view) => of_status(view),
        Err(ClientError::SignedOut) => Verdict::Left,
        Err(_) => Verdict::Check,
    }
}

/// What the view of a payment says.
fn of_status(view: PaymentView) -> Verdict {
    match view.status {
        PaymentStatus::Paid => Verdict::Final(Outcome::Paid(Box::new(view))),
        PaymentStatus::Refused => Verdict::Final(Outcome::Refused(view.reason.unwrap_or(ProblemCode::Internal))),
        PaymentStatus::NotPaid => Verdict::Final(Outcome::NotPaid),
        PaymentStatus::Unknown => Verdict::Check,
    }
}

/// What the answer to sending a refund says. `Check` is sending it again.
pub(crate) fn of_refund(answer: Result<RefundView, ClientError>, has_lost: bool) -> Verdict {
    match answer {
        Ok(view) => Verdict::Final(Outcome::Refunded(Box::new(view))),
        Err(ClientError::SignedOut) => Verdict::Left,
        Err(error) if has_lost && !error.code().is_some_and(is_of_every_send) => Verdict::Check,
        Err(error) => of_problem(error),
    }
}

fn of_problem(error: ClientError) -> Verdict {
    let moved = error.moved();
    match error {
        ClientError::Problem(problem) if moved == Moved::No => match problem.code {
            ProblemCode::Overloaded | ProblemCode::TooManyRequests => Verdict::SendAgain,
            _ => Verdict::Final(Outcome::Rejected(problem)),
        },
        _ => Verdict::Check,
    }
}

/// Whether this answer to a refund holds for each send of the same body.
const fn is_of_every_send(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::RefundExceeds
            | ProblemCode::OrderState
            | ProblemCode::IdReused
            | ProblemCode::InsufficientFunds
            | ProblemCode::PayeeCeiling
            | ProblemCode::WalletBlocked
            | ProblemCode::CurrencyMismatch
            | ProblemCode::NoteInvalid
            | ProblemCode::CardNumberInText
            | ProblemCode::ApprovalRequired
            | ProblemCode::PasskeyRequired
            | ProblemCode::ApprovalInvalid
    )
}
