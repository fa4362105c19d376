//! `DELETE /v1/session`: signs out. Without a session it does nothing and answers alike.
//!
//! The cookie goes, and with `Clear-Site-Data: "storage"` everything the browser kept for this host. Its HTTP cache holds public files only,
//! since every answer of the API is `no-store`; clearing it would slow the next start for nothing.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, NoContent};

use super::session;
use crate::door::{Call, cookie};
use crate::problem::Refusal;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// Signs out.
#[utoipa::path(delete, path = "/v1/session", tag = "identity", responses((status = 204, description = "Signed out.")))]
pub async fn sign_out(call: Call, headers: HeaderMap) -> Result<impl IntoResponse, Refusal> {
    if let Some(token) = cookie::read(&headers) {
        let mut write = call.realm.directory.begin().await?;
        session::close(&mut write, &call, token).await?;
        write.commit().await?;
    }
    let gone = [(header::SET_COOKIE, cookie::remove()), (CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""))];
    Ok((AppendHeaders(gone), NoContent))
}
