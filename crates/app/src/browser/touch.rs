//! Touches of the page, and when it is seen again.

use leptos::prelude::{document, window_event_listener_untyped};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Seconds since 1970 by the device.
pub fn now_s() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times after 1970 in seconds fit")]
    let seconds = (js_sys::Date::now() / 1_000.0) as u64;
    seconds
}

/// Calls `heard` at each touch of screen, mouse or key, for as long as the page lives.
pub fn on_touch(heard: impl Fn() + Copy + 'static) {
    for event in ["pointerdown", "keydown", "wheel"] {
        std::mem::forget(window_event_listener_untyped(event, move |_| heard()));
    }
}

/// Calls `heard` when the page is seen again.
pub fn on_seen(heard: impl Fn() + 'static) {
    let listener = Closure::<dyn FnMut()>::new(move || {
        if !document().hidden() {
            heard();
        }
    });
    // A browser that refuses leaves it to the timer.
    let _ = document().add_event_listener_with_callback("visibilitychange", listener.as_ref().unchecked_ref());
    listener.forget();
}
