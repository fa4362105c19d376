//! JSON bodies: `application/json` only, at most 64 KiB, unknown fields and arrays in place of objects ([`super::objects`]) refused; a
//! mistake is named with its path.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use qianbao_api::ProblemCode;
use serde::de::DeserializeOwned;

use super::objects;
use crate::problem::{Refusal, is_too_large};

/// Largest body of a request, bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// The parsed body of a request.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !is_json(&request) {
            let detail = "expected the header Content-Type: application/json";
            return Err(Refusal::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        parse(&bytes).map(Self)
    }
}

fn is_json(request: &Request) -> bool {
    let Some(text) = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let kind = text.split(';').next().unwrap_or(text);
    kind.trim().eq_ignore_ascii_case("application/json")
}

fn unread(rejection: BytesRejection) -> Refusal {
    if is_too_large(rejection.into_response().status()) {
        let detail = format!("expected a body of at most {BODY_BYTES_MAX} bytes");
        return Refusal::new(ProblemCode::BodyTooLarge, detail);
    }
    Refusal::new(ProblemCode::MalformedRequest, "expected a whole body, found one that was cut off")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    // Every body is an object; said here in words of its own.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Refusal::new(ProblemCode::MalformedRequest, "expected a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(mistake)?;
    reader.end().map_err(|error| Refusal::new(ProblemCode::MalformedRequest, error.to_string()))?;
    objects::check::<T>(bytes).map_err(mistake)?;
    Ok(value)
}

fn mistake(error: serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    // A place that is no field yet, such as the end of a cut text, is written as a question mark.
    let path = error.path().to_string();
    let path = path.trim_end_matches('?').trim_end_matches('.').to_owned();
    let refusal = Refusal::new(ProblemCode::MalformedRequest, error.into_inner().to_string());
    if path.is_empty() { refusal } else { refusal.about(path) }
}

#[cfg(test)]
mod tests {
    use qianbao_api::identity::PersonChange;

    use super::parse;

    #[test]
    fn a_body_is_an_object() {
        assert!(parse::<PersonChange>(b" {}").is_ok());
        for other in ["[null,null]", "null", "", "\"text\""] {
            assert!(parse::<PersonChange>(other.as_bytes()).is_err(), "{other} was taken");
        }
    }
}
