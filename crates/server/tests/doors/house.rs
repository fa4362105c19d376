//! A whole server in a temporary folder, and browsers that ask it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, header};
use qianbao_api::identity::SessionView;
use qianbao_api::{Problem, ProblemCode};
use qianbao_core::Timestamp;
use qianbao_server::app::App;
use qianbao_server::clock::{Clock, Sources, SystemRandom};
use qianbao_server::config::ServeOptions;
use qianbao_server::hosts::RealmName;
use qianbao_tests_postgres::Database;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt;

/// The password of everybody here.
pub const PASSWORD: &str = "jade-river-walks-2026";
/// What a test answers: any error ends it with its text.
pub type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A clock that stands until the test moves it.
#[derive(Clone, Debug)]
pub struct StillClock(Arc<AtomicI64>);

impl StillClock {
    /// Moves it ahead.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// The server.
pub struct House {
    /// Its state.
    pub app: App,
    /// Its clock.
    pub clock: StillClock,
    router: Router,
    folder: tempfile::TempDir,
    /// Where the tests run on Postgres.
    database: Option<Database>,
}

/// A browser on one host, which keeps its cookie.
pub struct Browser {
    router: Router,
    /// The host it asks.
    pub host: String,
    /// The value of its session cookie.
    pub token: Option<String>,
    /// The value of its device cookie.
    pub device: Option<String>,
    /// The value of its cookie with the ticket of a recovery.
    pub recovery: Option<String>,
    /// What it calls itself.
    pub agent: &'static str,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Status and headers.
    pub head: Response<()>,
    /// The body.
    pub text: String,
}

impl House {
    /// An empty server.
    pub async fn new() -> TestResult<Self> {
        Self::with(ServeOptions::default()).await
    }

    /// An empty server with these options; its folders are temporary ones.
    pub async fn with(options: ServeOptions) -> TestResult<Self> {
        let folder = tempfile::tempdir()?;
        let clock = StillClock(Arc::new(AtomicI64::new(1_790_000_000_000_000)));
        let database = qianbao_tests_postgres::chosen();
        let options = ServeOptions {
            data: Some(folder.path().join("data")),
            site: Some(folder.path().join("site")),
            database: database.as_ref().map(|database| database.address().to_owned()),
            ..options
        };
        let app = App::open(options.resolve()?, Sources::new(clock.clone(), SystemRandom)).await?;
        Ok(Self { router: app.router(), app, clock, folder, database })
    }

    /// Moves into a new process on the same data. Browsers of before are of no use any more.
    pub async fn restarted(self) -> TestResult<Self> {
        let Self { app, clock, router, folder, database } = self;
        for name in RealmName::ALL {
            app.realm(name).close().await;
        }
        drop((app, router));
        let options = ServeOptions {
            data: Some(folder.path().join("data")),
            site: Some(folder.path().join("site")),
            database: database.as_ref().map(|database| database.address().to_owned()),
            ..ServeOptions::default()
        };
        let app = App::open(options.resolve()?, Sources::new(clock.clone(), SystemRandom)).await?;
        Ok(Self { router: app.router(), app, clock, folder, database })
    }

    /// The folder of both realms.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A browser on `host`, without a session.
    pub fn browser(&self, host: &str) -> Browser {
        Browser {
            router: self.router.clone(),
            host: host.to_owned(),
            token: None,
            device: None,
            recovery: None,
            agent: "",
        }
    }

    /// A browser on the live wallet, signed up as `handle`.
    pub async fn signed_up(&self, handle: &str) -> TestResult<Browser> {
        let mut browser = self.browser("wallet.localhost:8787");
        let answer = browser.post("/v1/people", &person(handle)).await?;
        answer.is::<SessionView>()?;
        Ok(browser)
    }
}

/// A request to sign up.
pub fn person(handle: &str) -> Value {
    json!({ "handle": handle, "display_name": "阿明", "legal_name": "李明", "password": PASSWORD, "locale": "zh" })
}

impl Browser {
    /// Asks as a page of the host does.
    pub async fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> TestResult<Answer> {
        let origin = format!("http://{}", self.host);
        let mut request = Request::builder().method(method).uri(path).header("origin", origin);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.header("sec-fetch-site", "same-origin").body(body)?).await
    }

    /// Sends a request as it is, with host and cookie added.
    pub async fn send(&mut self, mut request: Request<Body>) -> TestResult<Answer> {
        request.headers_mut().insert(header::HOST, self.host.parse()?);
        let cookies =
            [("__Host-session", &self.token), ("__Host-device", &self.device), ("__Host-recovery", &self.recovery)];
        let cookies = cookies.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        if !cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, cookies.parse()?);
        }
        request.headers_mut().insert(header::USER_AGENT, self.agent.parse()?);
        let (head, body) = self.router.clone().oneshot(request).await?.into_parts();
        let text = String::from_utf8(to_bytes(body, 1 << 22).await?.to_vec())?;
        let head = Response::from_parts(head, ());
        for cookie in head.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str()?.split_once('=').ok_or("expected a cookie")?;
            let value = rest.split(';').next().filter(|value| !value.is_empty()).map(ToOwned::to_owned);
            match name {
                "__Host-session" => self.token = value,
                "__Host-device" => self.device = value,
                "__Host-recovery" => self.recovery = value,
                other => return Err(format!("expected no cookie {other}").into()),
            }
        }
        Ok(Answer { head, text })
    }

    /// Asks for something.
    pub async fn get(&mut self, path: &str) -> TestResult<Answer> {
        self.ask("GET", path, None).await
    }

    /// Posts something.
    pub async fn post(&mut self, path: &str, body: &Value) -> TestResult<Answer> {
        self.ask("POST", path, Some(body)).await
    }
}

impl Answer {
    /// The status.
    pub fn status(&self) -> u16 {
        self.head.status().as_u16()
    }

    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.head.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The view of a done request.
    pub fn is<T: DeserializeOwned>(&self) -> TestResult<T> {
        if self.status() != 200 {
            return Err(format!("expected 200, found {}: {}", self.status(), self.text).into());
        }
        Ok(serde_json::from_str(&self.text)?)
    }

    /// The problem of a refused one, which is a whole document.
    pub fn problem(&self) -> TestResult<Problem> {
        let problem: Problem =
            serde_json::from_str(&self.text).map_err(|error| format!("{error} in {:?}", self.text))?;
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem.request_id, self.header("x-request-id"));
        assert_eq!((problem.status, self.header("cache-control")), (self.status(), "no-store"));
        Ok(problem)
    }

    /// Status, code and parameter of a refused request.
    pub fn refused(&self) -> TestResult<(u16, ProblemCode, Option<String>)> {
        let problem = self.problem()?;
        Ok((problem.status, problem.code, problem.param))
    }
}
