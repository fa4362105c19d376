//! `qianbao serve`: listens until SIGINT or SIGTERM, then lets running requests end.
//!
//! Phases: bind · open the realms · begin the jobs · take connections · (asked to end) close the door, end the streams, wait at most ten seconds for
//! running requests, stop the jobs, close the databases.

pub mod connections;
mod tls;

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, OpenAppError};
use crate::clock::Sources;
use crate::config::Config;
use crate::hosts::RealmName;
use crate::metrics;

pub use tls::TlsError;

/// The server could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The program's state could not be opened.
    #[error(transparent)]
    App(#[from] OpenAppError),
    /// Certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address of metrics could not be listened on.
    #[error(transparent)]
    Metrics(#[from] metrics::ListenError),
    /// The address could not be listened on.
    #[error("expected to listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A ledger could not write and takes nothing any more; what it acknowledged is on the disk.
    #[error("the ledger of the {0} realm could not write and stopped: look at the disk, then start again")]
    LedgerStopped(RealmName),
}

/// Serves until the process is asked to end, or a ledger stops.
///
/// # Errors
/// When a realm cannot be opened, the address cannot be listened on, or a ledger could not write. Staying would be worse: every
/// payment would wait for an answer that cannot come.
pub async fn serve(config: Config) -> Result<(), ServeError> {
    let address = config.listen;
    let error = |source| ServeError::Listen { address, source };
    let tls = config.tls.as_ref().map(|(certificate, key)| tls::acceptor(certificate, key)).transpose()?;
    let listener = TcpListener::bind(address).await.map_err(error)?;
    let address = listener.local_addr().map_err(error)?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(metrics::bind(address).await?),
        None => None,
    };
    let app = App::open(config, Sources::system()).await?;
    let mut jobs = app.begin_jobs();
    if let Some(listener) = metrics {
        jobs.spawn(metrics::serve(listener, app.clone()));
    }
    tracing::info!(%address, "listening");
    let mut stopped = None;
    let end = async { stopped = end_or_failure(&app).await };
    connections::take(listener, tls, app.router(), end, || app.streams.stop()).await;
    jobs.shutdown().await;
    for name in RealmName::ALL {
        app.realm(name).close().await;
    }
    if let Some(realm) = stopped {
        return Err(ServeError::LedgerStopped(realm));
    }
    tracing::info!("stopped");
    Ok(())
}

/// Waits for the request to end, or for a ledger that stopped.
async fn end_or_failure(app: &App) -> Option<RealmName> {
    tokio::select! {
        () = asked_to_end() => None,
        () = app.realm(RealmName::Live).ledger.stopped() => Some(RealmName::Live),
        () = app.realm(RealmName::Test).ledger.stopped() => Some(RealmName::Test),
    }
}

async fn asked_to_end() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without handlers the signals end the process at once, which loses no acknowledged write.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
