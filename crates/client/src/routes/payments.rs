//! What is shown before a payment, how one stands, and its receipt. Paying itself is [`Client::pay`](crate::Client::pay),
//! which goes through the outbox.

use qianbao_api::payments::{PaymentView, Preview, PreviewRequest, SignedReceipt};
use qianbao_core::Timestamp;
use qianbao_core::id::PaymentId;

use super::query::Query;
use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{Method, Request};

impl Client {
    /// What the confirm sheet shows. Nothing is stored anywhere.
    pub async fn preview(&self, request: &PreviewRequest) -> Result<Preview, ClientError> {
        let sent = self.inner.platform.clock.now();
        let preview: Preview = self.tell(Method::Post, "/v1/payments/preview", request).await?;
        self.inner.server_clock.learn(sent, preview.server_time, self.inner.platform.clock.now());
        Ok(preview)
    }

    /// How the payment stands. With the `not_after` it was sent with, an id that never arrived is `not_paid` after that
    /// moment instead of `unknown`.
    pub async fn payment_status(
        &self,
        payment: PaymentId,
        not_after: Option<Timestamp>,
    ) -> Result<PaymentView, ClientError> {
        let path = Query::new(&format!("/v1/payments/{payment}"))
            .with_some("not_after", not_after.map(|moment| moment.0).as_ref())
            .done();
        self.ask(Request::get(path)).await
    }

    /// The receipt as the server signed it; [`Client::verify_receipt`](crate::Client::verify_receipt) reads it.
    pub async fn signed_receipt(&self, payment: PaymentId) -> Result<SignedReceipt, ClientError> {
        self.ask(Request::get(format!("/v1/payments/{payment}/receipt"))).await
    }
}
