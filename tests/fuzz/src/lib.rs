//! Fuzz targets for what reads text from strangers: scanned codes, typed amounts, typed names.
//!
//! As tests, with random and recorded input: `cargo test --manifest-path tests/fuzz/Cargo.toml --target-dir target/fuzz`. `cargo xtask tidy`
//! sees to it that they compile.
//! Guided by coverage, with a nightly toolchain: `cargo install cargo-bolero`, then in this folder
//! `cargo bolero test scanned --engine libfuzzer --time 60s`.
