//! The npm workspace, exactly as its lock file says, without running any package's scripts.

use std::fs;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run};

/// Whether the packages stand as the lock file says.
pub fn is_fresh(places: &Places) -> bool {
    let Ok(lock) = fs::read(places.root.join("package-lock.json")) else {
        // Without a lock file there is nothing to install.
        return true;
    };
    fs::read(stamp(places)).is_ok_and(|installed| installed == lock)
}

/// Installs them; the stamp is written last, so an interrupted call is done again.
pub fn install(places: &Places) -> Result<(), Failure> {
    run(
        command(places, "npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        "npm comes with Node 20 or later; look at its message above and run the command again",
    )?;
    fs::copy(places.root.join("package-lock.json"), stamp(places))?;
    Ok(())
}

fn stamp(places: &Places) -> PathBuf {
    places.root.join("node_modules/.qianbao-lock.json")
}
