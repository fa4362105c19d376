//! Somebody with a browser: one host, one origin, one session cookie.

use std::time::Duration;

use qianbao_api::identity::{SessionView, SignIn};
use qianbao_api::{Problem, ProblemCode};
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Client, ClientBuilder, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{House, TestResult};

/// Password of all demo people.
pub const PASSWORD: &str = "jade-river-walks-2026";

/// A browser at one host of the server.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    port: u16,
    host: String,
    cookie: Option<String>,
    /// Who is signed in.
    pub session: Option<SessionView>,
}

/// What the server said.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: String,
}

impl Answer {
    /// The body as a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> TestResult<T> {
        serde_json::from_str(&self.body).map_err(|error| format!("{error} in {} {}", self.status, self.body).into())
    }

    /// The problem's code, where the answer is a problem.
    pub fn problem(&self) -> Option<ProblemCode> {
        serde_json::from_str::<Problem>(&self.body).ok().map(|problem| problem.code)
    }
}

impl Visitor {
    pub(crate) fn new(port: u16, host: &str) -> Self {
        Self { client: client(Duration::from_secs(20)), port, host: host.to_owned(), cookie: None, session: None }
    }

    /// The same browser, whose requests go to another server of the same names.
    pub fn through(&self, house: &House) -> Self {
        Self { port: house.port(), ..self.clone() }
    }

    /// The same browser, which waits no longer than this for an answer.
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { client: client(patience), ..self.clone() }
    }

    /// The same browser, whose requests bear these further headers.
    pub fn with_headers(self, headers: &[(&'static str, String)]) -> TestResult<Self> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.insert(*name, value.parse()?);
        }
        let client = builder(Duration::from_secs(20)).default_headers(all).build()?;
        Ok(Self { client, ..self })
    }

    /// Opens the stream of hints.
    pub async fn listen(&self) -> TestResult<Ear> {
        let request = self.client.get(format!("http://127.0.0.1:{}/v1/events", self.port)).header(HOST, &self.host);
        let cookie = self.cookie.as_ref().ok_or("nobody is signed in")?;
        let answer = request.header(COOKIE, cookie).send().await?;
        if answer.status().as_u16() == 200 { Ok(Ear(answer)) } else { Err(answer.text().await?.into()) }
    }

    /// Signs in as a demo person.
    pub async fn sign_in(self, handle: &str) -> TestResult<Self> {
        let answer = self
            .post(
                "/v1/session",
                &SignIn { handle: handle.to_owned(), password: PASSWORD.to_owned(), one_time_code: None },
            )
            .await?;
        self.welcomed(&answer)
    }

    /// The same browser after an answer that opened a session: by signing in or up, or by confirming.
    pub fn welcomed(mut self, answer: &Answer) -> TestResult<Self> {
        let cookies = answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookie =
            cookies.filter_map(|value| value.split(';').next()).find(|pair| pair.starts_with("__Host-session="));
        self.cookie =
            Some(cookie.ok_or_else(|| format!("no session cookie: {} {}", answer.status, answer.body))?.to_owned());
        self.session = Some(answer.json()?);
        Ok(self)
    }

    /// The host it asks, with its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The session cookie, as name and value; nothing before signing in.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> TestResult<Answer> {
        self.send(Method::GET, path, None).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> TestResult<Answer> {
        self.send(Method::POST, path, Some(serde_json::to_string(body)?)).await
    }

    /// Any request; the body is sent as JSON.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> TestResult<Answer> {
        let mut request =
            self.client.request(method, format!("http://127.0.0.1:{}{path}", self.port)).header(HOST, &self.host);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if let Some(body) = body {
            request = request
                .header(ORIGIN, format!("http://{}", self.host))
                .header(CONTENT_TYPE, "application/json")
                .body(body);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Answer { status, headers, body: answer.text().await? })
    }
}

/// An open stream of hints.
pub struct Ear(reqwest::Response);

impl Ear {
    /// Waits for the next hint; nothing when none came in time.
    pub async fn hears(&mut self, wait: Duration) -> TestResult<Option<String>> {
        let hint = async {
            // Between hints the stream is kept alive by comments.
            while let Some(piece) = self.0.chunk().await? {
                let piece = String::from_utf8_lossy(&piece).into_owned();
                if piece.contains("event: changed") {
                    return Ok(Some(piece));
                }
            }
            Ok(None)
        };
        tokio::time::timeout(wait, hint).await.unwrap_or(Ok(None))
    }
}

fn client(patience: Duration) -> Client {
    builder(patience).build().expect("settings without certificates")
}

fn builder(patience: Duration) -> ClientBuilder {
    // A second call finds the provider there already, which is what is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(patience).no_proxy()
}
