//! The routes of funding.

use axum::Json;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::NoContent;
use qianbao_api::Page;
use qianbao_api::topups::{CreateTopup, TopupView};
use qianbao_core::id::TopupId;
use serde::Deserialize;

use super::{ask, list, notice, subscription};
use crate::door::{Body, Call, Params, Signed};
use crate::problem::Refusal;

/// Query of the list of top-ups.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TopupQuery {
    /// Rows, 1–100; 25 unless said.
    limit: Option<u32>,
    /// The last top-up of the page before.
    starting_after: Option<TopupId>,
}

/// Ask for a reference.
#[utoipa::path(
    post, path = "/v1/topups", tag = "funding", request_body = CreateTopup, responses((status = 200, body = TopupView))
)]
pub async fn create(call: Call, signed: Signed, Body(request): Body<CreateTopup>) -> Result<Json<TopupView>, Refusal> {
    let subscription = subscription(&call.realm, &call.app.config.hosts);
    let bank = (call.app.bank.as_ref(), &subscription);
    Ok(Json(ask::ask(&call.realm, &call.app.sources, bank, signed.person, &request, call.now).await?))
}

/// What was asked for, newest first.
#[utoipa::path(
    get, path = "/v1/topups", tag = "funding", params(TopupQuery), responses((status = 200, body = Page<TopupView>))
)]
pub async fn all(
    call: Call,
    signed: Signed,
    Params(query): Params<TopupQuery>,
) -> Result<Json<Page<TopupView>>, Refusal> {
    let limit = query.limit.unwrap_or(25);
    Ok(Json(list::list(&call.realm, signed.person, query.starting_after, limit).await?))
}

/// The bank tells of a credit. The body is signed; its bytes are read as they are.
#[utoipa::path(
    post, path = "/v1/connectors/bank/notices", tag = "connectors",
    request_body(content = String, content_type = "application/json"), responses((status = 204))
)]
pub async fn notify(call: Call, headers: HeaderMap, body: Bytes) -> Result<NoContent, Refusal> {
    notice::take(&call.realm, &call.app.sources, &headers, &body, call.now).await?;
    Ok(NoContent)
}
