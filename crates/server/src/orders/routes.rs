//! The routes of orders.

use axum::Json;
use qianbao_api::Page;
use qianbao_api::orders::{CreateOrder, CreateRefund, EditOrder, OrderStatus, OrderView, RefundView};
use qianbao_core::id::OrderId;
use serde::Deserialize;

use super::list::Listing;
use super::{cancel, create, edit, list, refund};
use crate::door::{At, Body, Call, Params, Signed};
use crate::merchants::acting;
use crate::problem::Refusal;

/// Query of the list.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Rows, 1–100; 25 unless said.
    limit: Option<u32>,
    /// The last order of the page before.
    starting_after: Option<OrderId>,
    /// Only those that stand like this.
    status: Option<OrderStatus>,
}

/// Make an order. The id is made by the shop; a repeat answers alike.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", request_body = CreateOrder, responses((status = 200, body = OrderView))
)]
pub async fn create(call: Call, signed: Signed, Body(request): Body<CreateOrder>) -> Result<Json<OrderView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    Ok(Json(create::create(&call.realm, &shop, &request, call.now).await?))
}

/// The shop's orders, newest first.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders", params(ListQuery), responses((status = 200, body = Page<OrderView>))
)]
pub async fn list(
    call: Call,
    signed: Signed,
    Params(query): Params<ListQuery>,
) -> Result<Json<Page<OrderView>>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    let (limit, starting_after, status) = (query.limit.unwrap_or(25), query.starting_after, query.status);
    Ok(Json(list::list(&call.realm, &shop, Listing { limit, starting_after, status }, call.now).await?))
}

/// One order of the shop.
#[utoipa::path(
    get, path = "/v1/orders/{id}", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = OrderView))
)]
pub async fn get(call: Call, signed: Signed, At(id): At<OrderId>) -> Result<Json<OrderView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    Ok(Json(list::get(&call.realm, &shop, id, call.now).await?))
}

/// Replace what an open order is for. Old codes of it stop working.
#[utoipa::path(
    patch, path = "/v1/orders/{id}", tag = "orders", params(("id" = OrderId, Path)), request_body = EditOrder,
    responses((status = 200, body = OrderView))
)]
pub async fn edit(
    call: Call,
    signed: Signed,
    At(id): At<OrderId>,
    Body(request): Body<EditOrder>,
) -> Result<Json<OrderView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    Ok(Json(edit::edit(&call.realm, &shop, id, &request, call.now).await?))
}

/// Cancel an open order. If a payment was faster the problem is `order_paid`.
#[utoipa::path(
    post, path = "/v1/orders/{id}/cancel", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = OrderView))
)]
pub async fn cancel(call: Call, signed: Signed, At(id): At<OrderId>) -> Result<Json<OrderView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    Ok(Json(cancel::cancel(&call.realm, &shop, id, call.now).await?))
}

/// Give back what was paid, whole or in part. A repeat answers alike.
#[utoipa::path(
    post, path = "/v1/orders/{id}/refunds", tag = "orders", params(("id" = OrderId, Path)), request_body = CreateRefund,
    responses((status = 200, body = RefundView))
)]
pub async fn refund(
    call: Call,
    signed: Signed,
    At(id): At<OrderId>,
    Body(request): Body<CreateRefund>,
) -> Result<Json<RefundView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    let outcome = refund::refund(&call.realm, &shop, id, &request, call.now).await.map_err(Refusal::from);
    call.app.metrics.refunded(call.realm.name, outcome.as_ref().map_err(Refusal::code).map(|_| ()));
    outcome.map(Json)
}
