//! Makes the module of this app's texts, and tells the release build for browsers that its wasm will be split in two
//! (`src/screens/rest.rs`).

#[path = "../../web/locales/build.rs"]
mod locales;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rustc-check-cfg=cfg(split)");
    if std::env::var("CARGO_CFG_TARGET_FAMILY")? == "wasm" && std::env::var("PROFILE")? == "release" {
        println!("cargo::rustc-cfg=split");
        // What refers to what is only known from the linker's relocations.
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    locales::generate("app")
}
