//! Tools that come with Debian.

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run, succeeds};

/// Installs Debian packages; anywhere else it says what to install by hand.
pub fn install(places: &Places, packages: &[&str]) -> Result<(), Failure> {
    let by_hand = format!("install by hand what your system calls: {}", packages.join(", "));
    if !succeeds(command(places, "apt-get").arg("--version")) {
        return Err(Failure::new("this is not a Debian system, so nothing can be installed by apt-get", by_hand));
    }
    let root = command(places, "id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
    if !root {
        return Err(Failure::new(
            "packages are missing and only root may install them",
            format!("sudo apt-get update && sudo apt-get install --yes {}", packages.join(" ")),
        ));
    }
    // An old package list names files that are gone; a failed update may still leave a usable one.
    succeeds(command(places, "apt-get").args(["update", "--quiet"]));
    run(
        command(places, "apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
        &by_hand,
    )
}

/// Whether some font has Chinese letters.
pub fn has_chinese_fonts(places: &Places) -> bool {
    command(places, "fc-list").arg(":lang=zh-cn").output().is_ok_and(|out| !out.stdout.is_empty())
}

/// Whether a Postgres server can be made: Debian keeps its programs off PATH, one folder a version.
pub fn has_postgres(places: &Places) -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("bin/initdb").exists())
        || succeeds(command(places, "initdb").arg("--version"))
}
