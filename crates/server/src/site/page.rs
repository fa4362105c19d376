//! `index.html`, with a nonce of its own in each answer.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::SiteError;

/// What Trunk writes where a nonce belongs.
const PLACEHOLDER: &str = "{{__TRUNK_NONCE__}}";

/// The page of one app.
#[derive(Debug)]
pub struct Page {
    path: PathBuf,
    read: RwLock<Read>,
}

/// The page as it was read last.
#[derive(Clone, Debug)]
struct Read {
    text: Arc<str>,
    changed_at: Option<SystemTime>,
}

impl Page {
    /// The page at `path`.
    pub fn open(path: PathBuf) -> Result<Self, SiteError> {
        let text = std::fs::read_to_string(&path).map_err(|source| SiteError::NoPage { path: path.clone(), source })?;
        let read = Read { text: text.into(), changed_at: changed_at(&path) };
        Ok(Self { path, read: RwLock::new(read) })
    }

    /// The page with this nonce.
    pub fn answer(&self, nonce: &str) -> Response {
        let html = self.text().replace(PLACEHOLDER, nonce);
        ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response()
    }

    /// The text of the newest build. While a build is writing, the text before it stays.
    fn text(&self) -> Arc<str> {
        let now = changed_at(&self.path);
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner).clone();
        if now.is_none() || now == read.changed_at {
            return read.text;
        }
        match std::fs::read_to_string(&self.path) {
            Ok(text) if text.trim_end().ends_with("</html>") => {
                let text: Arc<str> = text.into();
                *self.read.write().unwrap_or_else(PoisonError::into_inner) =
                    Read { text: Arc::clone(&text), changed_at: now };
                text
            }
            _ => read.text,
        }
    }
}

fn changed_at(path: &std::path::Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|facts| facts.modified()).ok()
}
