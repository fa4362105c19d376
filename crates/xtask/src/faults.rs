//! `cargo xtask faults`: kills, power cuts, failing and full disks, races and load, by the program of `tests/faults`; every
//! acknowledged id has to be found again. It adds up in `target/faults.json` and goes on where it was interrupted.

use clap::Args;

use crate::failure::Failure;
use crate::packages;
use crate::places::Places;
use crate::postgres::Postgres;
use crate::process::{command, run as run_command};
use crate::tools::{self, Tool};

/// Options of `faults`.
#[derive(Args, Debug)]
pub struct Options {
    /// About ten minutes of every kind instead of hours.
    #[arg(long)]
    pub quick: bool,
    /// Only these kinds, such as `kill-sqlite`; `docs/faults.md` lists them.
    #[arg(long)]
    pub kind: Vec<String>,
    /// Tell the story with this seed again.
    #[arg(long, requires = "kind")]
    pub seed: Option<u64>,
}

/// Runs the command.
pub fn run(places: &Places, options: &Options) -> Result<(), Failure> {
    tools::ensure(places, &[Tool::Strace])?;
    packages::build_programs(places, false)?;
    run_command(
        command(places, "cargo").args(["build", "--quiet", "--locked", "--workspace", "--bin", "qianbao-faults"]),
        "read the compiler's message above, correct it and run the command again",
    )?;
    let postgres = Postgres::start(places)?;
    let mut faults = command(places, places.program("debug", "qianbao-faults"));
    faults.arg("run").args(["--form", if options.quick { "quick" } else { "long" }]);
    faults.arg("--report").arg(places.target.join("faults.json"));
    faults.arg("--folder").arg(places.target.join("faults")).arg("--source").arg(source(places));
    for kind in &options.kind {
        faults.args(["--kind", kind]);
    }
    if let Some(seed) = options.seed {
        faults.args(["--seed", &seed.to_string()]);
    }
    faults.env("QIANBAO_BIN", places.program("debug", "qianbao"));
    postgres.tell(&mut faults);
    run_command(
        &mut faults,
        "an acknowledged id that is lost is the worst bug there is: the table says which seed tells the story again, and \
         where its folder is; what was not run here needs root",
    )
}

/// The commit that is checked out, with a word where files were changed since.
fn source(places: &Places) -> String {
    let told = command(places, "git")
        .args(["describe", "--always", "--exclude=*", "--dirty=, changed", "--abbrev=12"])
        .output();
    let text = told.ok().filter(|told| told.status.success()).and_then(|told| String::from_utf8(told.stdout).ok());
    text.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
