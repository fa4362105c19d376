//! The listener of metrics: an address of its own, `GET /metrics` and nothing else. Never one of the public hosts: whoever reaches it reads how
//! much the wallet is used.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::Metrics;
use crate::app::App;

/// The form of the text, as Prometheus names it.
const FORM: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Time between two foldings of histograms.
const FOLD_EVERY: Duration = Duration::from_secs(5);

/// The address could not be listened on.
#[derive(Debug, thiserror::Error)]
#[error("expected to listen for readers of metrics on {address}")]
pub struct ListenError {
    /// The address.
    pub address: SocketAddr,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// Takes the address.
///
/// # Errors
/// [`ListenError`].
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError { address, source })
}

/// Answers readers until the task is dropped.
pub async fn serve(listener: TcpListener, app: App) {
    let metrics = app.metrics.clone();
    let fold = async {
        loop {
            tokio::time::sleep(FOLD_EVERY).await;
            metrics.fold();
        }
    };
    let router = Router::new().route("/metrics", get(text)).with_state((app.metrics.clone(), app));
    tokio::select! {
        ended = axum::serve(listener, router) => {
            if let Err(error) = ended {
                tracing::error!(%error, "nobody can read metrics any more");
            }
        }
        () = fold => {}
    }
}

async fn text(State((metrics, app)): State<(Metrics, App)>) -> Response {
    ([(header::CONTENT_TYPE, FORM)], metrics.text(&app).await).into_response()
}
