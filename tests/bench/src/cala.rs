//! The peer of L2: cala-ledger, by a program of its own workspace (`tests/bench/cala`), on the same server.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use qianbao_tests_postgres::{Throwaway, fresh_name};

use qianbao_tests_bench::Failure;

/// The program.
pub struct Cala(pub PathBuf);

impl Cala {
    /// Transfers a second from `callers`, each posting `batch` a call, in a database of their own. The program holds its own gate.
    pub fn run(&self, postgres: &Throwaway, length: Duration, callers: u64, batch: u64) -> Result<f64, Failure> {
        let mut program = Command::new(&self.0);
        program.args([postgres.address(), &fresh_name(), &length.as_secs_f64().to_string()]);
        program.args([callers, batch].map(|number| number.to_string()));
        let said = program
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("{}: {error}; cargo xtask bench builds it", self.0.display()))?;
        if !said.status.success() {
            return Err(format!("the bench of cala-ledger ended with {}", said.status).into());
        }
        Ok(String::from_utf8(said.stdout)?.trim().parse()?)
    }
}
