//! The peer of L1 and L2: pgbench's own workload "TPC-B (sort of)": five statements a transaction, three of them updates, prepared,
//! with as many clients as it is fastest with on two cores.

use std::cell::Cell;
use std::process::Command;
use std::time::Duration;

use qianbao_tests_postgres::Throwaway;

use qianbao_tests_bench::Failure;

/// Branches; each has 100,000 accounts and is a hot row.
const SCALE: &str = "10";
const CLIENTS: &str = "32";
/// Shortest run.
const SECONDS_MIN: u64 = 3;

/// pgbench on a server.
pub struct Tpcb<'a> {
    postgres: &'a Throwaway,
    is_initialized: Cell<bool>,
}

impl<'a> Tpcb<'a> {
    /// Its tables are made with the first run.
    pub const fn new(postgres: &'a Throwaway) -> Self {
        Self { postgres, is_initialized: Cell::new(false) }
    }

    /// Transactions a second. Before it pgbench clears what the last run left dead.
    pub fn run(&self, length: Duration) -> Result<f64, Failure> {
        if !self.is_initialized.replace(true) {
            self.pgbench(&["--initialize", "--quiet", "--scale", SCALE])?;
        }
        // It counts whole seconds, and a busy machine needs the first for its connections.
        let seconds = length.as_secs().max(SECONDS_MIN).to_string();
        let said = self.pgbench(&["--client", CLIENTS, "--jobs", "2", "--protocol", "prepared", "--time", &seconds])?;
        let figure = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next());
        Ok(figure.ok_or_else(|| format!("expected a line `tps = …` of pgbench, found {said}"))?.parse()?)
    }

    fn pgbench(&self, arguments: &[&str]) -> Result<String, Failure> {
        let folder = self.postgres.address().split_once("host=").and_then(|(_, rest)| rest.split('&').next());
        let folder = folder.ok_or("expected a socket's folder in the address")?;
        let mut pgbench = Command::new("pgbench");
        let said =
            pgbench.args(["--host", folder, "--username", "qianbao"]).args(arguments).arg("postgres").output()?;
        if !said.status.success() {
            return Err(format!("pgbench: {}", String::from_utf8_lossy(&said.stderr)).into());
        }
        Ok(String::from_utf8_lossy(&said.stdout).into_owned())
    }
}
