//! `cargo xtask size`: brotli bytes of the wallet's first load, file by file.
//!
//! The first load is what a browser fetches to show home for the first time: the page, its styles, the glue, the wasm,
//! start scripts, icons and the manifest. The other screens, the scanner and the service worker come later and are listed
//! apart. A first load over [`LIMIT_BYTES`] is a failure.

use std::path::Path;

use crate::failure::Failure;
use crate::places::Places;
use crate::site::{self, App};
use crate::tools;

/// What the first load may weigh at most; `docs/performance.md` tells it beside the goal.
const LIMIT_BYTES: u64 = 240_000;

/// Runs the command.
pub fn run(places: &Places) -> Result<(), Failure> {
    tools::ensure(places, tools::SITE)?;
    site::build(places, App::Wallet)?;
    let folder = places.site().join(App::Wallet.folder());
    let mut first = Vec::new();
    let mut later = Vec::new();
    for file in site::files_below(&folder) {
        let name = file.strip_prefix(&folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if Path::new(&name).extension().is_some_and(|kind| kind == "br" || kind == "map") {
            continue;
        }
        let bytes = site::bytes_on_the_wire(&file)?;
        if is_later(&name) { later.push((bytes, name)) } else { first.push((bytes, name)) }
    }
    print(&first, &later);
    within_limit(sum(&first))
}

fn within_limit(total: u64) -> Result<(), Failure> {
    if total <= LIMIT_BYTES {
        return Ok(());
    }
    Err(Failure::new(
        format!("the first load is {}, and at most {} are allowed", kilobytes(total), kilobytes(LIMIT_BYTES)),
        "look above for the file that grew; what home does not draw belongs behind crates/app/src/screens/rest.rs",
    ))
}

fn sum(files: &[(u64, String)]) -> u64 {
    files.iter().map(|(bytes, _)| bytes).sum()
}

/// What a browser fetches only when the scanner opens, or in the background after home stands.
fn is_later(name: &str) -> bool {
    let parts = ["screens-", "scanner", "decoder", "service-worker"];
    parts.iter().any(|part| name.starts_with(part))
}

fn print(first: &[(u64, String)], later: &[(u64, String)]) {
    println!("later, on demand (brotli bytes):");
    for (bytes, name) in later {
        println!("{bytes:>9}  {name}");
    }
    println!("first load (brotli bytes):");
    for (bytes, name) in first {
        println!("{bytes:>9}  {name}");
    }
    println!("total {}", kilobytes(sum(first)));
}

/// Thousands of bytes with one decimal, rounded half up: `168.2 kB`.
fn kilobytes(bytes: u64) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{LIMIT_BYTES, is_later, kilobytes, within_limit};

    #[test]
    fn kilobytes_round_half_up() {
        assert_eq!(kilobytes(168_249), "168.2 kB");
        assert_eq!(kilobytes(168_250), "168.3 kB");
        assert_eq!(kilobytes(0), "0.0 kB");
    }

    #[test]
    fn a_first_load_over_the_limit_is_a_failure() {
        assert!(within_limit(LIMIT_BYTES).is_ok());
        let failure = within_limit(LIMIT_BYTES + 1_000).expect_err("it is over");
        assert_eq!(failure.what, "the first load is 241.0 kB, and at most 240.0 kB are allowed");
    }

    #[test]
    fn other_screens_the_scanner_and_the_service_worker_are_apart() {
        assert!(is_later("decoder-0123456789abcdef.wasm") && is_later("service-worker.js"));
        assert!(is_later("screens-0123456789abcdef.wasm"));
        assert!(!is_later("index.html") && !is_later("qianbao-app-1a2b_bg.wasm"));
    }
}
