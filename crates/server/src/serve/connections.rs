//! Connections: HTTP/1.1 with or without TLS, a bounded number of them, each with deadlines.
//!
//! A client that sends its handshake or its headers slowly is cut off; one that is silent between requests as well. So nobody holds a
//! place without work.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// Connections open at the same time.
const CONNECTIONS_MAX: usize = 10_000;
/// From the end of one request to the end of the next one's headers; also the idle time of a kept connection.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// From the connection to the end of the TLS handshake.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// From the request to end to the end of the last answer.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// After an error of the listener, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes of one request's headers.
const HEADER_BYTES_MAX: usize = 16 * 1024;

/// Takes connections until `end`, then calls `ending` and waits for the running requests.
pub async fn take(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    end: impl Future<Output = ()>,
    ending: impl FnOnce(),
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    tokio::pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        let (stream, peer) = match accepted {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        // At the limit a new connection is closed at once: those who are there go first.
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let (tls, router, watcher) = (tls.clone(), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            serve(stream, peer, tls, router, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    ending();
    if timeout(DRAIN_WITHIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running and are cut off");
    }
}

async fn serve(stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, router: Router, watcher: Watcher) {
    // Small answers are to leave at once; without it they may wait for an acknowledgement.
    let _ = stream.set_nodelay(true);
    match tls {
        None => answer(stream, peer, router, watcher).await,
        Some(tls) => match timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
            Ok(Ok(stream)) => answer(stream, peer, router, watcher).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
            Err(_) => tracing::debug!("no TLS in time"),
        },
    }
}

async fn answer(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
) {
    let service = router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke off");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::oneshot;

    use super::*;

    async fn started(router: Router) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (stop, stopped) = oneshot::channel();
        let end = async move {
            let _ = stopped.await;
        };
        (address, stop, tokio::spawn(take(listener, None, router, end, || ())))
    }

    async fn ask(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.expect("connected");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("answered");
        text
    }

    #[tokio::test]
    async fn a_running_request_is_answered_while_the_server_stops() {
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "late"
        };
        let (address, stop, server) = started(Router::new().route("/", get(slow))).await;
        let asked = tokio::spawn(async move { ask(address, "/").await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let kept = TcpStream::connect(address).await.expect("connected");
        stop.send(()).expect("running");
        assert!(asked.await.expect("asked").ends_with("late"));
        timeout(Duration::from_secs(5), server).await.expect("a silent connection is not waited for").expect("stopped");
        drop(kept);
        assert!(TcpStream::connect(address).await.is_err(), "the door is closed");
    }

    #[tokio::test]
    async fn the_handler_knows_the_address_and_long_headers_are_refused() {
        let say = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
        let (address, stop, server) = started(Router::new().route("/", get(say))).await;
        assert!(ask(address, "/").await.ends_with("127.0.0.1"));
        let long = format!("/?{}", "x".repeat(HEADER_BYTES_MAX));
        let refused = ask(address, &long).await;
        assert!(refused.starts_with("HTTP/1.1 4"), "{refused:.60}");
        stop.send(()).expect("running");
        server.await.expect("stopped");
    }
}
