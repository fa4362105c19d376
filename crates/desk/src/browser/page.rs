//! The page around the app: its title, its printer, its address, the newer build that waits.

use js_sys::{Function, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};

/// The event on the window that says that a newer build waits.
pub const UPDATE_EVENT: &str = "qianbao:update";

/// A member of the page's `qianbao` object, which `web/src/{early,start}.js` make.
fn member(name: &str) -> JsValue {
    let page = Reflect::get(&js_sys::global(), &JsValue::from_str("qianbao"));
    page.and_then(|page| Reflect::get(&page, &JsValue::from_str(name))).unwrap_or(JsValue::UNDEFINED)
}

/// Calls one of them; a page without it, as in a test, stays as it is.
fn call(name: &str) {
    if let Ok(function) = member(name).dyn_into::<Function>() {
        // None of them throws.
        let _ = function.call0(&JsValue::UNDEFINED);
    }
}

/// Sets the theme on the document anew, from what is kept.
pub fn apply_theme() {
    call("applyTheme");
}

/// Whether a newer build waits.
pub fn update_is_ready() -> bool {
    member("updateReady").as_bool().unwrap_or(false)
}

/// Hands over to the newer build and loads the page anew.
pub fn apply_update() {
    call("applyUpdate");
}

/// Names the page.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Opens the print dialog.
pub fn print() {
    // Refused only where printing is switched off; the browser says so itself.
    let _ = window().print();
}

/// The address of the wallet that belongs to this desk: its sister host.
pub fn wallet_address() -> String {
    let location = window().location();
    let host = location.host().unwrap_or_default();
    let wallet = host.strip_prefix("desk.").map_or_else(|| host.clone(), |rest| ["wallet.", rest].concat());
    [location.protocol().unwrap_or_default().as_str(), "//", &wallet, "/"].concat()
}

/// Whether this desk stands in the test realm, where no money is real.
pub fn is_test_realm() -> bool {
    window().location().hostname().is_ok_and(|host| host.starts_with("desk.test."))
}

/// Puts a text on the clipboard; tells whether the browser let it.
pub async fn copy(text: &str) -> bool {
    wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// Where a keypad stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PadPlace {
    /// On the screen.
    #[default]
    Screen,
    /// In a sheet over it.
    Sheet,
}

/// Whether a key that is pressed now belongs to the keypad: no field has the focus, Enter is not meant for a link or
/// another button, and a sheet is open just when the keypad stands in one.
pub fn key_is_free(key: &str, place: PadPlace) -> bool {
    let page = document();
    let sheet = page.query_selector("dialog[open]").ok().flatten().is_some();
    if sheet != (place == PadPlace::Sheet) {
        return false;
    }
    let Some(focused) = page.active_element() else { return true };
    match focused.tag_name().as_str() {
        "INPUT" | "TEXTAREA" | "SELECT" => false,
        "A" | "BUTTON" => key != "Enter" || focused.class_list().contains("key"),
        _ => true,
    }
}

/// Moves the focus to the first heading, so that a screen reader begins there after a change of screen.
pub fn focus_heading() {
    let page = document();
    let find = |which| page.query_selector(which).ok().flatten();
    // Beside a list the detail is what is new.
    let heading = find("main .pane-detail h1").or_else(|| find("main h1"));
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
        heading.set_tab_index(-1);
        let _ = heading.focus();
    }
}
