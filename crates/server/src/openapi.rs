//! The OpenAPI 3 document: made from the routes and the wire types, served at `/v1/openapi.json`, committed as `docs/openapi.json`.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use qianbao_api::Problem;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};

use crate::wallets::filter::Direction;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Qianbao",
        description = "The wallet's API. Amounts are minor units as strings, moments microseconds."
    ),
    components(schemas(Problem, Direction))
)]
struct Start;

/// The document, for programs that read it.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "operation", responses((status = 200, description = "OpenAPI 3.")))]
pub async fn serve() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(document);
    ([(CONTENT_TYPE, "application/json")], TEXT.as_str())
}

/// The document without routes.
pub fn start() -> utoipa::openapi::OpenApi {
    let mut document = Start::openapi();
    let cookie = ApiKeyValue::with_description("__Host-session", "Set by signing up or in; of one host.");
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    document
}

/// The whole document, as JSON with a line end.
pub fn document() -> String {
    let (_, document) = crate::app::table().finish();
    let mut text = document.to_pretty_json().expect("a document of strings and maps is serialisable");
    text.push('\n');
    text
}
