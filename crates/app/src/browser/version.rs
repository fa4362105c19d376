//! Installing the app and taking over a newer build. The page's scripts keep the browser's offers; see
//! `web/src/updates.js`.

use std::cell::RefCell;

use leptos::prelude::window_event_listener_untyped;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{call, get, page};

thread_local! {
    /// The browser's offer to install, kept until the person asks for it.
    static OFFER: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Whether a newer build waits.
pub fn update_is_ready() -> bool {
    get(&page(), "updateReady").as_bool().unwrap_or(false)
}

/// Calls `heard` when a newer build waits.
pub fn on_update(heard: impl Fn() + 'static) {
    // Lives as long as the page.
    std::mem::forget(window_event_listener_untyped("qianbao:update", move |_| heard()));
}

/// Hands over to the newer build; the page loads anew.
pub fn apply_update() {
    call(&page(), "applyUpdate", &[]);
}

/// Keeps the browser's offer to install, and calls `heard` with whether there is one.
pub fn on_install_offer(heard: impl Fn(bool) + Clone + 'static) {
    let offered = heard.clone();
    let keep = window_event_listener_untyped("beforeinstallprompt", move |event| {
        event.prevent_default();
        OFFER.set(Some(event.into()));
        offered(true);
    });
    let done = window_event_listener_untyped("appinstalled", move |_| {
        OFFER.set(None);
        heard(false);
    });
    std::mem::forget((keep, done));
}

/// Shows the browser's question whether to install.
pub async fn install() {
    let Some(offer) = OFFER.take() else { return };
    if let Some(Ok(promise)) = call(&offer, "prompt", &[]).map(wasm_bindgen::JsCast::dyn_into::<js_sys::Promise>) {
        // A person who says no has answered as well.
        let _ = JsFuture::from(promise).await;
    }
}
