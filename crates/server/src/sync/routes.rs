//! The routes of the mirror.

use std::time::Duration;

use axum::Json;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{KeepAlive, Sse};
use qianbao_api::sync::SyncPage;
use serde::Deserialize;

use super::page::{self, ROWS_MAX};
use super::stream;
use super::subject::Subject;
use crate::door::{Call, Params, Signed};
use crate::problem::Refusal;

/// With it a browser that reconnects says what it heard last (HTML standard, server-sent events).
const LAST_EVENT_ID: &str = "last-event-id";

/// Query of the mirror's pages.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SyncQuery {
    /// The token of the page before.
    after: Option<String>,
    /// Most rows, 1–256; 256 unless said.
    limit: Option<u32>,
}

/// What changed since the token; without one everything, oldest first.
#[utoipa::path(
    get, path = "/v1/sync", tag = "sync", params(SyncQuery), responses((status = 200, body = SyncPage))
)]
pub async fn sync(call: Call, signed: Signed, Params(query): Params<SyncQuery>) -> Result<Json<SyncPage>, Refusal> {
    let subject = Subject::of(&call.realm, call.audience, signed.person).await?;
    let limit = query.limit.unwrap_or(ROWS_MAX);
    Ok(Json(page::page(&call.realm, &subject, query.after.as_deref(), limit, call.now).await?))
}

/// A stream of server-sent events named `changed`: there is something to fetch by `/v1/sync`.
///
/// The first one comes at once, unless `Last-Event-ID` is the id of where things stand now: then nothing was missed.
#[utoipa::path(
    get, path = "/v1/events", tag = "sync",
    params((
        "Last-Event-ID" = Option<String>, Header,
        description = "The id of the last event that was heard. An older, foreign or unreadable one is as none.",
    )),
    responses((status = 200, content_type = "text/event-stream", body = String))
)]
pub async fn events(call: Call, signed: Signed, headers: HeaderMap) -> Result<impl IntoResponse, Refusal> {
    let subject = Subject::of(&call.realm, call.audience, signed.person).await?;
    let last_heard = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let stream = stream::open(call, signed, &subject, last_heard).await?;
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
