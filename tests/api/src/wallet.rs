//! The apps' own engine against the real server: what stands between a page and its server, without the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ed25519_dalek::{Signature, VerifyingKey};
use futures::future::LocalBoxFuture;
use qianbao_client::clock::Clock;
use qianbao_client::entropy::Entropy;
use qianbao_client::transport::{Answer, Method, Request, Transport, TransportError};
use qianbao_client::verify::{Verifier, VerifyError};
use qianbao_client::{Client, Platform};
use qianbao_core::Timestamp;
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap, ORIGIN, SET_COOKIE};

use crate::{House, PASSWORD, TestResult};

/// A page's engine, and what its tests may do to its line.
pub struct Wallet {
    /// The engine.
    pub client: Client,
    line: Rc<Line>,
}

impl Wallet {
    /// A page at `host` of the house, on a device whose clock is ahead by `skew_s`, signed in as `handle`.
    pub async fn sign_in(house: &House, host: &str, handle: &str, skew_s: i64) -> TestResult<Self> {
        let line = Rc::new(Line {
            http: reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build()?,
            port: house.port(),
            host: format!("{host}.localhost:{}", house.port()),
            cookie: RefCell::default(),
            answers_to_lose: Cell::new(0),
        });
        let platform = Platform {
            transport: Rc::new(Way(line.clone())),
            clock: Rc::new(Device { skew_s }),
            entropy: Rc::new(Device { skew_s }),
            verifier: Rc::new(Dalek),
            origin: format!("http://{}", line.host),
            ..Platform::alone()
        };
        let wallet = Self { client: Client::open(platform).await, line };
        wallet.sign_in_again(handle).await?;
        Ok(wallet)
    }

    /// Signs in on the same page: at first, and when the session is over.
    pub async fn sign_in_again(&self, handle: &str) -> TestResult {
        let request = qianbao_api::identity::SignIn {
            handle: handle.to_owned(),
            password: PASSWORD.to_owned(),
            one_time_code: None,
        };
        self.client.sign_in(&request).await?;
        Ok(())
    }

    /// The next `count` answers are lost on their way back.
    pub fn lose_answers(&self, count: u32) {
        self.line.answers_to_lose.set(count);
    }
}

struct Line {
    http: reqwest::Client,
    port: u16,
    host: String,
    cookie: RefCell<Option<String>>,
    answers_to_lose: Cell<u32>,
}

struct Way(Rc<Line>);

impl Transport for Way {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Answer, TransportError>> {
        let line = self.0.clone();
        Box::pin(async move {
            let answer = line.exchange(request).await.map_err(|_| TransportError::Broken)?;
            let lost = line.answers_to_lose.get();
            line.answers_to_lose.set(lost.saturating_sub(1));
            if lost > 0 { Err(TransportError::Broken) } else { Ok(answer) }
        })
    }
}

impl Line {
    async fn exchange(&self, request: Request) -> Result<Answer, reqwest::Error> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sent = self.http.request(method, format!("http://127.0.0.1:{}{}", self.port, request.path));
        sent = sent.header(HOST, &self.host).header(ORIGIN, format!("http://{}", self.host));
        if let Some(cookie) = self.cookie.borrow().as_ref() {
            sent = sent.header(COOKIE, cookie);
        }
        if let Some(body) = request.body {
            sent = sent.header(CONTENT_TYPE, "application/json").body(body);
        }
        let answer = sent.timeout(Duration::from_millis(request.deadline_ms.into())).send().await?;
        let headers = answer.headers().clone();
        if let Some(cookie) = text(&headers, SET_COOKIE.as_str()).and_then(|cookie| cookie.split(';').next()) {
            self.cookie.replace(Some(cookie.to_owned()));
        }
        Ok(Answer {
            status: answer.status().as_u16(),
            is_problem: text(&headers, CONTENT_TYPE.as_str()) == Some("application/problem+json"),
            request_id: text(&headers, "x-request-id").unwrap_or_default().to_owned(),
            date: None,
            body: answer.text().await?,
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

struct Device {
    skew_s: i64,
}

impl Clock for Device {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)).plus_seconds(self.skew_s)
    }

    fn sleep(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms.into())))
    }
}

impl Entropy for Device {
    fn ten_bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes).expect("the system gives random bytes");
        bytes
    }
}

struct Dalek;

impl Verifier for Dalek {
    fn verify(
        &self,
        public: [u8; 32],
        message: Vec<u8>,
        signature: [u8; 64],
    ) -> LocalBoxFuture<'static, Result<(), VerifyError>> {
        let key = VerifyingKey::from_bytes(&public);
        let signature = Signature::from_bytes(&signature);
        let is_valid = key.is_ok_and(|key| key.verify_strict(&message, &signature).is_ok());
        Box::pin(std::future::ready(if is_valid { Ok(()) } else { Err(VerifyError::Forged) }))
    }
}
