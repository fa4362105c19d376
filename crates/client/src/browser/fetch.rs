//! Requests by `fetch`, with a deadline: `fetch` itself has none.

use futures::future::{Either, LocalBoxFuture, select};
use gloo_net::http::{Headers, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use web_sys::{AbortController, AbortSignal, RequestCache, RequestCredentials, RequestRedirect};

use super::clock::millis;
use crate::transport::{Answer, Method, Request, Transport, TransportError};

/// `fetch` to the page's own origin.
pub(crate) struct Fetch;

impl Transport for Fetch {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Answer, TransportError>> {
        Box::pin(async move {
            let controller = AbortController::new().map_err(|_| TransportError::Broken)?;
            let deadline = TimeoutFuture::new(request.deadline_ms);
            let exchange = Box::pin(exchange(request, controller.signal()));
            match select(exchange, deadline).await {
                Either::Left((answer, _)) => answer.map_err(|_| TransportError::Broken),
                Either::Right(_) => {
                    controller.abort();
                    Err(TransportError::Timeout)
                }
            }
        })
    }
}

async fn exchange(request: Request, signal: AbortSignal) -> Result<Answer, gloo_net::Error> {
    let builder = RequestBuilder::new(&request.path)
        .method(match request.method {
            Method::Get => gloo_net::http::Method::GET,
            Method::Post => gloo_net::http::Method::POST,
            Method::Put => gloo_net::http::Method::PUT,
            Method::Patch => gloo_net::http::Method::PATCH,
            Method::Delete => gloo_net::http::Method::DELETE,
        })
        .credentials(RequestCredentials::SameOrigin)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(&signal));
    let response = match request.body {
        Some(body) => builder.header("Content-Type", "application/json").body(body)?.send().await?,
        None => builder.send().await?,
    };
    let headers = response.headers();
    Ok(Answer {
        status: response.status(),
        is_problem: headers.get("content-type").is_some_and(|kind| kind.starts_with("application/problem+json")),
        request_id: headers.get("x-request-id").unwrap_or_default(),
        date: date(&headers),
        body: response.text().await?,
    })
}

fn date(headers: &Headers) -> Option<qianbao_core::Timestamp> {
    let ms = js_sys::Date::parse(&headers.get("date")?);
    ms.is_finite().then(|| millis(ms))
}
