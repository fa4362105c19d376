//! Somebody with a browser: one host, one origin, one session cookie.

use std::time::Duration;

use qianbao_api::identity::{SessionView, SignIn};
use qianbao_api::{Problem, ProblemCode};
use reqwest::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::TestResult;

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
        // A second call finds the provider there already, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .expect("settings without certificates");
        Self { client, port, host: format!("{host}.localhost:{port}"), cookie: None, session: None }
    }

    /// Signs in as a demo person.
    pub async fn sign_in(mut self, handle: &str) -> TestResult<Self> {
        let answer =
            self.post("/v1/session", &SignIn { handle: handle.to_owned(), password: PASSWORD.to_owned() }).await?;
        let cookies = answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookie =
            cookies.filter_map(|value| value.split(';').next()).find(|pair| pair.starts_with("__Host-session="));
        self.cookie =
            Some(cookie.ok_or_else(|| format!("no session cookie: {} {}", answer.status, answer.body))?.to_owned());
        self.session = Some(answer.json()?);
        Ok(self)
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
