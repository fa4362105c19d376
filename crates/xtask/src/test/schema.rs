//! Schemathesis: asks the running server what its OpenAPI document promises, with good and bad values, for a bounded time.

use std::path::PathBuf;

use super::Count;
use crate::failure::Failure;
use crate::places::Places;
use crate::process::{self, command, run as run_command};

/// Installs schemathesis into `target/schemathesis` where it is missing and runs `tests/api/schema.py`.
pub fn run(places: &Places) -> Result<(bool, Count), Failure> {
    let script = places.root.join("tests/api/schema.py");
    crate::run::build(places, false)?;
    let python = environment(places)?;
    let mut check = command(places, python);
    check.arg(script).env("QIANBAO_BIN", places.program("debug", "qianbao"));
    check.env("QIANBAO_SANDBOX_BIN", places.program("debug", "qianbao-sandbox"));
    let kept = process::run_kept(&mut check)?;
    Ok((kept.success, Count::of_libtest(&kept.text)))
}

const VERSION: &str = "4.32.5";

/// A Python of its own with schemathesis; the stamp is written last, so an interrupted installation is done again.
fn environment(places: &Places) -> Result<PathBuf, Failure> {
    let folder = places.root.join("target/schemathesis");
    let python = folder.join("bin/python");
    let stamp = folder.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|version| version == VERSION) {
        return Ok(python);
    }
    eprintln!("missing schemathesis {VERSION}: installing it into {} (about a minute)", folder.display());
    run_command(
        command(places, "python3").args(["-m", "venv", "--clear"]).arg(&folder),
        "install Python 3.10 or later with its venv module (Debian: python3-venv)",
    )?;
    run_command(
        command(places, &python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .arg(format!("schemathesis=={VERSION}")),
        "check the connection to the Python package index",
    )?;
    std::fs::write(stamp, VERSION)?;
    Ok(python)
}
