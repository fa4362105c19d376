//! A whole server in a temporary folder, its clock in the test's hand, and people who visit it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::Response;
use qianbao_api::Problem;
use qianbao_api::activity::Entry;
use qianbao_api::merchants::{OpenShop, ShopView};
use qianbao_api::orders::{CreateOrder, OrderLine, OrderView};
use qianbao_api::payments::{PayRequest, PaymentView, Target};
use qianbao_api::wallets::WalletView;
use qianbao_api::{Page, ProblemCode};
use qianbao_core::approval::Factor;
use qianbao_core::chart::AccountCode;
use qianbao_core::id::{PersonId, SessionId, Topup};
use qianbao_core::intent::{Intent, Payee};
use qianbao_core::posting::{AccountKey, Draft, Ensure, Head, Owner, PostingId, PostingKind};
use qianbao_core::{Currency, Money, Timestamp};
use qianbao_ledger::Outcome;
use qianbao_server::app::App;
use qianbao_server::clock::{Clock, Sources, SystemRandom};
use qianbao_server::config::ServeOptions;
use qianbao_server::hosts::RealmName;
use qianbao_server::identity::session;
use qianbao_server::payments::details::{Details, TopupDetails};
use qianbao_server::realm::Realm;
use qianbao_server::wallets::accounts;
use qianbao_tests_postgres::Database;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

/// What a test answers: any error ends it with its text.
pub type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Ten in the morning of a working day in Shanghai, where the ledger's days begin: no test depends on the hour at which it is run.
pub const MORNING: Timestamp = Timestamp(1_789_956_000_000_000);

/// A clock that goes on from [`MORNING`] and is moved by the test.
#[derive(Clone, Debug)]
pub struct MovedClock {
    began: Instant,
    ahead_us: Arc<AtomicI64>,
}

impl Default for MovedClock {
    fn default() -> Self {
        Self { began: Instant::now(), ahead_us: Arc::default() }
    }
}

