//! The note of an owed sign-out in `localStorage`, which all tabs share and a private window has as well.

use std::cell::Cell;

use crate::owed::Owed;

/// The key; its value says nothing.
const KEY: &str = "qianbao.sign-out-owed";

/// `localStorage`; memory where the browser refuses it.
#[derive(Default)]
pub(crate) struct LocalNote {
    /// Set where the browser did not take the note.
    refused: Cell<bool>,
}

fn local() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

impl Owed for LocalNote {
    fn is_owed(&self) -> bool {
        self.refused.get() || local().and_then(|local| local.get_item(KEY).ok().flatten()).is_some()
    }

    fn note(&self) {
        let is_kept = local().is_some_and(|local| local.set_item(KEY, "1").is_ok());
        self.refused.set(!is_kept);
    }

    fn settle(&self) {
        self.refused.set(false);
        if let Some(local) = local() {
            // What cannot be removed makes the next start tell the server once more.
            let _ = local.remove_item(KEY);
        }
    }
}
