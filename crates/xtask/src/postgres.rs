//! A Postgres for a run of tests: `tests/postgres/throwaway.sh`, which removes everything when this program ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::failure::Failure;
use crate::places::Places;
use crate::process::command;
use crate::tools::{self, Tool};

/// The variable by which tests find it.
const VARIABLE: &str = "QIANBAO_TEST_POSTGRES";

/// A server that is gone when this is dropped.
pub struct Throwaway {
    address: String,
    child: Child,
}

impl Throwaway {
    /// Installs what is missing and starts a server.
    pub fn start(places: &Places) -> Result<Self, Failure> {
        tools::ensure(places, &[Tool::Postgres])?;
        let script = places.root.join("tests/postgres/throwaway.sh");
        let mut child = command(places, &script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut address)?;
        }
        let server = Self { address: address.trim_end().to_owned(), child };
        if server.address.is_empty() {
            return Err(Failure::new("no Postgres could be started for the tests", "its lines above say why"));
        }
        Ok(server)
    }

    /// Lets the tests that `program` runs find it.
    pub fn tell(&self, program: &mut Command) {
        program.env(VARIABLE, &self.address);
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        // The end of its input is the sign to stop.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