impl MovedClock {
    /// Moves it ahead.
    pub fn pass(&self, seconds: i64) {
        self.ahead_us.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let gone = i64::try_from(self.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        Timestamp(MORNING.0 + gone + self.ahead_us.load(Ordering::SeqCst))
    }
}

/// The server.
pub struct House {
    /// Its state.
    pub app: App,
    /// Its clock.
    pub clock: MovedClock,
    router: Router,
    folder: tempfile::TempDir,
    /// Where the tests run on Postgres.
    database: Option<Database>,
}

/// A signed-in browser on one host.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    host: &'static str,
    token: String,
    sources: Sources,
    realm: Arc<Realm>,
    /// Who is signed in.
    pub person: PersonId,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl House {
    /// An empty server.
    pub async fn new() -> TestResult<Self> {
        Self::with(ServeOptions::default()).await
    }

    /// An empty server with these options; its folder is a temporary one.
    pub async fn with(options: ServeOptions) -> TestResult<Self> {
        Self::on(tempfile::tempdir()?, qianbao_tests_postgres::chosen(), options).await
    }

    /// A server on what is in `folder`, or in `database`.
    pub async fn on(folder: tempfile::TempDir, database: Option<Database>, options: ServeOptions) -> TestResult<Self> {
        let clock = MovedClock::default();
        let app = open(folder.path(), database.as_ref(), &clock, options).await?;
        Ok(Self { router: app.router(), app, clock, folder, database })
    }

    /// The same server after a restart. Whoever visited it must be gone: a visitor holds the ledger, which one process has alone.
    pub async fn restarted(self) -> TestResult<Self> {
        let Self { app, clock, router, folder, database } = self;
        for name in RealmName::ALL {
            app.realm(name).close().await;
        }
        drop((app, router));
        let app = open(folder.path(), database.as_ref(), &clock, ServeOptions::default()).await?;
        Ok(Self { router: app.router(), app, clock, folder, database })
    }

    /// Its folder, with both realms.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The realm that the tests live in.
    pub fn realm(&self) -> &Arc<Realm> {
        self.app.realm(RealmName::Live)
    }

    /// A person with `minor` CNY in the wallet.
    pub async fn person(&self, handle: &str, legal_name: &str, minor: i64) -> TestResult<PersonId> {
        let id: PersonId = self.app.sources.id();
        let mut write = self.realm().directory.begin().await?;
        sqlx::query(
            "INSERT INTO people (id, handle, display_name, legal_name, locale, created_at)
             VALUES ($1, $2, $3, $4, 'zh', $5)",
        )
        .bind(id.to_string())
        .bind(handle)
        .bind(handle)
        .bind(legal_name)
        .bind(self.app.sources.now().0)
        .execute(write.sql())
        .await?;
        write.commit().await?;
        if minor > 0 {
            self.fill(id, minor).await?;
        }
        Ok(id)
    }

    /// Books a bank's credit.
    pub async fn fill(&self, person: PersonId, minor: i64) -> TestResult {
        let bank = AccountKey::new(AccountCode::BankSettlement, Owner::named("bank:test"), Currency::CNY);
        let wallet = accounts::personal_wallet(person, Currency::CNY);
        let bank_entry = [7; 32];
        let details = Details::Topup(TopupDetails { topup: None, person: Some(person), bank_entry }).encode()?;
        let head = Head {
            owner: bank.owner,
            id: PostingId::of(self.app.sources.id::<Topup>())?,
            kind: PostingKind::literal("topup"),
            reference: String::new(),
            digest: [0; 32],
            not_after: None,
            details,
        };
        let posting = Draft::new(head)
            .ensure(Ensure::open(bank))
            .ensure(accounts::open_personal_wallet(person, Currency::CNY, 50_000_000))
            .leg(bank.id(), wallet.id(), Currency::CNY, minor)
            .finish()?;
        match self.realm().ledger.submit(posting).await? {
            Outcome::Posted { .. } => Ok(()),
            Outcome::Refused { reason, .. } => Err(reason.into()),
        }
    }

    /// The person's browser on the wallet.
    pub async fn wallet(&self, person: PersonId) -> TestResult<Visitor> {
        self.visitor(person, "wallet", "wallet.localhost:8787").await
    }

    /// The person's browser at the desk.
    pub async fn desk(&self, person: PersonId) -> TestResult<Visitor> {
        self.visitor(person, "desk", "desk.localhost:8787").await
    }

    /// A browser in which nobody is signed in. Its `person` is nobody.
    pub fn stranger(&self, host: &'static str) -> Visitor {
        let sources = self.app.sources.clone();
        let realm = Arc::clone(self.realm());
        Visitor { router: self.router.clone(), host, token: String::new(), person: sources.id(), sources, realm }
    }

    async fn visitor(&self, person: PersonId, audience: &str, host: &'static str) -> TestResult<Visitor> {
        let sources = self.app.sources.clone();
        let id: SessionId = sources.id();
        let token = format!("token-of-{id}");
        let now = sources.now();
        let mut write = self.realm().directory.begin().await?;
        sqlx::query(
            "INSERT INTO sessions (id, token_hash, person, audience, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.to_string())
        .bind(session::hash(&token))
        .bind(person.to_string())
        .bind(audience)
        .bind(now.0)
        .bind(now.0)
        .bind(now.plus_seconds(12 * 3_600).0)
        .execute(write.sql())
        .await?;
        write.commit().await?;
        let realm = Arc::clone(self.realm());
        Ok(Visitor { router: self.router.clone(), host, token, sources, realm, person })
    }

    /// Ming and Lan with money, and Chen at the desk of a tea shop.
    pub async fn street() -> TestResult<Street> {
        let house = Self::new().await?;
        let ming = house.person("ming", "李明", 100_000).await?;
        let lan = house.person("lan", "王岚", 50_000).await?;
        let chen = house.person("chen", "陈晨", 0).await?;
        let desk = house.desk(chen).await?;
        let request = OpenShop {
            name_zh: "云山茶铺".to_owned(),
            name_en: "Yunshan Tea".to_owned(),
            category: "5812".to_owned(),
            city: "Hangzhou".to_owned(),
            currency: Currency::CNY,
        };
        let shop: ShopView = desk.post("/v1/shop", &request).await?.ok()?;
        Ok(Street { ming: house.wallet(ming).await?, lan: house.wallet(lan).await?, desk, shop, house })
    }
}

async fn open(
    folder: &Path,
    database: Option<&Database>,
    clock: &MovedClock,
    options: ServeOptions,
) -> TestResult<App> {
    let options = ServeOptions {
        data: Some(folder.to_path_buf()),
        site: Some(folder.join("site")),
        database: database.map(|database| database.address().to_owned()),
        ..options
    };
    Ok(App::open(options.resolve()?, Sources::new(clock.clone(), SystemRandom)).await?)
}

/// A server with two people and a shop.
pub struct Street {
    /// The server.
    pub house: House,
    /// 李明, 1,000.00.
    pub ming: Visitor,
    /// 王岚, 500.00.
    pub lan: Visitor,
    /// 陈晨 at the desk.
    pub desk: Visitor,
    /// The shop.
    pub shop: ShopView,
}

impl Street {
    /// An order of `minor`, open for ten minutes.
    pub async fn order(&self, minor: i64) -> TestResult<OrderView> {
        self.desk.post("/v1/orders", &self.order_request(minor)).await?.ok()
    }

    /// The request that makes such an order.
    pub fn order_request(&self, minor: i64) -> CreateOrder {
        let unit_price = yuan(minor);
        CreateOrder {
            id: self.desk.sources.id(),
            amount: unit_price,
            lines: vec![OrderLine { name: "龙井".to_owned(), quantity: 1, unit_price }],
            description: String::new(),
            expires_in_s: 600,
        }
    }

    /// The request of `payer` that pays the order.
    pub fn payment_of(&self, payer: &Visitor, order: &OrderView) -> TestResult<PayRequest> {
        let target = Target::Order { order: order.id, version: order.version };
        payer.payment(target, Payee::Shop(self.shop.id), order.amount)
    }

    /// What the shop has.
    pub async fn till(&self) -> TestResult<i64> {
        self.desk.balance().await
    }
}

impl Visitor {
    /// Sends a request with a JSON body.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> TestResult<Answer> {
        self.send("POST", path, Some(serde_json::to_vec(body)?)).await
    }

    /// Sends a `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: &impl Serialize) -> TestResult<Answer> {
        self.send("PATCH", path, Some(serde_json::to_vec(body)?)).await
    }

