//! LNbits as a peer: its own server on SQLite, with the funding source that it has for standing alone, and two wallets.
//!
//! A payment from wallet to wallet is two calls there, an invoice of the payee and its payment. It never leaves LNbits' own database.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::Method;
use qianbao_tests_api::unused_port;
use qianbao_tests_bench::Failure;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::line::Line;
use crate::said;

/// It has hundreds of migrations to make and modules to load.
const START_WITHIN: Duration = Duration::from_mins(5);
/// As many callers as it is fastest with.
const CALLERS: usize = 16;
const PASSWORD: &str = "jade-river-walks-2026";
/// What the payer begins with, satoshi; LNbits gives at most twice as much at once.
const FUNDS: u64 = 5_000_000;

/// A server with two wallets.
pub struct Lnbits {
    port: u16,
    payer_key: String,
    payee_key: String,
    paid: Arc<AtomicU64>,
    // Both are gone with it.
    _server: Child,
    _data: tempfile::TempDir,
}

impl Lnbits {
    /// Starts the one that is installed in a virtual environment.
    pub async fn start(environment: &Path) -> Result<Self, Failure> {
        let environment = environment
            .canonicalize()
            .map_err(|error| format!("{}: {error}; cargo xtask bench L4-lnbits installs it", environment.display()))?;
        let data = tempfile::tempdir()?;
        for folder in ["logs", "extensions"] {
            std::fs::create_dir(data.path().join(folder))?;
        }
        let port = unused_port().map_err(said)?;
        let mut command = Command::new(environment.join("bin/uvicorn"));
        command
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--log-level", "warning"])
            .args(["--loop", "uvloop", "lnbits.__main__:app"])
            // It looks for its pages beside itself.
            .current_dir(packages(&environment)?)
            .env("LNBITS_DATA_FOLDER", data.path())
            .env("LNBITS_EXTENSIONS_PATH", data.path())
            .env("LNBITS_BACKEND_WALLET_CLASS", "FakeWallet")
            .env("LNBITS_ADMIN_UI", "true")
            .env("AUTH_ALLOWED_METHODS", r#"["username-password"]"#)
            .env("LNBITS_RATE_LIMIT_NO", "1000000")
            .env("LNBITS_RATE_LIMIT_UNIT", "second")
            .env("DEBUG", "false")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut server = command.spawn()?;
        ready(&mut server, port).await?;
        let mut line = Line::open(port).await?;
        let (payer_key, payee_key) = wallets(&mut line).await?;
        Ok(Self { port, payer_key, payee_key, paid: Arc::default(), _server: server, _data: data })
    }

    /// Payments a second.
    pub async fn rate(&self, length: Duration) -> Result<f64, Failure> {
        let start = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..CALLERS {
            let (payer, payee) = (self.payer_key.clone(), self.payee_key.clone());
            let (mut line, paid) = (Line::open(self.port).await?, Arc::clone(&self.paid));
            tasks.push(tokio::spawn(async move {
                let mut count = 0_u32;
                while start.elapsed() < length {
                    pay(&mut line, &payer, &payee).await?;
                    paid.fetch_add(1, Ordering::Relaxed);
                    count += 1;
                }
                Ok::<_, Failure>(count)
            }));
        }
        let mut count = 0;
        for task in tasks {
            count += task.await??;
        }
        // The last payments of a run end after its length; their time counts as they do.
        Ok(f64::from(count) / start.elapsed().as_secs_f64())
    }

    /// The payee has what was paid.
    pub async fn gate(&self) -> Result<(), Failure> {
        let mut line = Line::open(self.port).await?;
        let wallet = ask(&mut line, Method::GET, "/api/v1/wallet", &self.payee_key, &Value::Null).await?;
        let (expected, found) = (self.paid.load(Ordering::Relaxed) * 1_000, wallet["balance"].as_u64());
        if found == Some(expected) {
            return Ok(());
        }
        Err(format!("LNbits acknowledged {expected} millisatoshi, the payee has {found:?}").into())
    }
}

async fn pay(line: &mut Line, payer: &str, payee: &str) -> Result<(), Failure> {
    let invoice = json!({ "out": false, "amount": 1, "memo": "bench" });
    let invoice = ask(line, Method::POST, "/api/v1/payments", payee, &invoice).await?;
    let payment = json!({ "out": true, "bolt11": invoice["bolt11"] });
    let payment = ask(line, Method::POST, "/api/v1/payments", payer, &payment).await?;
    if payment["status"] == "success" { Ok(()) } else { Err(format!("expected success, found {payment}").into()) }
}

/// The keys of a wallet with money and of one without. Without a currency: with one, LNbits asks the internet for its rate.
async fn wallets(line: &mut Line) -> Result<(String, String), Failure> {
    let first = json!({ "username": "bench", "password": PASSWORD, "password_repeat": PASSWORD });
    let admin = ask(line, Method::PUT, "/api/v1/auth/first_install", "", &first).await?;
    let bearer = format!("Bearer {}", admin["access_token"].as_str().ok_or("expected a token of LNbits")?);
    let mut keys = Vec::new();
    for name in ["payer", "payee"] {
        let wallet = ask(line, Method::POST, "/api/v1/account", "", &json!({ "name": name })).await?;
        let key = wallet["adminkey"].as_str().ok_or("expected a key of LNbits")?.to_owned();
        ask(line, Method::PATCH, "/api/v1/wallet", &key, &json!({ "currency": "" })).await?;
        if name == "payer" {
            let funds = json!({ "id": wallet["id"], "amount": FUNDS }).to_string().into_bytes();
            let headers = [("host", "127.0.0.1"), ("authorization", bearer.as_str())];
            let (status, body) = line.send(Method::PUT, "/users/api/v1/balance", &headers, funds).await?;
            if status != 200 {
                return Err(format!("LNbits: {status} {}", String::from_utf8_lossy(&body)).into());
            }
        }
        keys.push(key);
    }
    let payee = keys.pop().ok_or("two wallets were made")?;
    Ok((keys.pop().ok_or("two wallets were made")?, payee))
}

async fn ask(line: &mut Line, method: Method, path: &str, key: &str, body: &Value) -> Result<Value, Failure> {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let (status, body) = line.send(method, path, &[("host", "127.0.0.1"), ("x-api-key", key)], body).await?;
    if !(200..300).contains(&status) {
        return Err(format!("LNbits: {path}: {status} {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(serde_json::from_slice(&body)?)
}

/// Where the packages of a virtual environment lie.
fn packages(environment: &Path) -> Result<PathBuf, Failure> {
    let versions = std::fs::read_dir(environment.join("lib"))?.flatten();
    let found = versions.map(|version| version.path().join("site-packages")).find(|path| path.join("lnbits").exists());
    found.ok_or_else(|| format!("{}: LNbits is not installed there", environment.display()).into())
}

async fn ready(server: &mut Child, port: u16) -> Result<(), Failure> {
    let deadline = Instant::now() + START_WITHIN;
    while Instant::now() < deadline {
        if let Some(status) = server.try_wait()? {
            return Err(format!("LNbits ended with {status} before it was ready").into());
        }
        if let Ok(mut line) = Line::open(port).await
            && line.send(Method::GET, "/api/v1/health", &[("host", "127.0.0.1")], Vec::new()).await.is_ok()
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(format!("LNbits was not ready within {} s", START_WITHIN.as_secs()).into())
}
