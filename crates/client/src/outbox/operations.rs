//! Paying and giving back: store, send, stay with it until its outcome is final.

use futures::future::{Either, select};
use qianbao_api::orders::{CreateRefund, RefundView};
use qianbao_api::payments::{CreatePaymentRefund, PayRequest, PaymentView, Target};
use qianbao_core::Timestamp;
use qianbao_core::id::{OrderId, PaymentId};

use super::record::Record;
use super::verdict::{self, Verdict};
use super::{Outcome, RefundOf, Step, Subject};
use crate::client::Client;
use crate::error::ClientError;
use crate::json;
use crate::presence::Stay;
use crate::storage::StorageError;
use crate::transport::{Method, Request};

/// How long after its confirmation a payment may reach the ledger, in seconds. Short, because a lost answer is settled for
/// good only after it; long enough for a phone to find its network again.
const PAYMENT_LIFE_S: i64 = 120;
/// First pause before a repeat, in milliseconds; doubles.
const PAUSE_MS: u32 = 500;
/// Longest pause, in milliseconds.
const PAUSE_MS_MAX: u32 = 10_000;

impl Client {
    /// The `not_after` of a payment that the person confirms now: two minutes ahead, by the server's clock.
    pub fn pay_not_after(&self) -> Timestamp {
        self.server_now().plus_seconds(PAYMENT_LIFE_S)
    }

    /// Pays: stores the request on the device, sends it, and stays with it until the outcome is final. `step` is told of
    /// each step.
    ///
    /// Dropping the future stops nothing that was sent; [`Client::run`] goes on checking, and [`Client::outbox`] shows it.
    /// While this future lives, the identical request may be sent again until its `not_after`; afterwards it is only asked
    /// for.
    ///
    /// # Errors
    /// [`ClientError::Storage`]: the device could not store the request, and nothing was sent. [`ClientError::SignedOut`]:
    /// the person has left, and nothing of this is sent or asked for any more; if something was sent before, its outcome
    /// stands in their records. Everything else is an [`Outcome`].
    pub async fn pay(&self, request: &PayRequest, step: impl Fn(&Step)) -> Result<Outcome, ClientError> {
        let stay = self.stay();
        let record = Record {
            owner: self.owner().ok_or(ClientError::SignedOut)?,
            subject: Subject::Payment(request.id),
            order: match request.target {
                Target::Order { order, .. } => Some(order),
                Target::ShopCode { .. } | Target::PersonLink { .. } | Target::Person { .. } => None,
            },
            stored_at: self.server_now(),
            not_after: Some(request.not_after),
            path: "/v1/payments".to_owned(),
            body: json::print(request).map_err(StorageError::Failed)?,
            outcome: None,
        };
        let _driven = self.inner.outbox.drive(record.key());
        self.store(&record, stay).await?;
        step(&Step::Sending);
        let outcome = self.settle_payment(request.id, request.not_after, &record, stay, &step).await?;
        self.resolve(&record, &outcome).await;
        step(&Step::Done(outcome.clone()));
        Ok(outcome)
    }

    /// Gives money of an order back (desk), with the same care as [`Client::pay`]. A refund has no end in time: until an
    /// answer comes the identical request is sent again, by [`Client::run`] too, also in a later page of the same person.
    ///
    /// # Errors
    /// As [`Client::pay`].
    pub async fn refund(
        &self,
        order: OrderId,
        request: &CreateRefund,
        step: impl Fn(&Step),
    ) -> Result<Outcome, ClientError> {
        let subject = Subject::Refund { refund: request.id, of: RefundOf::Order(order) };
        self.give_back(subject, format!("/v1/orders/{order}/refunds"), json::print(request), step).await
    }

    /// Gives back a payment that has no order (desk), as [`Client::refund`] does.
    ///
    /// # Errors
    /// As [`Client::pay`].
    pub async fn refund_payment(
        &self,
        payment: PaymentId,
        request: &CreatePaymentRefund,
        step: impl Fn(&Step),
    ) -> Result<Outcome, ClientError> {
        let of = RefundOf::Payment { payer: request.payer, payment };
        let subject = Subject::Refund { refund: request.id, of };
        self.give_back(subject, format!("/v1/payments/{payment}/refunds"), json::print(request), step).await
    }

