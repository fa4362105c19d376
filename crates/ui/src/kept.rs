//! Small choices kept in this browser. A private window may refuse; then they last as long as the page.
//!
//! The server's answer to a sign-out clears the storage of the whole site. What a person chose for this browser is not theirs alone: the page
//! holds it ([`hold`]) and keeps it again ([`keep_again`]).

use std::cell::RefCell;

use leptos::prelude::window;
use leptos::web_sys::Storage;

thread_local! {
    /// The held keys with their values.
    static HELD: RefCell<Vec<(&'static str, Option<String>)>> = const { RefCell::new(Vec::new()) };
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// The value under `key`.
pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key`, or forgets it.
pub fn set(key: &str, value: Option<&str>) {
    HELD.with_borrow_mut(|held| {
        if let Some((_, now)) = held.iter_mut().find(|(held, _)| *held == key) {
            *now = value.map(str::to_owned);
        }
    });
    write(storage(), key, value);
}

/// The value under `key` of this tab, which lasts as long as the tab.
pub fn get_in_tab(key: &str) -> Option<String> {
    tab()?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key` in this tab, or forgets it.
pub fn set_in_tab(key: &str, value: Option<&str>) {
    write(tab(), key, value);
}

/// Holds what is kept under `keys` for as long as the page is open.
pub fn hold(keys: &[&'static str]) {
    HELD.set(keys.iter().map(|key| (*key, get(key))).collect());
}

/// Keeps everything held again, after the browser's storage was cleared. What another tab has kept there since is newer and stays.
pub fn keep_again() {
    HELD.with_borrow(|held| {
        for (key, value) in held.iter().filter(|(key, _)| get(key).is_none()) {
            write(storage(), key, value.as_deref());
        }
    });
}

fn write(storage: Option<Storage>, key: &str, value: Option<&str>) {
    if let Some(storage) = storage {
        // A full or refused store loses a preference, nothing else.
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}
