//! `cargo xtask size`: brotli bytes of the wallet's first load, file by file.
//!
//! The first load is what a browser fetches to show home for the first time: the page, its styles, the glue, the wasm,
//! start scripts, icons and the manifest. The scanner and the service worker come later and are listed apart.

use std::path::Path;

use crate::failure::Failure;
use crate::places::Places;
use crate::process::command;
use crate::site::{self, App};
use crate::tools;

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
        let bytes = brotli_bytes(places, &file)?;
        if is_later(&name) { later.push((bytes, name)) } else { first.push((bytes, name)) }
    }
    print(&first, &later);
    Ok(())
}

/// What a browser fetches only when the scanner opens, or in the background after the page stands.
fn is_later(name: &str) -> bool {
    let parts = ["scanner", "decoder", "service-worker"];
    parts.iter().any(|part| name.starts_with(part))
}

fn brotli_bytes(places: &Places, file: &Path) -> Result<u64, Failure> {
    if !site::is_compressible(file) {
        return Ok(std::fs::metadata(file)?.len());
    }
    let out = command(places, "brotli").args(["--best", "--stdout"]).arg(file).output()?;
    Ok(out.stdout.len() as u64)
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
    println!("total {}", kilobytes(first.iter().map(|(bytes, _)| bytes).sum()));
}

/// Thousands of bytes with one decimal, rounded half up: `168.2 kB`.
fn kilobytes(bytes: u64) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{is_later, kilobytes};

    #[test]
    fn kilobytes_round_half_up() {
        assert_eq!(kilobytes(168_249), "168.2 kB");
        assert_eq!(kilobytes(168_250), "168.3 kB");
        assert_eq!(kilobytes(0), "0.0 kB");
    }

    #[test]
    fn the_scanner_and_the_service_worker_are_apart() {
        assert!(is_later("decoder-0123456789abcdef.wasm") && is_later("service-worker.js"));
        assert!(!is_later("index.html") && !is_later("qianbao-app-1a2b_bg.wasm"));
    }
}
