//! Small choices kept in this browser. A private window may refuse; then they last as long as the page.

use leptos::prelude::window;

/// The value under `key`.
pub fn get(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key`, or forgets it.
pub fn set(key: &str, value: Option<&str>) {
    if let Some(storage) = window().local_storage().ok().flatten() {
        // A full or refused store loses a preference, nothing else.
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}
