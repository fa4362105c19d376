//! How the person's payments are approved: the payment PIN, and what goes without being asked.

use qianbao_api::approvals::{FreeLimit, NewPin, PaymentSettings};
use qianbao_core::Money;

use crate::client::{Client, malformed};
use crate::error::ClientError;
use crate::json;
use crate::transport::{Method, Request};

impl Client {
    /// How the signed-in person's payments are approved.
    pub async fn payment_settings(&self) -> Result<PaymentSettings, ClientError> {
        self.ask(Request::get("/v1/payment-settings")).await
    }

    /// Sets the payment PIN, which also unlocks it.
    pub async fn set_pin(&self, pin: String) -> Result<(), ClientError> {
        const PATH: &str = "/v1/pin";
        let body = json::print(&NewPin { pin }).map_err(|detail| malformed(PATH, detail, ""))?;
        self.exchange(Request::send(Method::Put, PATH, body)).await.map(drop)
    }

    /// Sets what goes without being asked, each time.
    pub async fn set_free_limit(&self, limit: Money) -> Result<PaymentSettings, ClientError> {
        self.tell(Method::Put, "/v1/free-limit", &FreeLimit { limit }).await
    }
}
