//! `POST /csp-report`: what browsers report when a page breaks its policy. Logged, never stored; a report is a hint, since anybody can send one.

use axum::body::Bytes;
use axum::response::NoContent;
use serde::Deserialize;

/// Reports of one request that are logged.
const REPORTS_MAX: usize = 3;
/// Characters of a field that are logged.
const FIELD_MAX: usize = 200;

#[derive(Deserialize)]
struct Report {
    body: Violation,
}

/// The fields of a `csp-violation` report that name no person (Reporting API, CSP Level 3 section 5.3).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Violation {
    effective_directive: String,
    #[serde(rename = "blockedURL")]
    blocked_url: String,
    source_file: Option<String>,
    line_number: Option<u32>,
}

/// Takes reports of broken policies.
#[utoipa::path(post, path = "/csp-report", tag = "operation",
    responses((status = 204, description = "Read.")))]
pub async fn take(body: Bytes) -> NoContent {
    let reports: Vec<Report> = serde_json::from_slice(&body).unwrap_or_default();
    for Report { body } in reports.into_iter().take(REPORTS_MAX) {
        tracing::warn!(
            directive = %plain(&body.effective_directive),
            blocked = %plain(&body.blocked_url),
            source = %plain(body.source_file.as_deref().unwrap_or_default()),
            line = body.line_number,
            "a page broke its policy"
        );
    }
    NoContent
}

/// Without query and fragment, which may hold what is nobody's business, and cut.
fn plain(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    address[..end].chars().take(FIELD_MAX).collect()
}
