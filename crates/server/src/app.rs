//! The program's state, and all its routes.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use data_encoding::HEXLOWER;
use qianbao_api::ProblemCode;
use qianbao_connectors::bank::Bank;
use qianbao_connectors::sandbox::{SandboxBank, SandboxBankError};
use tokio::task::JoinSet;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use utoipa_axum::routes;

use crate::clock::Sources;
use crate::config::Config;
use crate::door::Call;
use crate::door::admission::Admission;
use crate::door::body::BODY_BYTES_MAX;
use crate::door::frame::frame;
use crate::door::place::place;
use crate::door::policy::Table;
use crate::hosts::{Audience, RealmName, Transport};
use crate::identity::password::{HashError, Workers};
use crate::limits::{Limits, LimitsError};
use crate::metrics::Metrics;
use crate::problem::Refusal;
use crate::projections::Documents;
use crate::realm::{OpenRealmError, Realm};
use crate::site::{Site, nonce_from};
use crate::sync::stream::Streams;
use crate::{
    approvals, codes, funding, health, identity, jobs, merchants, openapi, orders, payments, projections, site, sync,
    wallets,
};

/// The state that all requests share. Clones are cheap.
#[derive(Clone, Debug)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
#[derive(Debug)]
pub struct Shared {
    /// How the program was started.
    pub config: Config,
    /// Clock and randomness.
    pub sources: Sources,
    /// The wallet's files, unless they have not been built.
    pub wallet_site: Option<Site>,
    /// The desk's files, unless they have not been built.
    pub desk_site: Option<Site>,
    /// The threads that hash passwords.
    pub password_workers: Workers,
    /// The threads that hash payment PINs: others, so that sign-ins do not keep anybody from paying.
    pub pin_workers: Workers,
    /// A hash of nobody's password: compared for unknown handles, so that they cost what known ones do.
    pub decoy_phc: String,
    /// The bank that collects.
    pub bank: Arc<dyn Bank>,
    /// Open event streams.
    pub streams: Streams,
    /// Where metrics are kept, if anywhere.
    pub metrics: Metrics,
    /// Lets in what moves value.
    pub admission: Admission,
    live: Arc<Realm>,
    test: Arc<Realm>,
}

