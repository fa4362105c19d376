//! A shop's orders (desk). Giving money back is [`Client::refund`](crate::Client::refund), which goes through the outbox.

use qianbao_api::Page;
use qianbao_api::orders::{CreateOrder, EditOrder, OrderStatus, OrderView};
use qianbao_core::id::OrderId;

use super::query::Query;
use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{Method, Request};

/// The word of a status in a query.
const fn status_word(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Open => "open",
        OrderStatus::Paid => "paid",
        OrderStatus::PartlyRefunded => "partly_refunded",
        OrderStatus::Refunded => "refunded",
        OrderStatus::Expired => "expired",
        OrderStatus::Cancelled => "cancelled",
    }
}

impl Client {
    /// Makes an order. After a lost answer send the same request again: it answers alike.
    pub async fn create_order(&self, request: &CreateOrder) -> Result<OrderView, ClientError> {
        self.tell(Method::Post, "/v1/orders", request).await
    }

    /// Orders, newest first, `limit` 1–100 a page; only those of `status` if given.
    pub async fn orders(
        &self,
        status: Option<OrderStatus>,
        starting_after: Option<OrderId>,
        limit: u32,
    ) -> Result<Page<OrderView>, ClientError> {
        let path = Query::new("/v1/orders")
            .with("limit", &limit)
            .with_some("starting_after", starting_after.as_ref())
            .with_some("status", status.map(status_word).as_ref())
            .done();
        self.ask(Request::get(path)).await
    }

    /// One order.
    pub async fn order(&self, order: OrderId) -> Result<OrderView, ClientError> {
        self.ask(Request::get(format!("/v1/orders/{order}"))).await
    }

    /// Replaces what an open order is for; its old codes stop working.
    pub async fn edit_order(&self, order: OrderId, request: &EditOrder) -> Result<OrderView, ClientError> {
        self.tell(Method::Patch, &format!("/v1/orders/{order}"), request).await
    }

    /// Cancels an open order. If a payment was faster the problem is `order_paid`.
    pub async fn cancel_order(&self, order: OrderId) -> Result<OrderView, ClientError> {
        self.ask(Request::bare(Method::Post, format!("/v1/orders/{order}/cancel"))).await
    }
}
