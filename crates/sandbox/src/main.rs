//! `qianbao-sandbox`: plays the bank until SIGINT or SIGTERM.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use qianbao_sandbox::ledger::Bank;
use qianbao_sandbox::notices::Notices;
use qianbao_sandbox::routes::{Shared, routes};
use tokio::signal::unix::{SignalKind, signal};

/// Plays the bank for a wallet in development and in tests. Moves no real money.
#[derive(Debug, Parser)]
#[command(name = "qianbao-sandbox", version, about)]
struct Options {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", env = "QIANBAO_SANDBOX_LISTEN", default_value = "127.0.0.1:8788")]
    listen: SocketAddr,
    /// Address of the wallet server, to which notices are sent.
    #[arg(long, value_name = "URL", env = "QIANBAO_SANDBOX_NOTIFY_URL", default_value = "http://127.0.0.1:8787")]
    notify_url: String,
    /// Address of the page where people make transfers. [default: host bank.localhost at the port of --listen]
    #[arg(long, value_name = "URL", env = "QIANBAO_SANDBOX_PAGE_URL")]
    page_url: Option<String>,
    /// What is logged, as in `info` or `debug`.
    #[arg(long, value_name = "FILTER", env = "QIANBAO_LOG", default_value = "info")]
    log: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let filter = tracing_subscriber::EnvFilter::new(&options.log);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match serve(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the sandbox cannot run");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let page_url = options.page_url.unwrap_or_else(|| format!("http://bank.localhost:{}", address.port()));
    let shared = Shared::new(Bank::new(page_url), Notices::new(&options.notify_url)?);
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tracing::info!(%address, "the sandbox bank listens");
    axum::serve(listener, routes(shared))
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
        .await?;
    Ok(())
}
