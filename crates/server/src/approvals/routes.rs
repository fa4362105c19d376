//! The routes of approvals and of what they are given by.

use axum::Json;
use axum::http::HeaderMap;
use axum::response::NoContent;
use qianbao_api::approvals::{ApprovalNeed, Approve, Approved, FreeLimit, NewPin, PaymentSettings, RefundPreview};

use super::need::{Count, Moving};
use super::{approve, need, set_pin, settings};
use crate::door::{Body, Call, Signed};
use crate::problem::Refusal;

/// Approve one payment (wallet) or refund (desk), by the payment PIN or a passkey.
#[utoipa::path(
    post, path = "/v1/approvals", tag = "approvals", request_body = Approve,
    responses((status = 200, body = Approved))
)]
pub async fn approve(
    call: Call,
    signed: Signed,
    headers: HeaderMap,
    Body(request): Body<Approve>,
) -> Result<Json<Approved>, Refusal> {
    Ok(Json(approve::approve(&call, &signed, &headers, &request).await?))
}

/// What giving back this much needs. Nothing is stored.
#[utoipa::path(
    post, path = "/v1/refunds/preview", tag = "approvals", request_body = RefundPreview,
    responses((status = 200, body = ApprovalNeed))
)]
pub async fn refund_preview(
    call: Call,
    signed: Signed,
    Body(request): Body<RefundPreview>,
) -> Result<Json<ApprovalNeed>, Refusal> {
    let moving =
        Moving { person: signed.person, amount: request.amount.minor, payee: None, session: signed.session_use };
    Ok(Json(need::need(&call, moving, Count::Elsewhere).await?))
}

/// Set the payment PIN, which also unlocks it.
#[utoipa::path(put, path = "/v1/pin", tag = "approvals", request_body = NewPin,
    responses((status = 204, description = "Set.")))]
pub async fn set_pin(call: Call, signed: Signed, Body(request): Body<NewPin>) -> Result<NoContent, Refusal> {
    set_pin::set(&call, &signed, &request.pin).await?;
    Ok(NoContent)
}

/// How the person's payments are approved.
#[utoipa::path(get, path = "/v1/payment-settings", tag = "approvals", responses((status = 200, body = PaymentSettings)))]
pub async fn settings(call: Call, signed: Signed) -> Result<Json<PaymentSettings>, Refusal> {
    Ok(Json(settings::settings(&call.realm, signed.person).await?))
}

/// Set what goes without being asked.
#[utoipa::path(put, path = "/v1/free-limit", tag = "approvals", request_body = FreeLimit,
    responses((status = 200, body = PaymentSettings)))]
pub async fn set_free_limit(
    call: Call,
    signed: Signed,
    Body(request): Body<FreeLimit>,
) -> Result<Json<PaymentSettings>, Refusal> {
    Ok(Json(settings::set(&call, &signed, request.limit).await?))
}
