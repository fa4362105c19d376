//! The server process: started, asked, stopped, killed, started again on the same data.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::Visitor;

/// What a test answers.
pub type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

const START_SECONDS: u64 = 30;
const STOP_SECONDS: u64 = 30;

/// A server and its data. Dropping it kills the server and removes the data.
pub struct House {
    folder: TempDir,
    port: u16,
    bank_port: u16,
    server: Option<Child>,
}

impl House {
    /// A server on fresh data with the demo people.
    pub async fn start() -> TestResult<Self> {
        let mut house = Self::empty()?;
        let seeded = house.tool("seed").output().await?;
        if !seeded.status.success() {
            return Err(format!("qianbao seed: {}", String::from_utf8_lossy(&seeded.stderr)).into());
        }
        house.open(&[]).await?;
        Ok(house)
    }

    /// Data folder and ports, and nothing that runs.
    pub fn empty() -> TestResult<Self> {
        let folder = tempfile::Builder::new().prefix("qianbao-").tempdir()?;
        Ok(Self { folder, port: unused_port()?, bank_port: unused_port()?, server: None })
    }

    /// Starts the server with these further options and waits until it is ready.
    pub async fn open(&mut self, options: &[&str]) -> TestResult {
        let child = self.serve(options).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
        self.server = Some(child);
        let deadline = Instant::now() + Duration::from_secs(START_SECONDS);
        let door = self.visitor("wallet");
        while Instant::now() < deadline {
            if door.get("/readyz").await.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.server.as_mut().map(Child::try_wait).transpose()?.flatten() {
                return Err(format!("the server ended with {status} before it was ready").into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the server was not ready within {START_SECONDS} s").into())
    }

    /// The command that serves this house.
    pub fn serve(&self, options: &[&str]) -> Command {
        let mut command = self.tool("serve");
        command
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--domain", &format!("localhost:{}", self.port)])
            .args(["--bank-url", &format!("http://127.0.0.1:{}", self.bank_port)])
            .args(options);
        command
    }

    /// A command of the server's program on this house's data, such as `audit`.
    pub fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(program("QIANBAO_BIN", "qianbao"));
        command.arg(name).arg("--data").arg(self.data()).kill_on_drop(true).env("QIANBAO_LOG", "warn");
        command
    }

    /// Runs `qianbao audit` on the data; the server must be down.
    pub async fn audit(&self) -> TestResult<Output> {
        Ok(self.tool("audit").output().await?)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The server's port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Somebody at the door of `wallet`, `desk`, `wallet.test`, …
    pub fn visitor(&self, host: &str) -> Visitor {
        Visitor::new(self.port, host)
    }

    /// Ends the server at once, as a power cut of the process would. Nothing is flushed, nothing is said.
    pub async fn kill(&mut self) -> TestResult {
        if let Some(mut server) = self.server.take() {
            server.kill().await?;
        }
        Ok(())
    }

    /// Asks the server to end and waits until it has.
    pub async fn terminate(&mut self) -> TestResult<ExitStatus> {
        let mut server = self.server.take().ok_or("no server runs")?;
        let id = server.id().ok_or("the server has ended already")?;
        Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        Ok(tokio::time::timeout(Duration::from_secs(STOP_SECONDS), server.wait()).await??)
    }
}

/// The program that the variable names, else the one of the debug build beside this test.
fn program(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/debug").join(name), PathBuf::from)
}

/// A port that nobody listens on just now.
pub fn unused_port() -> TestResult<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
