//! The peers of a payment: the server's own code without the ledger, and next to nothing.
//!
//! Neither can be had from the program `qianbao`: they are put together here, of the same layers and operations.

use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::routing::{get, post};
use axum::{Json, Router};
use clap::{Args, ValueEnum};
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView, Preview, PreviewRequest};
use qianbao_core::Timestamp;
use qianbao_ledger::Outcome;
use qianbao_server::app::App;
use qianbao_server::clock::Sources;
use qianbao_server::config::ServeOptions;
use qianbao_server::door::policy::Table;
use qianbao_server::door::{Body, Call, Signed};
use qianbao_server::payments::pay::{Payer, pay_into};
use qianbao_server::problem::Refusal;
use qianbao_server::serve::connections;
use qianbao_server::{health, identity, openapi};
use qianbao_tests_api::House;
use qianbao_tests_bench::Failure;
use tokio::net::TcpListener;
use tokio::process::Command;
use utoipa_axum::routes;

use crate::payers::Payers;
use crate::said;

/// Which one.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Peer {
    /// Door, session, body, checks, intent, posting and answer as in the server; a constant answers in the place of the ledger.
    Constant,
    /// A route of axum that reads the body and answers a constant.
    Noop,
}

impl Peer {
    /// The id of its row.
    pub const fn row(self) -> &'static str {
        match self {
            Self::Constant => "L4",
            Self::Noop => "L4-noop",
        }
    }

    /// How the table calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Constant => "same route, constant for ledger",
            Self::Noop => "a no-op axum route",
        }
    }

    /// The ratio to be reached.
    pub const fn goal(self) -> Option<f64> {
        match self {
            Self::Constant => Some(0.5),
            Self::Noop => None,
        }
    }
}

/// As `qianbao serve`, as far as a peer needs it.
#[derive(Args)]
pub struct Options {
    /// Which one.
    #[arg(long, value_enum)]
    kind: Peer,
    /// Folder of both realms.
    #[arg(long)]
    data: PathBuf,
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
    /// Domain of the hosts.
    #[arg(long)]
    domain: String,
    /// Address of the bank, which is never asked.
    #[arg(long)]
    bank_url: String,
    /// Limits and rates.
    #[arg(long, env = "QIANBAO_LIMITS")]
    limits: Option<PathBuf>,
}

/// Serves until the process ends.
pub fn serve(options: Options) -> Result<(), Failure> {
    // As many threads as the server's own.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(options.listen).await?;
        let kind = options.kind;
        let asked = ServeOptions {
            data: Some(options.data),
            listen: Some(options.listen),
            domain: Some(options.domain),
            bank_url: Some(options.bank_url),
            limits: options.limits,
            ..ServeOptions::default()
        };
        let app = App::open(asked.resolve()?, Sources::system()).await?;
        let _jobs = app.begin_jobs();
        let router = match kind {
            Peer::Constant => app.framed(table()),
            // Signing in and being ready are the server's; the payment goes past all of it.
            Peer::Noop => Router::new()
                .route("/v1/payments", post(noop))
                .route("/readyz", get(async || "ready\n"))
                .fallback_service(app.router()),
        };
        connections::take(listener, None, router, pending(), || ()).await;
        Ok(())
    })
}

fn table() -> Table {
    Table::new(openapi::start())
        .everyone(routes!(health::ready))
        .apps(routes!(identity::sign_in::sign_in))
        .wallet(routes!(preview))
        .wallet_value(routes!(pay))
}

/// As the server's.
#[utoipa::path(post, path = "/v1/payments/preview", request_body = PreviewRequest, responses((status = 200, body = Preview)))]
async fn preview(call: Call, signed: Signed, Body(request): Body<PreviewRequest>) -> Result<Json<Preview>, Refusal> {
    qianbao_server::payments::routes::preview(call, signed, Body(request)).await
}

/// As the server's, with a constant in the place of the ledger.
#[utoipa::path(post, path = "/v1/payments", request_body = PayRequest, responses((status = 200, body = PaymentView)))]
async fn pay(call: Call, signed: Signed, Body(request): Body<PayRequest>) -> Result<Json<PaymentView>, Refusal> {
    // A moment ahead: a commit before the request would be a repeat's.
    let outcome = Outcome::Posted { sequence: 1, time: call.now.plus_seconds(60) };
    let submit = |_| async { Ok(outcome) };
    let payer = Payer { person: signed.person, session: signed.session_use };
    Ok(Json(pay_into(&call.realm, &call.app.sources, payer, &request, submit).await?))
}

async fn noop(Json(request): Json<PayRequest>) -> Json<PaymentView> {
    let status = PaymentStatus::Paid;
    Json(PaymentView {
        id: request.id,
        status,
        reason: None,
        unknown_until: None,
        paid: None,
        server_time: Timestamp(0),
    })
}

/// Starts one as a process of its own, on demo data of its own.
pub async fn start(peer: Peer) -> Result<(House, Payers), Failure> {
    let mut house = House::seeded().await.map_err(said)?;
    let mut command = Command::new(std::env::current_exe()?);
    let kind = peer.to_possible_value().ok_or("expected a peer with a name")?;
    command.args(["peer", "--kind", kind.get_name(), "--data"]).arg(house.data());
    house.place(&mut command);
    house.open_by(command).await.map_err(said)?;
    let payers = Payers::at_a_peer(&house).await?;
    Ok((house, payers))
}
