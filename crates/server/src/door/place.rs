//! From the host to realm and audience; and the check that a request that changes something comes from a page of that very host.
//!
//! On app hosts every unsafe request must carry `Origin` equal to the host's own origin (every browser sends it with them), and
//! `Sec-Fetch-Site`, where sent, must be `same-origin`. Together with the Strict cookie and the JSON content type this
//! leaves nothing to forge (OWASP ASVS 5.0, 3.5). API hosts know no cookies and need no such check.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use qianbao_api::ProblemCode;

use super::Call;
use super::client_address::client_address;
use crate::app::App;
use crate::hosts::{Audience, Place};
use crate::problem::Refusal;

/// Browsers send reports without the page's doing, and not all with its origin; taking one changes nothing.
const REPORTS: &str = "/csp-report";

/// Puts a [`Call`] into the request, or refuses it.
pub async fn place(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(place) = host(request.headers(), request.uri()).and_then(|host| app.config.hosts.place(host)) else {
        return Refusal::new(ProblemCode::NotFound, "expected a host of this wallet").into_response();
    };
    let is_report = request.uri().path() == REPORTS;
    if !is_report && let Err(refusal) = check_origin(&place, request.method(), request.headers()) {
        return refusal.into_response();
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = peer.map_or_else(
        || "unknown".to_owned(),
        |ConnectInfo(peer)| client_address(peer.ip(), request.headers(), &app.config.trusted_proxies).to_string(),
    );
    let Place { realm, audience, origin } = place;
    let call = Call { realm: app.realm(realm).clone(), audience, origin, now: app.sources.now(), address, app };
    request.extensions_mut().insert(call);
    next.run(request).await
}

/// HTTP/1.1 says the host in a header, HTTP/2 in the address.
fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(header::HOST)?.to_str().ok(),
    }
}

fn check_origin(place: &Place, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    if place.audience == Audience::Api || matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_ours = text("origin").is_some_and(|origin| origin == place.origin);
    let is_same = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
    if is_ours && is_same {
        return Ok(());
    }
    let found = text("origin").unwrap_or("none");
    Err(Refusal::new(ProblemCode::OriginRefused, format!("expected Origin: {}, found {found}", place.origin)))
}
