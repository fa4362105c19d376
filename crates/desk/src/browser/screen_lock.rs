//! Keeps the screen on while a code is shown.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = WakeLockSentinel)]
    type Sentinel;

    #[wasm_bindgen(catch, js_namespace = ["navigator", "wakeLock"], js_name = request)]
    async fn request(kind: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn release(this: &Sentinel) -> js_sys::Promise;
}

/// A screen that stays on as long as this lives.
pub struct ScreenLock(Sentinel);

impl ScreenLock {
    /// Asks the browser. Nothing where it has no such thing or refuses, as on an empty battery.
    pub async fn ask() -> Option<Self> {
        use wasm_bindgen::JsCast;
        let sentinel = request("screen").await.ok()?;
        Some(Self(sentinel.unchecked_into()))
    }
}

impl Drop for ScreenLock {
    fn drop(&mut self) {
        let _ = self.0.release();
    }
}
