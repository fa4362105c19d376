//! The server process: started, asked, stopped, killed, started again on the same data; alone, or beside others on one database.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use qianbao_tests_postgres::Database;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::Visitor;

/// What a test answers.
pub type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The server's own limits, which a file of the house takes the place of.
const BUILT_IN: &str = include_str!("../../../crates/server/limits.toml");
/// That file.
const LIMITS: &str = "limits.toml";
const START_SECONDS: u64 = 30;
const STOP_SECONDS: u64 = 30;

/// A folder with a table of limits for it. One person pays thousands of times here: the day's count of payments without asking is that of a busy day.
fn new_folder() -> TestResult<TempDir> {
    let folder = tempfile::Builder::new().prefix("qianbao-").tempdir()?;
    std::fs::write(folder.path().join(LIMITS), BUILT_IN.replace("count = 10\n", "count = 1000000000\n"))?;
    Ok(folder)
}

/// A server and its data. Dropping it kills the server and removes the data.
pub struct House {
    /// First, so that it ends before what it lives on is removed.
    server: Option<Child>,
    folder: TempDir,
    /// Where the house is on Postgres; shared with its neighbours.
    database: Option<Arc<Database>>,
    port: u16,
    /// The port in the names of hosts: that of the first of several servers.
    domain_port: u16,
    bank_port: u16,
}

impl House {
    /// A server on fresh data with the demo people.
    pub async fn start() -> TestResult<Self> {
        Self::start_with(&[]).await
    }

    /// The same with these further options.
    pub async fn start_with(options: &[&str]) -> TestResult<Self> {
        Self::empty()?.inhabited(options).await
    }

    /// A server on a fresh Postgres database with the demo people, whatever the other tests run on.
    pub async fn start_shared() -> TestResult<Self> {
        Self::on(Some(Arc::default()))?.inhabited(&[]).await
    }

    async fn inhabited(mut self, options: &[&str]) -> TestResult<Self> {
        self.seed().await?;
        self.open(options).await?;
        Ok(self)
    }

    /// Fresh data with the demo people, and nothing that runs.
    pub async fn seeded() -> TestResult<Self> {
        let house = Self::empty()?;
        house.seed().await?;
        Ok(house)
    }

    /// The same in files, whatever the other tests run on.
    pub async fn seeded_in_files() -> TestResult<Self> {
        let house = Self::on(None)?;
        house.seed().await?;
        Ok(house)
    }

    async fn seed(&self) -> TestResult {
        let seeded = self.tool("seed").output().await?;
        if !seeded.status.success() {
            return Err(format!("qianbao seed: {}", String::from_utf8_lossy(&seeded.stderr)).into());
        }
        Ok(())
    }

    /// Data folder and ports, and nothing that runs. On Postgres where `QIANBAO_TEST_DATABASE` says so.
    pub fn empty() -> TestResult<Self> {
        Self::on(qianbao_tests_postgres::chosen().map(Arc::new))
    }

    fn on(database: Option<Arc<Database>>) -> TestResult<Self> {
        let folder = new_folder()?;
        let port = unused_port()?;
        Ok(Self { folder, database, port, domain_port: port, bank_port: unused_port()?, server: None })
    }

    /// A second server on the same database, under the same names, with a data folder of its own and nothing in it; nothing runs there yet.
    pub fn neighbour(&self) -> TestResult<Self> {
        let database = self.database.clone().ok_or("only a house on Postgres has neighbours")?;
        Ok(Self { domain_port: self.domain_port, bank_port: self.bank_port, ..Self::on(Some(database))? })
    }

    /// Takes over the keys of another house, as an operator copies them.
    pub fn copy_keys(&self, other: &Self) -> TestResult {
        for realm in ["live", "test"] {
            let keys = self.data().join(realm).join("keys");
            std::fs::create_dir_all(&keys)?;
            for file in std::fs::read_dir(other.data().join(realm).join("keys"))? {
                let file = file?;
                std::fs::copy(file.path(), keys.join(file.file_name()))?;
            }
        }
        Ok(())
    }

    /// The address of its Postgres database.
    pub fn database_address(&self) -> Option<String> {
        self.database.as_ref().map(|database| database.address().to_owned())
    }

    /// Whether the house is on Postgres.
    pub fn is_shared(&self) -> bool {
        self.database.is_some()
    }

    /// Starts the server with these further options and waits until it is ready.
    pub async fn open(&mut self, options: &[&str]) -> TestResult {
        let command = self.serve(options);
        self.open_by(command).await
    }

