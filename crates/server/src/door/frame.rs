//! The outermost layer: every answer has a request id, a log line and the headers of the house; every refusal is a document; a
//! panic ends one request; no answer takes longer than the limit.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use qianbao_api::ProblemCode;
use qianbao_core::id::RequestId;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::client_address::is_trusted;
use crate::app::App;
use crate::hosts::Transport;
use crate::problem::{self, Refusal};
use crate::site::protect_data;
use crate::traces;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Frames one request. The log line holds method, route, status and time; never a query, a header or a body.
pub async fn frame(State(app): State<App>, request: Request, next: Next) -> Response {
    let id: RequestId = app.sources.id();
    let id = id.to_string();
    let started = Instant::now();
    let method = request.method().clone();
    let path = loggable(request.uri().path());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = begin(&app, &request, &id, route.as_ref());
    let limit = Duration::from_millis(u64::from(app.config.answer_ms_max));
    let answered = AssertUnwindSafe(tokio::time::timeout(limit, next.run(request)).instrument(span.clone()));
    let response = match answered.catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Refusal::new(ProblemCode::Timeout, "the handler took longer than the limit").into_response(),
        Err(panic) => Refusal::new(ProblemCode::Internal, format!("panic: {}", said(&*panic))).into_response(),
    };
    let mut response = span.in_scope(|| written(response, &id));
    if !response.headers().contains_key(header::CONTENT_SECURITY_POLICY) {
        // Pages and files of the apps come with policies of their own.
        response = protect_data(response, app.config.transport == Transport::Tls);
    }
    let value = HeaderValue::try_from(id).expect("an id is ASCII");
    response.headers_mut().insert(REQUEST_ID, value);
    let (took, status) = (started.elapsed(), response.status().as_u16());
    let route = route.as_ref().map_or("pages", MatchedPath::as_str);
    app.metrics.answered(word(&method), route, status, took);
    if app.config.traces.is_some() {
        span.record("http.response.status_code", status);
    }
    span.in_scope(|| {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(%method, %path, status, ms, "answered");
    });
    response
}

/// The span of a request. What only a trace needs is there only where something is traced.
fn begin(app: &App, request: &Request, id: &str, route: Option<&MatchedPath>) -> Span {
    let span = tracing::info_span!(
        "request",
        id,
        trace = Empty,
        otel.name = Empty,
        otel.kind = Empty,
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty,
    );
    if app.config.traces.is_none() {
        return span;
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if peer.is_some_and(|ConnectInfo(peer)| is_trusted(peer.ip(), &app.config.trusted_proxies)) {
        traces::receive(&span, request.headers());
    }
    let (method, route) = (word(request.method()), route.map_or("pages", MatchedPath::as_str));
    span.record("otel.name", format!("{method} {route}"));
    span.record("otel.kind", "server");
    span.record("http.request.method", method);
    span.record("http.route", route);
    // Last: whoever asks for the id fixes name and parent.
    if let Some(trace) = traces::kept_id(&span) {
        span.record("trace", trace);
    }
    span
}

/// The method as a label: anything unusual is one thing.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// Writes the document of a refusal, and logs what it may not say.
fn written(mut response: Response, id: &str) -> Response {
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else {
        return response;
    };
    if let Some(secret) = refusal.secret().filter(|_| refusal.code() == ProblemCode::Overloaded) {
        // It happens when there is too much to do already, and to many at once.
        tracing::debug!(code = %problem::word(refusal.code()), secret, "refused");
    } else if let Some(secret) = refusal.secret() {
        tracing::error!(code = %problem::word(refusal.code()), secret, "failed");
    } else {
        tracing::debug!(code = %problem::word(refusal.code()), "refused");
    }
    let mut document = refusal.answer(id);
    let own: Vec<HeaderName> = document.headers().keys().cloned().collect();
    // A name may come more than once, as that of a cookie does.
    for (name, value) in response.headers() {
        if !own.contains(name) && name != header::CONTENT_LENGTH {
            document.headers_mut().append(name, value.clone());
        }
    }
    document
}

/// The path for the log: what follows the second slash may be an id, which is no secret; anything unusual is cut off.
fn loggable(path: &str) -> String {
    path.chars().take(120).map(|sign| if sign.is_ascii_graphic() { sign } else { '?' }).collect()
}

fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
