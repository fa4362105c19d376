//! Copying, pasting and sharing text.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{call, get, object};

fn navigator() -> JsValue {
    get(&js_sys::global(), "navigator")
}

async fn settled(promise: JsValue) -> Option<JsValue> {
    JsFuture::from(promise.dyn_into::<js_sys::Promise>().ok()?).await.ok()
}

/// Puts `text` on the clipboard; whether that worked.
pub async fn copy(text: &str) -> bool {
    let Some(promise) = call(&get(&navigator(), "clipboard"), "writeText", &[JsValue::from_str(text)]) else {
        return false;
    };
    settled(promise).await.is_some()
}

/// The text on the clipboard, where the browser and the person allow it to be read.
pub async fn paste() -> Option<String> {
    let promise = call(&get(&navigator(), "clipboard"), "readText", &[])?;
    settled(promise).await?.as_string()
}

/// Whether the system can share.
pub fn can_share() -> bool {
    get(&navigator(), "share").is_function()
}

/// Opens the system's sheet to share `text` with a link. Closing it is no failure.
pub async fn share(title: &str, text: &str, url: &str) {
    let what = object(&[("title", title), ("text", text), ("url", url)]);
    if let Some(promise) = call(&navigator(), "share", &[what.into()]) {
        settled(promise).await;
    }
}