    /// Starts what serves this house by a command of its own, and waits until it is ready.
    pub async fn open_by(&mut self, mut command: Command) -> TestResult {
        let child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true).spawn()?;
        self.wait_until_ready(child).await
    }

    /// The same behind the words of another program, such as a tracer, which starts the server as its own process. What the
    /// server says goes to `said`.
    pub async fn open_behind(&mut self, words: &[String], said: std::fs::File) -> TestResult {
        let (program, words) = words.split_first().ok_or("expected a program")?;
        let serve = self.serve(&[]);
        let mut command = Command::new(program);
        command.args(words).arg(serve.as_std().get_program()).args(serve.as_std().get_args());
        command.envs(serve.as_std().get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.kill_on_drop(true).env("QIANBAO_LOG", "warn");
        self.open_saying(command, said).await
    }

    /// Starts what serves this house by a command of its own, which says to `said` what it says, and waits until it is ready.
    pub async fn open_saying(&mut self, mut command: Command, said: std::fs::File) -> TestResult {
        let child = command.stdout(said.try_clone()?).stderr(said).spawn()?;
        self.wait_until_ready(child).await
    }

    async fn wait_until_ready(&mut self, child: Child) -> TestResult {
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
        self.place(&mut command);
        command.args(options);
        command
    }

    /// Tells a command that serves this house where: the options of `qianbao serve`.
    pub fn place(&self, command: &mut Command) {
        command
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .args(["--domain", &format!("localhost:{}", self.domain_port)])
            .args(["--bank-url", &format!("http://127.0.0.1:{}", self.bank_port)])
            .env("QIANBAO_LIMITS", self.folder.path().join(LIMITS));
    }

    /// A command of the server's program on this house's data, such as `audit`.
    pub fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(program("QIANBAO_BIN", "qianbao"));
        command.arg(name).arg("--data").arg(self.data()).kill_on_drop(true).env("QIANBAO_LOG", "warn");
        if let Some(database) = &self.database {
            command.env("QIANBAO_DATABASE", database.address());
        }
        command
    }

    /// Runs `qianbao audit` on the data.
    pub async fn audit(&self) -> TestResult<Output> {
        Ok(self.tool("audit").output().await?)
    }

    /// Moves the house, at the same address, to a folder where nothing is yet. The old folder lives as long as the answer.
    pub fn move_out(&mut self) -> TestResult<TempDir> {
        Ok(std::mem::replace(&mut self.folder, new_folder()?))
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
        Visitor::new(self.port, &format!("{host}.localhost:{}", self.domain_port))
    }

    /// Ends the server at once, as a power cut of the process would. Nothing is flushed, nothing is said.
    pub async fn kill(&mut self) -> TestResult {
        if let Some(mut server) = self.server.take() {
            server.kill().await?;
        }
        Ok(())
    }

    /// Sends a signal to the server, such as `STOP` or `CONT`.
    pub async fn signal(&self, name: &str) -> TestResult {
        let id = self.server.as_ref().and_then(Child::id).ok_or("no server runs")?;
        let sent = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status().await?;
        if sent.success() { Ok(()) } else { Err(format!("kill -{name} {id}: {sent}").into()) }
    }

    /// Asks the server to end and waits until it has.
    pub async fn terminate(&mut self) -> TestResult<ExitStatus> {
        let mut server = self.server.take().ok_or("no server runs")?;
        let id = server.id().ok_or("the server has ended already")?;
        Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        Ok(tokio::time::timeout(Duration::from_secs(STOP_SECONDS), server.wait()).await??)
    }

    /// Waits until the server has ended by itself, at most a minute.
    pub async fn wait(&mut self) -> TestResult<ExitStatus> {
        let mut server = self.server.take().ok_or("no server runs")?;
        Ok(tokio::time::timeout(Duration::from_mins(1), server.wait()).await??)
    }
}

/// The program that the variable names, else the one of the debug build beside this test.
fn program(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/debug").join(name), PathBuf::from)
}

/// A port that nobody listens on just now, and nobody gets by chance: below those that the system gives to who asks for any, as every
/// outgoing connection does. A server that is stopped and started again finds it free.
pub fn unused_port() -> TestResult<u16> {
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 12_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        // Processes of one run have ids close together; each begins elsewhere, and none gives a port twice.
        let place = (std::process::id().wrapping_mul(97) + NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let port = u16::try_from(FIRST + place)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err("expected a port that nobody listens on".into())
}
