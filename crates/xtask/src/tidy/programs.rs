//! Checks that other programs make: rustfmt, clippy, rustc, cargo-deny, html-validate, tsc.

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run};
use crate::tools::{self, Tool};

/// Crates that run in the browser.
const BROWSER: [&str; 6] = ["core", "api", "client", "ui", "app", "desk"];

/// Nothing would change.
pub fn format(places: &Places) -> Result<(), Failure> {
    run(command(places, "cargo").args(["fmt", "--all", "--check"]), "cargo fmt --all")
}

/// All targets on this machine, warnings as errors.
pub fn clippy_native(places: &Places) -> Result<(), Failure> {
    let mut clippy = command(places, "cargo");
    clippy.args(["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    run(&mut clippy, "do what clippy says above; a lint that is wrong here gets #[expect(…, reason = \"…\")]")
}

/// The browser's crates as the browser gets them.
pub fn clippy_wasm(places: &Places) -> Result<(), Failure> {
    tools::ensure(places, &[Tool::WasmTarget])?;
    let mut clippy = command(places, "cargo");
    clippy.args(["clippy", "--quiet", "--locked", "--target", "wasm32-unknown-unknown"]);
    for crate_name in BROWSER {
        clippy.args(["--package", &format!("qianbao-{crate_name}")]);
    }
    run(clippy.args(["--", "-D", "warnings"]), "do what clippy says above")
}

/// The fuzz targets compile. They are a workspace of their own, so no other command would notice that they or their lock file are behind.
pub fn fuzz(places: &Places) -> Result<(), Failure> {
    let mut check = command(places, "cargo");
    check.args(["check", "--quiet", "--locked", "--tests", "--manifest-path", "tests/fuzz/Cargo.toml"]);
    check.arg("--target-dir").arg(places.target.join("fuzz"));
    run(
        &mut check,
        "correct what the compiler names; a lock file that is behind: cargo update --workspace --manifest-path tests/fuzz/Cargo.toml",
    )
}

/// Bans, licences and sources of every crate in the lock file.
pub fn deny(places: &Places) -> Result<(), Failure> {
    tools::ensure(places, &[Tool::CargoDeny])?;
    run(
        command(places, "cargo").args(["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]),
        "take another crate, or record the exception with its reason in deny.toml",
    )
}

/// The static pages.
pub fn markup(places: &Places) -> Result<(), Failure> {
    tools::ensure(places, &[Tool::NpmParts])?;
    run(
        command(places, "html-validate").args(["index.html", "web/desk/index.html"]),
        "correct the page; the rules are in .htmlvalidate.json",
    )
}

/// The journeys say what they mean: types of `tests/e2e`.
pub fn types(places: &Places) -> Result<(), Failure> {
    tools::ensure(places, &[Tool::NpmParts])?;
    run(command(places, "tsc").args(["--project", "tests/e2e"]), "correct what the compiler names")
}
