//! Path and query parameters; a mistake is a problem that names the parameter where it can.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use qianbao_api::ProblemCode;
use serde::de::DeserializeOwned;

use crate::problem::Refusal;

/// The parsed query of a request. Its type says `deny_unknown_fields`.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

/// The parsed variable parts of the path. A part that is not an id of the right kind names nothing: `not_found`.
#[derive(Clone, Copy, Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|rejection| {
            let text = rejection.body_text();
            let detail = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            // Serde's path stands in front, up to a colon, when the mistake is in one parameter.
            let name = detail.split_once(": ").map(|(name, _)| name).filter(|name| !name.contains(' '));
            let refusal = Refusal::new(ProblemCode::MalformedRequest, detail);
            match name {
                Some(name) => refusal.about(name),
                None => refusal,
            }
        })
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value))
            .map_err(|rejection| Refusal::new(ProblemCode::NotFound, rejection.body_text()))
    }
}
