//! JSON in and out: one signature, two bodies.
//!
//! The browser has a JSON parser already; carrying a second one in the wasm costs first-load bytes. Natively `serde_json`
//! does the same. Both print maps as objects, absent options as the types say, and numbers below 2^53.

#[cfg(target_arch = "wasm32")]
pub(crate) use crate::browser::json::{parse, print};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{parse, print};

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    /// Reads a value from JSON text; the error says what was found.
    pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// Prints a value as JSON text; the error says what cannot be printed.
    pub(crate) fn print<T: Serialize>(value: &T) -> Result<String, String> {
        serde_json::to_string(value).map_err(|error| error.to_string())
    }
}
