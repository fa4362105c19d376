//! The suites of `cargo xtask test`.

use clap::ValueEnum;

use super::{Count, schema};
use crate::failure::Failure;
use crate::places::Places;
use crate::postgres::Throwaway;
use crate::process::{self, command};
use crate::tools::{self, Tool};
use crate::{e2e, run};

/// Packages of black-box tests: they start the built programs and run in suites of their own.
const BLACK_BOX: [&str; 2] = ["qianbao-tests-api", "qianbao-tests-faults"];

/// A group of tests that is run by one program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// Unit and route tests.
    Unit,
    /// Examples in the documentation.
    Doc,
    /// The core under Node, the client's browser parts in Chromium.
    Wasm,
    /// The scripts of the pages, under Node.
    Scripts,
    /// The real server over HTTP, restarts and kills included.
    Api,
    /// The server beside its own OpenAPI document.
    Schema,
    /// Journeys in a real browser.
    Browser,
}

impl Suite {
    /// All of them, in the order they are run.
    pub const ALL: [Self; 7] =
        [Self::Unit, Self::Doc, Self::Scripts, Self::Wasm, Self::Api, Self::Schema, Self::Browser];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Doc => "doc",
            Self::Wasm => "wasm",
            Self::Scripts => "scripts",
            Self::Api => "api",
            Self::Schema => "schema",
            Self::Browser => "browser",
        }
    }

    /// What it tests.
    pub fn about(self) -> &'static str {
        match self {
            Self::Unit => "unit and route tests of every crate",
            Self::Doc => "examples in the documentation",
            Self::Wasm => "the core under Node, the client's browser parts in Chromium",
            Self::Scripts => "the scripts of the pages under Node",
            Self::Api => "real processes over HTTP: restarts, kills, settings",
            Self::Schema => "the server beside its OpenAPI document (schemathesis)",
            Self::Browser => "journeys in Chromium (Playwright)",
        }
    }

    /// How to run it alone.
    pub fn again(self) -> String {
        format!("alone: cargo xtask test {}", self.name())
    }

    /// Whether some of its tests run on Postgres.
    pub fn needs_postgres(self) -> bool {
        matches!(self, Self::Unit | Self::Api)
    }

    /// Runs it. Says whether it passed, and counts its tests.
    pub fn run(self, places: &Places, postgres: Option<&Throwaway>) -> Result<(bool, Count), Failure> {
        match self {
            Self::Unit => unit(places, postgres),
            Self::Doc => doc(places),
            Self::Wasm => wasm(places),
            Self::Scripts => scripts(places),
            Self::Api => api(places, postgres),
            Self::Schema => schema::run(places),
            Self::Browser => {
                let all = e2e::Options::default();
                e2e::prepare(places, &all)?;
                e2e::journeys(places, &all)
            }
        }
    }
}

/// By nextest where it is there; it is not worth minutes of compiling where it is not.
fn unit(places: &Places, postgres: Option<&Throwaway>) -> Result<(bool, Count), Failure> {
    let mut cargo = command(places, "cargo");
    let nextest = process::succeeds(command(places, "cargo").args(["nextest", "--version"]));
    if nextest {
        cargo.args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"]);
    } else {
        cargo.args(["test", "--no-fail-fast", "--quiet", "--lib", "--bins", "--tests"]);
    }
    cargo.args(["--locked", "--workspace"]);
    for package in BLACK_BOX {
        cargo.args(["--exclude", package]);
    }
    if let Some(postgres) = postgres {
        postgres.tell(&mut cargo);
    }
    let kept = process::run_kept(&mut cargo)?;
    let count = if nextest { Count::of_nextest(&kept.text) } else { Count::of_libtest(&kept.text) };
    Ok((kept.success, count))
}

fn doc(places: &Places) -> Result<(bool, Count), Failure> {
    let mut cargo = command(places, "cargo");
    cargo.args(["test", "--doc", "--no-fail-fast", "--quiet", "--locked"]);
    for package in ["core", "api", "ledger", "client"] {
        cargo.args(["--package", &format!("qianbao-{package}")]);
    }
    let kept = process::run_kept(&mut cargo)?;
    Ok((kept.success, Count::of_libtest(&kept.text)))
}

fn scripts(places: &Places) -> Result<(bool, Count), Failure> {
    let mut node = command(places, "node");
    node.args(["--test", "--test-reporter=tap", "web/tests/"]);
    let kept = process::run_kept(&mut node)?;
    Ok((kept.success, Count::of_tap(&kept.text)))
}

fn wasm(places: &Places) -> Result<(bool, Count), Failure> {
    tools::ensure(places, &[Tool::WasmTarget, Tool::WasmBindgen, Tool::Chromium])?;
    let core = wasm_tests(places, "qianbao-core", "vectors")?;
    let client = wasm_tests(places, "qianbao-client", "browser")?;
    Ok((core.0 && client.0, core.1 + client.1))
}

fn wasm_tests(places: &Places, package: &str, target: &str) -> Result<(bool, Count), Failure> {
    let mut cargo = command(places, "cargo");
    cargo.args(["test", "--locked", "--target", "wasm32-unknown-unknown", "--package", package, "--test", target]);
    cargo.envs(tools::chromedriver(places).map(|driver| ("CHROMEDRIVER", driver)));
    let kept = process::run_kept(&mut cargo)?;
    Ok((kept.success, Count::of_libtest(&kept.text)))
}

fn api(places: &Places, postgres: Option<&Throwaway>) -> Result<(bool, Count), Failure> {
    run::build(places, false)?;
    let mut cargo = command(places, "cargo");
    cargo.args(["test", "--no-fail-fast", "--locked"]);
    for package in BLACK_BOX {
        cargo.args(["--package", package]);
    }
    cargo.env("QIANBAO_BIN", places.program("debug", "qianbao"));
    cargo.env("QIANBAO_SANDBOX_BIN", places.program("debug", "qianbao-sandbox"));
    if let Some(postgres) = postgres {
        postgres.tell(&mut cargo);
    }
    let kept = process::run_kept(&mut cargo)?;
    Ok((kept.success, Count::of_libtest(&kept.text)))
}
