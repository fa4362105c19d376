//! The routes of payments.

use axum::Json;
use qianbao_api::orders::RefundView;
use qianbao_api::payments::{
    CreatePaymentRefund, PayRequest, PaymentStatus, PaymentView, Preview, PreviewRequest, SignedReceipt,
};
use qianbao_core::Timestamp;
use qianbao_core::id::PaymentId;
use serde::Deserialize;

use super::pay;
use super::preview;
use super::receipt;
use super::refund;
use super::status;
use crate::door::{At, Body, Call, Params, Signed};
use crate::merchants::acting;
use crate::problem::Refusal;

/// Query of the status route.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatusQuery {
    /// The `not_after` that the payment was sent with: after it an id that never arrived is finally not paid. Without it that takes until
    /// 20 minutes after the id was made.
    not_after: Option<i64>,
}

/// What the confirm sheet shows. Nothing is stored.
#[utoipa::path(
    post, path = "/v1/payments/preview", tag = "payments", request_body = PreviewRequest,
    responses((status = 200, body = Preview))
)]
pub async fn preview(
    call: Call,
    signed: Signed,
    Body(request): Body<PreviewRequest>,
) -> Result<Json<Preview>, Refusal> {
    Ok(Json(preview::preview(&call, &signed, &request).await?))
}

/// Pay, once. A payment that is refused for good is an answer, not a problem.
#[utoipa::path(
    post, path = "/v1/payments", tag = "payments", request_body = PayRequest,
    responses((status = 200, body = PaymentView))
)]
pub async fn pay(call: Call, signed: Signed, Body(request): Body<PayRequest>) -> Result<Json<PaymentView>, Refusal> {
    let payer = pay::Payer { person: signed.person, session: signed.session_use };
    let outcome = pay::pay(&call.realm, &call.app.sources, payer, &request).await.map_err(Refusal::from);
    let result = outcome.as_ref().map_err(Refusal::code).map(|view| match view.status {
        PaymentStatus::Paid => "paid",
        PaymentStatus::Refused | PaymentStatus::NotPaid => "refused",
        PaymentStatus::Unknown => "unknown",
    });
    call.app.metrics.paid(call.realm.name, result);
    outcome.map(Json)
}

/// How a payment stands, for whoever pays it or is paid by it. All but `unknown` is final.
#[utoipa::path(
    get, path = "/v1/payments/{id}", tag = "payments", params(("id" = PaymentId, Path), StatusQuery),
    responses((status = 200, body = PaymentView))
)]
pub async fn status(
    call: Call,
    signed: Signed,
    At(id): At<PaymentId>,
    Params(query): Params<StatusQuery>,
) -> Result<Json<PaymentView>, Refusal> {
    let asker = acting::party(&call, signed.person).await?;
    let not_after = query.not_after.map(Timestamp);
    Ok(Json(status::status(&call.realm, asker, id, not_after, call.now).await?))
}

/// The receipt of a payment, signed by the operator, for payer and payee.
#[utoipa::path(
    get, path = "/v1/payments/{id}/receipt", tag = "payments", params(("id" = PaymentId, Path)),
    responses((status = 200, body = SignedReceipt))
)]
pub async fn receipt(call: Call, signed: Signed, At(id): At<PaymentId>) -> Result<Json<SignedReceipt>, Refusal> {
    let asker = acting::party(&call, signed.person).await?;
    let paid = status::paid(&call.realm, asker, id).await?;
    Ok(Json(receipt::receipt(&call.realm, &paid).await?))
}

/// Give back a payment that the shop got, whole or in part, with or without an order. A repeat answers alike.
#[utoipa::path(
    post, path = "/v1/payments/{id}/refunds", tag = "payments", params(("id" = PaymentId, Path)),
    request_body = CreatePaymentRefund, responses((status = 200, body = RefundView))
)]
pub async fn refund(
    call: Call,
    signed: Signed,
    At(id): At<PaymentId>,
    Body(request): Body<CreatePaymentRefund>,
) -> Result<Json<RefundView>, Refusal> {
    let shop = acting::shop(&call.realm, signed.person).await?;
    let outcome = refund::refund(&call.realm, &shop, id, &request, call.now).await.map_err(Refusal::from);
    call.app.metrics.refunded(call.realm.name, outcome.as_ref().map_err(Refusal::code).map(|_| ()));
    outcome.map(Json)
}
