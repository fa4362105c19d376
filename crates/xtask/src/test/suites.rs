//! The suites of `cargo xtask test`.

use std::process::Command;

use clap::ValueEnum;

use super::{Count, schema};
use crate::e2e;
use crate::failure::Failure;
use crate::packages::{BLACK_BOX_TESTS, EITHER_DATABASE, build_programs, white_box};
use crate::places::Places;
use crate::postgres::Postgres;
use crate::process::{self, command};
use crate::tools::{self, Tool};

/// A group of tests that is run by one program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// Unit and route tests.
    Unit,
    /// Examples in the documentation.
    Doc,
    /// The core under Node, with and without Unicode's tables; the client's browser parts in Chromium.
    Wasm,
    /// The scripts of the pages, under Node.
    Scripts,
    /// The real server over HTTP, restarts and kills included.
    Api,
    /// The server's route tests and its black box again, on the other database.
    Postgres,
    /// The server beside its own OpenAPI document.
    Schema,
    /// The release builds of the apps, which the journeys need: a row of their own in the table of times.
    Apps,
    /// Journeys in a real browser.
    Browser,
}

impl Suite {
    /// All of them, in the order they are run.
    pub const ALL: [Self; 9] = [
        Self::Unit,
        Self::Doc,
        Self::Scripts,
        Self::Wasm,
        Self::Api,
        Self::Postgres,
        Self::Schema,
        Self::Apps,
        Self::Browser,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Doc => "doc",
            Self::Wasm => "wasm",
            Self::Scripts => "scripts",
            Self::Api => "api",
            Self::Postgres => "postgres",
            Self::Schema => "schema",
            Self::Apps => "apps",
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
            Self::Postgres => "route tests and real processes again, on Postgres",
            Self::Schema => "the server beside its OpenAPI document (schemathesis)",
            Self::Apps => "both apps build in release, with all that the journeys need",
            Self::Browser => "journeys in Chromium (Playwright)",
        }
    }

    /// How to run it alone.
    pub fn again(self) -> String {
        format!("alone: cargo xtask test {}", self.name())
    }

    /// Whether some of its tests run on Postgres.
    pub fn needs_postgres(self) -> bool {
        matches!(self, Self::Unit | Self::Api | Self::Postgres)
    }

    /// Runs it. Says whether it passed, and counts its tests.
    pub fn run(self, places: &Places, postgres: Option<&Postgres>) -> Result<(bool, Count), Failure> {
        let all = e2e::Options::default();
        match self {
            Self::Unit => unit(places, postgres),
            Self::Doc => doc(places),
            Self::Wasm => wasm(places),
            Self::Scripts => scripts(places),
            Self::Api => api(places, postgres),
            Self::Postgres => on_postgres(places, postgres),
            Self::Schema => schema::run(places),
            Self::Apps => e2e::prepare(places, &all).map(|()| (true, Count { passed: 1, failed: 0 })),
            Self::Browser => {
                e2e::prepare(places, &all)?;
                e2e::journeys(places, &all)
            }
        }
    }
}

fn unit(places: &Places, postgres: Option<&Postgres>) -> Result<(bool, Count), Failure> {
    native(places, postgres, |cargo, _| {
        white_box(cargo).args(["--lib", "--bins", "--tests"]);
    })
}

/// The tests that run on either database.
fn on_postgres(places: &Places, postgres: Option<&Postgres>) -> Result<(bool, Count), Failure> {
    const CHOICE: (&str, &str) = ("QIANBAO_TEST_DATABASE", "postgres");
    let routes = native(places, postgres, |cargo, has_nextest| {
        white_box(cargo).args(["--lib", "--test", "doors", "--test", "money", "--test", "funding"]);
        if has_nextest {
            cargo.args(["--filterset", "package(qianbao-server)"]);
        }
        cargo.env(CHOICE.0, CHOICE.1);
    })?;
    let processes = black_box(places, postgres, &EITHER_DATABASE, |cargo| {
        cargo.env(CHOICE.0, CHOICE.1);
    })?;
    Ok((routes.0 && processes.0, routes.1 + processes.1))
}

/// By nextest where it is there; it is not worth minutes of compiling where it is not.
fn native(
    places: &Places,
    postgres: Option<&Postgres>,
    choose: impl FnOnce(&mut Command, bool),
) -> Result<(bool, Count), Failure> {
    let mut cargo = command(places, "cargo");
    let nextest = process::succeeds(command(places, "cargo").args(["nextest", "--version"]));
    if nextest {
        cargo.args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"]);
    } else {
        cargo.args(["test", "--no-fail-fast", "--quiet"]);
    }
    cargo.arg("--locked");
    choose(&mut cargo, nextest);
    if let Some(postgres) = postgres {
        postgres.tell(&mut cargo);
    }
    let kept = process::run_kept(&mut cargo)?;
    let count = if nextest { Count::of_nextest(&kept.text) } else { Count::of_libtest(&kept.text) };
    Ok((kept.success, count))
}

fn doc(places: &Places) -> Result<(bool, Count), Failure> {
    // The examples are built and run among the temporary files, and a file system in memory may forbid that.
    let mut cargo = command(&Places { temporary: None, ..places.clone() }, "cargo");
    white_box(cargo.args(["test", "--doc", "--no-fail-fast", "--quiet", "--locked"]));
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
    let mut outcome = (true, Count::default());
    for (package, target, more) in [
        ("qianbao-core", "vectors", &[] as &[&str]),
        // As the browser's apps have it: without Unicode's tables, which composing texts needs.
        ("qianbao-core", "vectors", &["--no-default-features", "--", "--skip", "texts_are_kept_or_refused"]),
        ("qianbao-client", "browser", &[]),
    ] {
        let (passed, count) = wasm_tests(places, package, target, more)?;
        outcome = (outcome.0 && passed, outcome.1 + count);
    }
    Ok(outcome)
}

fn wasm_tests(places: &Places, package: &str, target: &str, more: &[&str]) -> Result<(bool, Count), Failure> {
    let mut cargo = command(places, "cargo");
    cargo.args(["test", "--locked", "--target", "wasm32-unknown-unknown", "--package", package, "--test", target]);
    cargo.args(more);
    cargo.envs(tools::chromedriver(places).map(|driver| ("CHROMEDRIVER", driver)));
    let kept = process::run_kept(&mut cargo)?;
    Ok((kept.success, Count::of_libtest(&kept.text)))
}

fn api(places: &Places, postgres: Option<&Postgres>) -> Result<(bool, Count), Failure> {
    black_box(places, postgres, &BLACK_BOX_TESTS, |_| ())
}

fn black_box(
    places: &Places,
    postgres: Option<&Postgres>,
    tests: &[&str],
    choose: impl FnOnce(&mut Command),
) -> Result<(bool, Count), Failure> {
    build_programs(places, false)?;
    let mut cargo = command(places, "cargo");
    cargo.args(["test", "--no-fail-fast", "--locked", "--workspace"]);
    for test in tests {
        cargo.args(["--test", test]);
    }
    choose(&mut cargo);
    tools::ensure(places, &[Tool::Strace])?;
    cargo.env("QIANBAO_BIN", places.program("debug", "qianbao"));
    cargo.env("QIANBAO_SANDBOX_BIN", places.program("debug", "qianbao-sandbox"));
    if let Some(postgres) = postgres {
        postgres.tell(&mut cargo);
    }
    let kept = process::run_kept(&mut cargo)?;
    Ok((kept.success, Count::of_libtest(&kept.text)))
}
