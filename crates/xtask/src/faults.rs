//! `cargo xtask faults`: the server is killed in the middle of payments; every acknowledged one has to be found again.

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run as run_command};
use crate::run;

/// Runs the command.
pub fn run(places: &Places) -> Result<(), Failure> {
    run::build(places, false)?;
    run_command(
        command(places, "cargo")
            .args(["test", "--quiet", "--package", "qianbao-tests-faults", "--", "--nocapture"])
            .env("QIANBAO_BIN", places.program("debug", "qianbao"))
            .env("QIANBAO_SANDBOX_BIN", places.program("debug", "qianbao-sandbox")),
        "an acknowledged payment that is lost is the worst bug there is: keep the data folder that the test names",
    )
}
