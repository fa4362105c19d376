//! Which packages a call of cargo names together.
//!
//! Cargo unites the features of what is named in one call: tokio for the server alone is another tokio than for the server and the tests of
//! everything, and all that stands on it is compiled again. So the calls of a development build name the same packages and ask for tests,
//! which brings in what only they depend on.

use std::process::Command;

use crate::failure::Failure;
use crate::places::Places;
use crate::process::{command, run};

/// Packages of black-box tests: they start the built programs and run in suites of their own. They compile the ledger with its faults.
const BLACK_BOX: [&str; 2] = ["qianbao-tests-api", "qianbao-tests-faults"];

/// The black-box tests. Cargo is asked for them in the whole workspace, not in their packages: see above.
pub const BLACK_BOX_TESTS: [&str; 13] = [
    "audit",
    "backup",
    "operation",
    "processes",
    "restart",
    "secrets",
    "settings",
    "tls",
    "traces",
    "wallet",
    "kill",
    "ledger",
    "parts",
];

/// Those of them that run on either database. What is about files, or always about Postgres, is not run again.
pub const EITHER_DATABASE: [&str; 7] = ["audit", "operation", "restart", "secrets", "settings", "traces", "wallet"];

/// Names everything but the black-box tests.
pub fn white_box(cargo: &mut Command) -> &mut Command {
    cargo.arg("--workspace");
    for package in BLACK_BOX {
        cargo.args(["--exclude", package]);
    }
    cargo
}

/// Builds the server and the sandbox.
pub fn build_programs(places: &Places, release: bool) -> Result<(), Failure> {
    let mut cargo = command(places, "cargo");
    cargo.args(["build", "--quiet", "--locked"]);
    if release {
        cargo.args(["--release", "--package", "qianbao-server", "--package", "qianbao-sandbox"]);
    } else {
        // One small test, so that the features are those of the tests.
        white_box(&mut cargo).args(["--bin", "qianbao", "--bin", "qianbao-sandbox", "--test", "wire"]);
    }
    run(&mut cargo, "read the compiler's message above, correct it and run the command again")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Nothing else would notice a file of tests that no suite names.
    #[test]
    fn every_black_box_test_is_named_and_none_is_beside_the_code() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
        let mut found = Vec::new();
        for package in ["api", "faults"] {
            for file in fs::read_dir(root.join(package).join("tests")).expect("a folder of tests") {
                let name = file.expect("readable").file_name().into_string().expect("plain names");
                found.push(name.trim_end_matches(".rs").to_owned());
            }
            for file in crate::site::files_below(&root.join(package).join("src")) {
                let text = fs::read_to_string(&file).expect("readable");
                assert!(!text.contains("#[cfg(test)]"), "no suite runs the tests in {}", file.display());
            }
        }
        let mut named = BLACK_BOX_TESTS.map(str::to_owned).to_vec();
        named.sort();
        found.sort();
        assert_eq!(named, found);
        assert!(EITHER_DATABASE.iter().all(|test| BLACK_BOX_TESTS.contains(test)));
    }
}