/// The program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenAppError {
    /// The limits.
    #[error(transparent)]
    Limits(#[from] LimitsError),
    /// A realm.
    #[error(transparent)]
    Realm(#[from] OpenRealmError),
    /// Hashing does not work.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The address of the bank.
    #[error(transparent)]
    Bank(#[from] SandboxBankError),
    /// Metrics cannot be kept.
    #[error(transparent)]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// Opens both realms.
    ///
    /// # Errors
    /// When a realm cannot be opened.
    pub async fn open(config: Config, sources: Sources) -> Result<Self, OpenAppError> {
        let bank = Arc::new(SandboxBank::new(&config.bank_url)?);
        let limits = Limits::open(config.limits.as_deref(), sources.now())?;
        let open = async |name| Realm::open(&config.data, &config.database, name, limits, &sources).await;
        let (live, test) = (open(RealmName::Live).await?, open(RealmName::Test).await?);
        // Both realms lie in one database and so have one clock.
        let sources = sources.timed_by(live.ledger.clock());
        let (wallet_site, desk_site) = (built(&config, "app"), built(&config, "desk"));
        let password_workers = Workers::new(config.password_workers);
        let pin_workers = Workers::new(config.password_workers);
        let nobodys = HEXLOWER.encode(&sources.bytes::<32>());
        let decoy_phc = password_workers.hash(&live.pepper, &nobodys, sources.bytes()).await?;
        let streams = Streams::new(config.streams_max, config.person_streams_max);
        let metrics = if config.metrics_listen.is_some() { Metrics::kept()? } else { Metrics::default() };
        let admission = Admission::new(config.value_in_flight_max);
        let shared = Shared {
            config,
            sources,
            wallet_site,
            desk_site,
            password_workers,
            pin_workers,
            decoy_phc,
            bank,
            streams,
            metrics,
            admission,
            live,
            test,
        };
        let app = Self(Arc::new(shared));
        app.metrics.observe(&app);
        Ok(app)
    }

    /// The realm `name`.
    pub fn realm(&self, name: RealmName) -> &Arc<Realm> {
        match name {
            RealmName::Live => &self.live,
            RealmName::Test => &self.test,
        }
    }

    /// Begins what runs beside the requests, until the answer is dropped or shut down.
    pub fn begin_jobs(&self) -> JoinSet<()> {
        let mut jobs = JoinSet::new();
        jobs.spawn(self.admission.clone().run());
        for name in RealmName::ALL {
            let realm = self.realm(name);
            let subscription = funding::subscription(realm, &self.config.hosts);
            let (sources, bank) = (|| self.sources.clone(), Arc::clone(&self.bank));
            jobs.spawn(funding::catch_up::run(Arc::clone(realm), sources(), bank, subscription));
            jobs.spawn(projections::run(Arc::clone(realm), sources(), Documents));
            jobs.spawn(jobs::end_orders(Arc::clone(realm), sources()));
            jobs.spawn(jobs::forget(Arc::clone(realm), sources()));
            jobs.spawn(jobs::write_seen(Arc::clone(realm)));
            let look_every = Duration::from_secs(u64::from(self.config.audit_seconds));
            jobs.spawn(jobs::audit::run(Arc::clone(realm), sources(), self.metrics.clone(), look_every));
        }
        jobs
    }

    /// The whole service, for a listener or a test.
    pub fn router(&self) -> Router {
        self.framed(table())
    }

    /// The routes of `table` behind the door, with the pages beside them.
    pub fn framed(&self, table: Table) -> Router {
        let (router, _) = table.finish();
        let pages = Router::new().fallback(pages);
        router
            .fallback_service(
                ServiceBuilder::new().layer(CompressionLayer::new()).service(pages.with_state(self.clone())),
            )
            .method_not_allowed_fallback(async || {
                Refusal::new(ProblemCode::MethodNotAllowed, "see the header Allow for what the route knows")
            })
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(middleware::from_fn_with_state(self.clone(), place))
            .layer(middleware::from_fn_with_state(self.clone(), frame))
            .with_state(self.clone())
    }
}

/// An app that has not been built leaves its host without pages; the API works all the same.
fn built(config: &Config, folder: &str) -> Option<Site> {
    Site::open(&config.site.join(folder)).inspect_err(|error| tracing::warn!(%error, "an app is missing")).ok()
}

/// What is no route: a page or file of the host's app.
async fn pages(call: Call, request: Request) -> Response {
    let files = match call.audience {
        Audience::Wallet => call.app.wallet_site.as_ref(),
        Audience::Desk => call.app.desk_site.as_ref(),
        Audience::Api => None,
    };
    match files {
        Some(site) if !request.uri().path().starts_with("/v1/") => {
            let is_tls = call.app.config.transport == Transport::Tls;
            site.answer(request, &nonce_from(call.random()), is_tls).await
        }
        _ => Refusal::new(ProblemCode::NotFound, "there is no such route").into_response(),
    }
}

/// Routes of people, their factors, devices and sessions.
fn people(table: Table) -> Table {
    table
        .apps(routes!(identity::sign_up::sign_up))
        .apps(routes!(identity::sign_in::sign_in, identity::sign_out::sign_out))
        .apps(routes!(identity::passkeys::make::newcomer_options))
        .apps(routes!(identity::passkeys::sign_in::sign_in_options))
        .apps(routes!(identity::passkeys::sign_in::sign_in))
        // Who comes back gets a way into the wallet; every session may stop it.
        .wallet_visitor(routes!(identity::recovery::start::start, identity::recovery::state::show))
        .wallet_visitor(routes!(identity::recovery::finish::recovery_options))
        .wallet_visitor(routes!(identity::recovery::finish::finish))
        .signed_in(routes!(identity::recovery::cancel::cancel))
        .signed_in(routes!(identity::confirm::confirm_options))
        .signed_in(routes!(identity::confirm::confirm))
        .signed_in(routes!(identity::passkeys::owned::factors))
        .signed_in(routes!(identity::passkeys::make::add_options))
        .signed_in(routes!(identity::passkeys::make::add))
        // What opens the wallet is changed in the wallet: who is at the desk may have come in by a passkey of the desk alone.
        .wallet(routes!(identity::passkeys::owned::edit, identity::passkeys::owned::remove))
        .wallet(routes!(identity::new_password::set))
        .wallet(routes!(identity::one_time_codes::begin, identity::one_time_codes::end))
        .wallet(routes!(identity::one_time_codes::activate))
        .wallet(routes!(identity::recovery::codes::make_codes))
        .signed_in(routes!(identity::person::session))
        .signed_in(routes!(identity::person::edit))
        .signed_in(routes!(identity::key_share::get))
        .signed_in(routes!(identity::devices::list))
        .signed_in(routes!(identity::devices::edit, identity::devices::remove))
}

/// Every route with its policy. Also the source of the OpenAPI document.
pub fn table() -> Table {
    people(Table::new(openapi::start()))
        // Operation.
        .everyone(routes!(health::alive))
        .everyone(routes!(health::ready))
        .everyone(routes!(openapi::serve))
        .apps(routes!(site::reports::take))
        // Codes.
        .everyone(routes!(codes::public::public))
        .wallet(routes!(codes::link::create))
        // Payments.
        .wallet(routes!(payments::routes::preview))
        .wallet_value(routes!(payments::routes::pay))
        .signed_in(routes!(approvals::routes::approve))
        .desk(routes!(approvals::routes::refund_preview))
        .wallet(routes!(approvals::routes::set_pin))
        .wallet(routes!(approvals::routes::settings))
        .wallet(routes!(approvals::routes::set_free_limit))
        .signed_in(routes!(payments::routes::status))
        .signed_in(routes!(payments::routes::receipt))
        .desk_value(routes!(payments::routes::refund))
        // Money in.
        .wallet(routes!(funding::routes::all, funding::routes::create))
        .api(routes!(funding::routes::notify))
        // Wallets.
        .signed_in(routes!(wallets::routes::wallets))
        .signed_in(routes!(wallets::freeze::freeze))
        .wallet(routes!(wallets::freeze::unfreeze))
        .signed_in(routes!(wallets::routes::list))
        .signed_in(routes!(wallets::routes::get))
        // Shops and their orders.
        .desk(routes!(merchants::routes::shop, merchants::routes::open))
        .desk(routes!(merchants::routes::static_code))
        .desk(routes!(merchants::routes::today))
        .desk(routes!(orders::routes::list, orders::routes::create))
        .desk(routes!(orders::routes::get, orders::routes::edit))
        .desk(routes!(orders::routes::cancel))
        .desk_value(routes!(orders::routes::refund))
        // The mirror.
        .background(routes!(sync::routes::sync))
        .background(routes!(sync::routes::events))
}
