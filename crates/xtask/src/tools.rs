//! What the commands need beyond Rust and Node: found, or installed with a word on how long it takes.
//!
//! Each tool says how it is recognised and how it is installed. Nothing that is there is installed again; a build that
//! was interrupted goes on where it was, because each tool keeps a build folder of its own until it is in place.

mod apt;
mod cargo;
mod npm;
mod python;

use std::process::Command;

use crate::failure::Failure;
use crate::places::Places;
use crate::process;

/// A thing that a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Rust's standard library for the browser.
    WasmTarget,
    /// Builds the browser apps.
    Trunk,
    /// Makes the glue between wasm and JavaScript; also runs the wasm tests.
    WasmBindgen,
    /// Splits the wallet's wasm.
    WasmSplit,
    /// npm packages of the lock file: esbuild, wasm-opt, Playwright and others.
    NpmParts,
    /// Checks licences and sources of crates.
    CargoDeny,
    /// The browser of the tests.
    Chromium,
    /// Chinese letters for screenshots.
    ChineseFonts,
    /// The second database of the tests.
    Postgres,
    /// A peer of the bench.
    Lnbits,
    /// Asks the server what its OpenAPI document promises.
    Schemathesis,
    /// Makes calls fail, for the tests of faults.
    Strace,
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::WasmTarget => "the wasm32 target",
            Self::Trunk => "trunk 0.21.14",
            Self::WasmBindgen => "wasm-bindgen-cli 0.2.130",
            Self::WasmSplit => "wasm-split-cli 0.2.4",
            Self::NpmParts => "npm packages of package-lock.json",
            Self::CargoDeny => "cargo-deny",
            Self::Chromium => "Chromium with its driver",
            Self::ChineseFonts => "Noto Sans CJK",
            Self::Postgres => "PostgreSQL",
            Self::Lnbits => "LNbits 1.6.2",
            Self::Schemathesis => "schemathesis 4.32.5",
            Self::Strace => "strace",
        }
    }

    fn duration(self) -> &'static str {
        match self {
            Self::WasmTarget | Self::ChineseFonts | Self::Strace => "some seconds",
            Self::NpmParts | Self::Chromium | Self::Postgres => "about half a minute",
            Self::Schemathesis => "about a minute of downloading",
            Self::Trunk => "2 to 5 minutes of compiling",
            Self::WasmSplit => "about a minute of compiling",
            Self::WasmBindgen => "about 2 minutes of compiling",
            Self::Lnbits => "about 2 minutes of downloading",
            Self::CargoDeny => "3 to 5 minutes of compiling",
        }
    }

    fn is_there(self, places: &Places) -> bool {
        match self {
            Self::WasmTarget => cargo::has_wasm_target(places),
            Self::Trunk => version_is(places, "trunk", "0.21."),
            Self::WasmBindgen => {
                version_is(places, "wasm-bindgen", "0.2.130")
                    && version_is(places, "wasm-bindgen-test-runner", "0.2.130")
            }
            Self::WasmSplit => cargo::has(places, "wasm_split_cli_support", "0.2.4"),
            Self::NpmParts => npm::is_fresh(places),
            Self::CargoDeny => version_is(places, "cargo-deny", "0."),
            Self::Chromium => chromium(places).is_some() && chromedriver(places).is_some(),
            Self::ChineseFonts => apt::has_chinese_fonts(places),
            Self::Postgres => apt::has_postgres(places),
            Self::Lnbits => python::LNBITS.is_there(places),
            Self::Schemathesis => python::SCHEMATHESIS.is_there(places),
            Self::Strace => process::succeeds(process::command(places, "strace").arg("--version")),
        }
    }

    fn install(self, places: &Places) -> Result<(), Failure> {
        match self {
            Self::WasmTarget => cargo::add_wasm_target(places),
            Self::Trunk => {
                cargo::install(places, "trunk", "0.21.14", &["--no-default-features", "--features", "rustls"])
            }
            Self::WasmBindgen => cargo::install_unlocked(places, "wasm-bindgen-cli", "0.2.130"),
            Self::WasmSplit => {
                cargo::install(places, "wasm_split_cli_support", "0.2.4", &["--features", "build-binary"])
            }
            Self::NpmParts => npm::install(places),
            Self::CargoDeny => cargo::install(places, "cargo-deny", "0.20.2", &[]),
            Self::Chromium => apt::install(places, &["chromium", "chromium-driver"]),
            Self::ChineseFonts => apt::install(places, &["fonts-noto-cjk"]),
            Self::Postgres => apt::install(places, &["postgresql"]),
            Self::Lnbits => python::LNBITS.install(places),
            Self::Schemathesis => python::SCHEMATHESIS.install(places),
            Self::Strace => apt::install(places, &["strace"]),
        }
    }
}

/// What building the browser apps needs.
pub const SITE: &[Tool] = &[Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen, Tool::WasmSplit, Tool::NpmParts];

/// What driving a browser needs.
pub const BROWSER: &[Tool] = &[Tool::Chromium, Tool::ChineseFonts];

/// Installs what is missing of `tools`, saying what and about how long.
pub fn ensure(places: &Places, tools: &[Tool]) -> Result<(), Failure> {
    let missing: Vec<Tool> = tools.iter().copied().filter(|tool| !tool.is_there(places)).collect();
    for (index, tool) in missing.iter().enumerate() {
        eprintln!("missing {} of {}: installing {} ({})", index + 1, missing.len(), tool.name(), tool.duration());
        tool.install(places)?;
        if !tool.is_there(places) {
            return Err(Failure::new(
                format!("{} was installed and is still not found", tool.name()),
                "look at the installer's output above; put the folder it installed to on PATH",
            ));
        }
    }
    Ok(())
}

/// The virtual environment of LNbits.
pub fn lnbits(places: &Places) -> std::path::PathBuf {
    python::LNBITS.folder(places)
}

/// The Python that has schemathesis.
pub fn schemathesis(places: &Places) -> std::path::PathBuf {
    python::SCHEMATHESIS.folder(places).join("bin/python")
}

/// The real Chromium program, not a wrapper, or what `CHROME_PATH` names.
pub fn chromium(places: &Places) -> Option<String> {
    let named = std::env::var("CHROME_PATH").ok();
    let usual = ["/usr/lib/chromium/chromium", "chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    named.into_iter().chain(usual).find(|program| has_version(places, program))
}

/// The driver of the wasm tests in a browser, or what `CHROMEDRIVER` names.
pub fn chromedriver(places: &Places) -> Option<String> {
    let named = std::env::var("CHROMEDRIVER").ok();
    let usual = ["/usr/bin/chromedriver", "chromedriver"].map(str::to_owned);
    named.into_iter().chain(usual).find(|program| has_version(places, program))
}

fn has_version(places: &Places, program: &str) -> bool {
    process::succeeds(process::command(places, program).arg("--version"))
}

fn version_is(places: &Places, program: &str, wanted: &str) -> bool {
    let mut command: Command = process::command(places, program);
    command.arg("--version").output().is_ok_and(|out| {
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        out.status.success() && text.split_whitespace().nth(1).is_some_and(|version| version.starts_with(wanted))
    })
}
