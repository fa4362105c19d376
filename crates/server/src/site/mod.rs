//! The browser apps' files: one folder an app, as Trunk built them.
//!
//! - A navigation (a path without a file's ending, asked for by a document) answers the app's `index.html`, with a fresh nonce in
//!   the page and in its policy.
//! - A file answers itself, with the `.br` beside it where the browser takes brotli. A missing file is 404, never the page: a
//!   browser that asks for the assets of a build that is gone must not be told that HTML is a script.
//! - Names with a digest (`name-0123456789abcdef.js`) are kept for a year; everything else is asked for again.
//!
//! The page differs in each answer, so it cannot be compressed ahead of time: [`crate::app`] lays compression over this.
//! It is read again when its file has changed, so a new build needs no restart. What the folder holds is public; secrets
//! have no business there.

mod headers;
mod page;
pub mod reports;

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use tower::ServiceExt;
use tower_http::services::ServeDir;

pub use headers::{nonce_from, protect_data};
use page::Page;

/// The files of one app.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    page: Page,
    files: ServeDir,
}

/// The folder of an app cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// There is no page.
    #[error(
        "expected the built app at {path}, found none ({source}); build it with `cargo xtask run`, or name its folder with --site"
    )]
    NoPage {
        /// Where the page should be.
        path: PathBuf,
        /// What reading it said.
        source: std::io::Error,
    },
}

impl Site {
    /// The app in `root`, whose `index.html` must be there.
    ///
    /// # Errors
    /// [`SiteError::NoPage`] when it is not.
    pub fn open(root: &Path) -> Result<Self, SiteError> {
        let page = Page::open(root.join("index.html"))?;
        let files = ServeDir::new(root).append_index_html_on_directories(false).precompressed_br();
        Ok(Self { root: root.to_owned(), page, files })
    }

    /// Where the files are.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Answers a request that is not for `/v1`. `nonce` is new for each answer, see [`nonce_from`]; `secure` says that the browser
    /// came over TLS.
    pub async fn answer(&self, request: Request, nonce: &str, secure: bool) -> Response {
        if is_navigation(request.method(), request.uri().path(), request.headers()) {
            return headers::protect_page(self.page.answer(nonce), nonce, secure);
        }
        let path = request.uri().path().to_owned();
        // Reading errors are answered (500) by the service itself, so that the error type is empty.
        let answer = match self.files.clone().oneshot(request).await {
            Ok(answer) => answer.map(Body::new),
            Err(never) => match never {},
        };
        headers::protect_file(answer, &path, secure)
    }
}

/// Whether a document is asked for, not a file.
fn is_navigation(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return false;
    }
    if path == "/" {
        return true;
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    let says = |name: &str, part: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part))
    };
    !last.contains('.') && (says("sec-fetch-mode", "navigate") || says("accept", "text/html"))
}

#[cfg(test)]
mod tests;
