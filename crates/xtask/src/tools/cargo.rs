//! Tools that come as crates, and the wasm target.

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run, succeeds};

const WASM: &str = "wasm32-unknown-unknown";

/// Whether rustc can compile for the browser.
pub fn has_wasm_target(places: &Places) -> bool {
    let Ok(out) = command(places, "rustc").args(["--print", "target-libdir", "--target", WASM]).output() else {
        return false;
    };
    let folder = String::from_utf8_lossy(&out.stdout).trim().to_owned();
    out.status.success() && std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some())
}

/// Whether cargo has installed this version of a package, for programs that do not tell their own.
pub fn has(places: &Places, package: &str, version: &str) -> bool {
    let Ok(out) = command(places, "cargo").args(["install", "--list"]).output() else { return false };
    let line = format!("{package} v{version}:");
    String::from_utf8_lossy(&out.stdout).lines().any(|found| found == line)
}

/// Adds the wasm target by rustup.
pub fn add_wasm_target(places: &Places) -> Result<(), Failure> {
    run(
        command(places, "rustup").args(["target", "add", WASM]),
        "without rustup, install the standard library for wasm32-unknown-unknown the way your Rust came",
    )
}

/// Installs a tool: ready-made by `cargo binstall` where that is there, else compiled with the tool's own lock file,
/// else without it (a registry that lags may not have what the lock names).
pub fn install(places: &Places, name: &str, version: &str, options: &[&str]) -> Result<(), Failure> {
    if binstall(places, name, version) {
        return Ok(());
    }
    let mut locked = compile(places, name, version);
    if succeeds_shown(locked.args(options).arg("--locked")) {
        return Ok(());
    }
    eprintln!("{name} cannot be built with its own lock file here; trying with the newest dependencies there are");
    run(
        compile(places, name, version).args(options),
        "read the compiler's message above; the next call goes on from here",
    )
}

/// As [`install`], for a tool whose crate has no lock file worth keeping.
pub fn install_unlocked(places: &Places, name: &str, version: &str) -> Result<(), Failure> {
    if binstall(places, name, version) {
        return Ok(());
    }
    run(&mut compile(places, name, version), "read the compiler's message above; the next call goes on from here")
}

fn binstall(places: &Places, name: &str, version: &str) -> bool {
    succeeds(command(places, "cargo-binstall").arg("-V"))
        && succeeds_shown(command(places, "cargo").args(["binstall", "--no-confirm", "--version", version, name]))
}

/// How much a tool is optimised. Those that work through a whole wasm file need some of it; the others spend their time in other
/// programs.
fn optimisation(name: &str) -> &'static str {
    if name.starts_with("wasm") { "1" } else { "0" }
}

/// Debug information and most of the optimisation are left out.
fn compile(places: &Places, name: &str, version: &str) -> std::process::Command {
    let mut command = command(places, "cargo");
    command
        .args(["install", name, "--version", version])
        // One folder for all: what two of them need alike is compiled once.
        .env("CARGO_TARGET_DIR", places.target.join("tools"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", optimisation(name))
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    command
}

fn succeeds_shown(command: &mut std::process::Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
