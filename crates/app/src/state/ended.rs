//! That this device was ended from another one. The page starts anew when its person goes, and the new one has to say why: so this tab notes
//! it until somebody signs in.

use leptos::prelude::window;
use leptos::web_sys::Storage;

const KEY: &str = "qianbao.ended";

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Notes it.
pub fn note() {
    if let Some(storage) = storage() {
        // Without the note the welcome screen says less, nothing else.
        let _ = storage.set_item(KEY, "yes");
    }
}

/// Whether it is noted.
pub fn is_noted() -> bool {
    storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).is_some()
}

/// Forgets it: somebody is here.
pub fn forget() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
}
