//! `DELETE /v1/session`: signs out. Without a session it does nothing and answers alike.
//!
//! The session's cookie goes (the device's stays: who comes back is known), and with `Clear-Site-Data: "storage"` everything the browser kept for this host. Its HTTP cache holds public files only,
//! since every answer of the API is `no-store`; clearing it would slow the next start for nothing.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, NoContent};

use super::rows::key_shares;
use super::session::{self, CLEAR_SITE_DATA, STORAGE};
use crate::door::Call;
use crate::door::cookie::{self, Cookie};
use crate::problem::Refusal;

/// Signs out.
#[utoipa::path(delete, path = "/v1/session", tag = "identity", responses((status = 204, description = "Signed out.")))]
pub async fn sign_out(call: Call, headers: HeaderMap) -> Result<impl IntoResponse, Refusal> {
    if let Some(token) = cookie::read(&headers, Cookie::Session) {
        let mut write = call.realm.directory.begin().await?;
        key_shares::forget(&mut write, &session::hash(token), call.audience).await?;
        session::close(&mut write, &call, token).await?;
        write.commit().await?;
    }
    let gone =
        [(header::SET_COOKIE, cookie::remove(Cookie::Session)), (CLEAR_SITE_DATA, HeaderValue::from_static(STORAGE))];
    Ok((AppendHeaders(gone), NoContent))
}
