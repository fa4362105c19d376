//! The cases of `tests/vectors`, read natively and on wasm32 from the same files.
//!
//! `cargo test -p qianbao-core --test vectors`, and the same with `--target wasm32-unknown-unknown`.

mod code;
mod emvco;
mod ids;
mod intent;
mod link;
mod money;
mod recovery;
mod scan;
mod text;

use serde::Deserialize;

/// The cases of a file. A field that no test knows is a mistake in the file or in the test.
fn cases<'a, T: Deserialize<'a>>(file: &'a str) -> T {
    serde_json::from_str(file).expect("the vectors have the form that their test reads")
}

/// The message of a refusal; a case without one counts the refusal alone.
fn assert_refused<T: std::fmt::Debug, E: std::fmt::Display>(found: Result<T, E>, error: Option<&str>, case: &str) {
    match (found, error) {
        (Ok(value), _) => panic!("{case}: expected a refusal, found {value:?}"),
        (Err(found), Some(error)) => assert_eq!(found.to_string(), error, "{case}"),
        (Err(_), None) => {}
    }
}

/// A test that runs natively and, under wasm-bindgen's runner, on wasm32.
macro_rules! both {
    ($(fn $name:ident() $body:block)*) => {$(
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
        fn $name() $body
    )*};
}

pub(crate) use both;