    /// Sends a `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: &impl Serialize) -> TestResult<Answer> {
        self.send("PUT", path, Some(serde_json::to_vec(body)?)).await
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> TestResult<Answer> {
        self.send("GET", path, None).await
    }

    /// Sends anything.
    pub async fn send(&self, method: &str, path: &str, body: Option<Vec<u8>>) -> TestResult<Answer> {
        let response = self.open(method, path, body).await?;
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 4 << 20).await?;
        Ok(Answer { status, text: String::from_utf8(bytes.to_vec())? })
    }

    /// Sends anything, and leaves the body of the answer unread.
    pub async fn open(&self, method: &str, path: &str, body: Option<Vec<u8>>) -> TestResult<Response> {
        self.exchange(self.request(method, path, body)?).await
    }

    /// A request as a page of the host makes it.
    pub fn request(&self, method: &str, path: &str, body: Option<Vec<u8>>) -> TestResult<Request<Body>> {
        Ok(Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.host)
            .header(header::ORIGIN, format!("http://{}", self.host))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, format!("__Host-session={}", self.token))
            .body(Body::from(body.unwrap_or_default()))?)
    }

    /// Sends a request as it is.
    pub async fn exchange(&self, request: Request<Body>) -> TestResult<Response> {
        Ok(self.router.clone().oneshot(request).await?)
    }

    /// The request that pays, as a browser makes it after the confirm sheet.
    pub fn payment(&self, target: Target, payee: Payee, amount: Money) -> TestResult<PayRequest> {
        let (id, fee) = (self.sources.id(), Money::zero(amount.currency));
        let not_after = self.sources.now().plus_seconds(120);
        let intent = String::new();
        self.approved(PayRequest { id, target, amount, fee, note: None, not_after, intent, approval: None }, payee)
    }

    /// The same request with the digest of the intent that it states, approved as by a passkey. What approving takes is tested by itself.
    pub fn approved(&self, request: PayRequest, payee: Payee) -> TestResult<PayRequest> {
        let order = if let Target::Order { order, version } = request.target { Some((order, version)) } else { None };
        let PayRequest { id, amount, fee, not_after, .. } = request;
        let intent = Intent::from_wallet(id, self.person, payee, amount, fee, order, not_after)?;
        let approval = self.realm.approval_key.seal(self.person, &intent.digest(), Factor::Passkey, not_after);
        Ok(PayRequest { intent: intent.digest_hex(), approval: Some(approval), ..request })
    }

    /// Pays.
    pub async fn pay(&self, request: &PayRequest) -> TestResult<PaymentView> {
        self.post("/v1/payments", request).await?.ok()
    }

    /// Pays, and is told why not.
    pub async fn pay_refused(&self, request: &PayRequest) -> TestResult<ProblemCode> {
        Ok(self.post("/v1/payments", request).await?.problem()?.code)
    }

    /// Minor units of CNY that are there.
    pub async fn balance(&self) -> TestResult<i64> {
        let wallets: Vec<WalletView> = self.get("/v1/wallets").await?.ok()?;
        let cny = wallets.iter().find(|wallet| wallet.available.currency == Currency::CNY);
        Ok(cny.ok_or("expected a wallet in CNY")?.available.minor)
    }

    /// All entries, newest first.
    pub async fn entries(&self) -> TestResult<Vec<Entry>> {
        let page: Page<Entry> = self.get("/v1/activity?limit=100").await?.ok()?;
        Ok(page.data)
    }

    /// The clock and randomness of the browser, which are the server's here.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }
}

impl Answer {
    /// The value of an answer that says yes.
    pub fn ok<T: DeserializeOwned>(&self) -> TestResult<T> {
        if self.status != 200 {
            return Err(format!("expected 200, found {}: {}", self.status, self.text).into());
        }
        Ok(serde_json::from_str(&self.text)?)
    }

    /// The problem of an answer that says no.
    pub fn problem(&self) -> TestResult<Problem> {
        if self.status < 400 {
            return Err(format!("expected a problem, found {}: {}", self.status, self.text).into());
        }
        Ok(serde_json::from_str(&self.text)?)
    }
}

/// The request of `payer` that pays `minor` to `payee`.
pub fn transfer(payer: &Visitor, payee: &Visitor, handle: &str, minor: i64) -> TestResult<PayRequest> {
    payer.payment(Target::Person { handle: handle.to_owned() }, Payee::Person(payee.person), yuan(minor))
}

/// Minor units of CNY.
pub const fn yuan(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}
