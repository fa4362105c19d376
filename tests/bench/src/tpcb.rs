//! The peer of L2: pgbench's own workload "TPC-B (sort of)" on the same server: five statements a transaction, three of them
//! updates, prepared, with as many clients as it is fastest with on two cores.

use std::process::Command;
use std::time::Duration;

use qianbao_tests_postgres::Throwaway;

use crate::Failure;

/// Branches; each has 100,000 accounts and is a hot row.
const SCALE: &str = "10";
const CLIENTS: &str = "32";

/// Transactions a second.
pub fn run(postgres: &Throwaway, length: Duration) -> Result<f64, Failure> {
    pgbench(postgres, &["--initialize", "--quiet", "--scale", SCALE])?;
    let seconds = length.as_secs().max(1).to_string();
    let arguments = ["--client", CLIENTS, "--jobs", "2", "--protocol", "prepared", "--no-vacuum", "--time", &seconds];
    let said = pgbench(postgres, &arguments)?;
    let figure = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next());
    Ok(figure.ok_or_else(|| format!("expected a line `tps = …` of pgbench, found {said}"))?.parse()?)
}

fn pgbench(postgres: &Throwaway, arguments: &[&str]) -> Result<String, Failure> {
    let folder = postgres.address().split_once("host=").and_then(|(_, rest)| rest.split('&').next());
    let folder = folder.ok_or("expected a socket's folder in the address")?;
    let mut pgbench = Command::new("pgbench");
    let said = pgbench.args(["--host", folder, "--username", "qianbao"]).args(arguments).arg("postgres").output()?;
    if !said.status.success() {
        return Err(format!("pgbench: {}", String::from_utf8_lossy(&said.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}
