//! A Postgres for a run of tests: the one that `QIANBAO_TEST_POSTGRES` names, else one by `tests/postgres/throwaway.sh`, which removes
//! everything when this program ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::failure::Failure;
use crate::places::Places;
use crate::process::command;
use crate::tools::{self, Tool};

/// The variable by which a developer names a server, and by which tests find it.
const VARIABLE: &str = "QIANBAO_TEST_POSTGRES";

/// A server for tests.
pub enum Postgres {
    /// Named by who runs the tests; it stays.
    Named(String),
    /// Started for the tests; it is gone when this is dropped.
    Throwaway {
        /// Its address.
        address: String,
        /// Whatever holds its standard input keeps it running.
        keeper: Child,
    },
}

impl Postgres {
    /// Takes the server that is named, or installs what is missing and starts one.
    pub fn start(places: &Places) -> Result<Self, Failure> {
        // Also beside a named server: some tests start one of their own, with settings that lose answers.
        tools::ensure(places, &[Tool::Postgres])?;
        if let Some(named) = Self::named(std::env::var(VARIABLE).ok()) {
            return Ok(named);
        }
        let script = places.root.join("tests/postgres/throwaway.sh");
        let mut keeper = command(places, &script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        if let Some(out) = keeper.stdout.take() {
            BufReader::new(out).read_line(&mut address)?;
        }
        let address = address.trim_end().to_owned();
        let is_started = !address.is_empty();
        let server = Self::Throwaway { address, keeper };
        if is_started {
            return Ok(server);
        }
        Err(Failure::new(
            "no Postgres could be started for the tests",
            format!("its lines above say why; {VARIABLE} may name one that runs"),
        ))
    }

    /// The server of this value of the variable; an empty one names none.
    fn named(value: Option<String>) -> Option<Self> {
        value.filter(|address| !address.is_empty()).map(Self::Named)
    }

    /// Lets the tests that `program` runs find it.
    pub fn tell(&self, program: &mut Command) {
        let (Self::Named(address) | Self::Throwaway { address, .. }) = self;
        program.env(VARIABLE, address);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Self::Throwaway { keeper, .. } = self {
            // The end of its input is the sign to stop.
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Postgres, VARIABLE};

    #[test]
    fn the_server_that_is_named_is_told_to_the_tests() {
        let address = "postgres://db.example/tests";
        let named = Postgres::named(Some(address.to_owned())).expect("a server is named");
        let mut program = std::process::Command::new("true");
        named.tell(&mut program);
        let told: Vec<_> = program.get_envs().collect();
        assert_eq!(told, [(VARIABLE.as_ref(), Some(address.as_ref()))]);
    }

    #[test]
    fn an_empty_variable_names_none() {
        assert!(Postgres::named(Some(String::new())).is_none() && Postgres::named(None).is_none());
    }
}
