//! How a payment stands, from whichever source knows: the outbox of this device, or the server.

use qianbao_api::ProblemCode;
use qianbao_api::payments::{PaidView, PaymentStatus, PaymentView};
use qianbao_client::{Outcome, Step};
use qianbao_core::Timestamp;

/// How a payment stands, as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On its way.
    Going,
    /// Nobody here knows yet; final at the moment given, if any.
    Checking(Option<Timestamp>),
    /// Money has moved.
    Paid(Box<PaidView>),
    /// Final: no money moved, and why.
    NotPaid(Option<ProblemCode>),
}

impl Standing {
    /// By the step of the device's own request.
    pub fn of_step(step: &Step) -> Self {
        match step {
            Step::Sending => Self::Going,
            Step::Checking { final_at } => Self::Checking(*final_at),
            Step::Done(Outcome::Paid(view)) => Self::of_view(view),
            Step::Done(outcome) => Self::NotPaid(outcome.reason()),
        }
    }

    /// By the server's answer.
    pub fn of_view(view: &PaymentView) -> Self {
        match (view.status, &view.paid) {
            (PaymentStatus::Paid, Some(paid)) => Self::Paid(Box::new(paid.clone())),
            (PaymentStatus::Refused, _) => Self::NotPaid(view.reason),
            (PaymentStatus::NotPaid, _) => Self::NotPaid(None),
            // A payment without its details is asked for again rather than guessed.
            (PaymentStatus::Unknown | PaymentStatus::Paid, _) => Self::Checking(view.unknown_until),
        }
    }
}

#[cfg(test)]
mod tests {
    use qianbao_core::id::PaymentId;

    use super::*;

    fn view(status: PaymentStatus) -> PaymentView {
        PaymentView {
            id: PaymentId::from_parts(1, [1; 10]),
            status,
            reason: (status == PaymentStatus::Refused).then_some(ProblemCode::OrderPaid),
            unknown_until: (status == PaymentStatus::Unknown).then_some(Timestamp(7)),
            paid: None,
            server_time: Timestamp(0),
        }
    }

    #[test]
    fn a_lost_answer_is_checking_and_nothing_else() {
        let step = Step::Checking { final_at: Some(Timestamp(9)) };
        assert_eq!(Standing::of_step(&step), Standing::Checking(Some(Timestamp(9))));
        assert_eq!(Standing::of_view(&view(PaymentStatus::Unknown)), Standing::Checking(Some(Timestamp(7))));
    }

    #[test]
    fn a_refusal_is_final_and_says_why() {
        let refused = Standing::of_view(&view(PaymentStatus::Refused));
        assert_eq!(refused, Standing::NotPaid(Some(ProblemCode::OrderPaid)));
        assert_eq!(Standing::of_step(&Step::Done(Outcome::NotPaid)), Standing::NotPaid(None));
        let step = Step::Done(Outcome::Refused(ProblemCode::InsufficientFunds));
        assert_eq!(Standing::of_step(&step), Standing::NotPaid(Some(ProblemCode::InsufficientFunds)));
    }

    #[test]
    fn paid_without_details_is_not_shown_as_paid() {
        assert_eq!(Standing::of_view(&view(PaymentStatus::Paid)), Standing::Checking(None));
    }
}
