//! JSON by the browser's own parser.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;

/// Reads a value from JSON text.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let value = js_sys::JSON::parse(text).map_err(|_| "text that is not JSON".to_owned())?;
    serde_wasm_bindgen::from_value(value).map_err(|error| error.to_string())
}

/// Prints a value as JSON text.
pub(crate) fn print<T: Serialize>(value: &T) -> Result<String, String> {
    let value = value.serialize(&Serializer::json_compatible()).map_err(|error| error.to_string())?;
    js_sys::JSON::stringify(&value).map(String::from).map_err(|_| "a value that JSON cannot print".to_owned())
}