    async fn give_back(
        &self,
        subject: Subject,
        path: String,
        body: Result<String, String>,
        step: impl Fn(&Step),
    ) -> Result<Outcome, ClientError> {
        let stay = self.stay();
        let record = Record {
            owner: self.owner().ok_or(ClientError::SignedOut)?,
            subject,
            order: None,
            stored_at: self.server_now(),
            not_after: None,
            path,
            body: body.map_err(StorageError::Failed)?,
            outcome: None,
        };
        let _driven = self.inner.outbox.drive(record.key());
        self.store(&record, stay).await?;
        step(&Step::Sending);
        let (mut has_lost, mut tries) = (false, 0);
        let outcome = loop {
            match self.send_refund(&record, has_lost).await {
                Verdict::Final(outcome) => break outcome,
                Verdict::SendAgain => {}
                Verdict::Check => {
                    has_lost = true;
                    self.checking(&record, &step);
                }
                Verdict::Left => return Err(ClientError::SignedOut),
            }
            self.pause(stay, &mut tries).await?;
        };
        self.resolve(&record, &outcome).await;
        step(&Step::Done(outcome.clone()));
        Ok(outcome)
    }

    /// Looks once after each open request that nobody in this page stays with: a payment is asked for, never sent; a refund
    /// is sent again, which is how it is asked for.
    pub(crate) async fn check_open(&self) {
        let stay = self.stay();
        for record in self.inner.outbox.left_open() {
            if self.still(stay).is_err() {
                return;
            }
            let verdict = match record.subject {
                Subject::Payment(payment) => self.ask_payment(payment, record.not_after).await,
                Subject::Refund { .. } => self.send_refund(&record, true).await,
            };
            if let Verdict::Final(outcome) = verdict {
                self.resolve(&record, &outcome).await;
            }
        }
    }

    async fn settle_payment(
        &self,
        payment: PaymentId,
        not_after: Timestamp,
        record: &Record,
        stay: Stay,
        step: &impl Fn(&Step),
    ) -> Result<Outcome, ClientError> {
        let (mut has_lost, mut tries) = (false, 0);
        loop {
            if !has_lost || self.server_now() < not_after {
                match self.send_payment(record, has_lost).await {
                    Verdict::Final(outcome) => return Ok(outcome),
                    Verdict::SendAgain => {}
                    Verdict::Check => {
                        has_lost = true;
                        self.checking(record, step);
                    }
                    Verdict::Left => return Err(ClientError::SignedOut),
                }
            }
            if has_lost && let Verdict::Final(outcome) = self.ask_payment(payment, Some(not_after)).await {
                return Ok(outcome);
            }
            self.pause(stay, &mut tries).await?;
        }
    }

    async fn send_payment(&self, record: &Record, has_lost: bool) -> Verdict {
        let request = Request::send(Method::Post, record.path.clone(), record.body.clone());
        let sent = self.inner.platform.clock.now();
        let answer: Result<PaymentView, ClientError> = self.ask(request).await;
        if let Ok(view) = &answer {
            self.inner.server_clock.learn(sent, view.server_time, self.inner.platform.clock.now());
        }
        verdict::of_payment(answer, has_lost)
    }

    async fn ask_payment(&self, payment: PaymentId, not_after: Option<Timestamp>) -> Verdict {
        verdict::of_question(self.payment_status(payment, not_after).await)
    }

    async fn send_refund(&self, record: &Record, has_lost: bool) -> Verdict {
        let request = Request::send(Method::Post, record.path.clone(), record.body.clone());
        let answer: Result<RefundView, ClientError> = self.ask(request).await;
        verdict::of_refund(answer, has_lost)
    }

    fn checking(&self, record: &Record, step: &impl Fn(&Step)) {
        let checking = Step::Checking { final_at: record.not_after };
        self.at_step(record, checking.clone());
        step(&checking);
    }

    /// Waits before a repeat, twice as long each time; less when the device comes back to the network. There is no repeat
    /// once the person has left.
    async fn pause(&self, stay: Stay, tries: &mut u32) -> Result<(), ClientError> {
        let ms = PAUSE_MS.saturating_mul(1 << (*tries).min(5)).min(PAUSE_MS_MAX);
        *tries += 1;
        let platform = &self.inner.platform;
        match select(platform.clock.sleep(ms), platform.events.woken()).await {
            Either::Left(_) | Either::Right(_) => self.still(stay),
        }
    }
}
