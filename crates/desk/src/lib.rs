//! The shop's desk: taking payments at a counter, with a phone or a till.
//!
//! ```text
//!  frame ── screen (address) ──► features/<screen>/{mod,model,view}.rs
//!                                      │
//!                                state::Till ──► qianbao-client ──► /v1
//! ```
//!
//! Guarantees: an order's id is made before its first send and sent again after a lost answer, so one press makes one
//! order; a refund whose answer was lost is checked, never repeated under a new id; nothing is called paid that the server
//! has not said is paid. What the platform does stands in `browser/`; the look in `web/styles/desk`.

#![deny(unsafe_code)]

mod browser;
mod features;
mod frame;
mod screen;
mod state;
pub mod texts;

use qianbao_client::Client;
use qianbao_ui::dom::{mount_to_body, view};

/// Opens the desk's copy on this device and puts the desk on the page.
pub fn start() {
    console_error_panic_hook::set_once();
    // Mounting is what gives Leptos its executor; this is before it.
    wasm_bindgen_futures::spawn_local(async {
        let client = Client::in_browser().await;
        // As locked as it was where this does not succeed; the door says so.
        let _ = client.unlock_by_session().await;
        mount_to_body(move || view! { <frame::Desk client=client /> });
    });
}
