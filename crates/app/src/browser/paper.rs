//! What leaves the screen for good: a sheet of paper, and a file of the person's own.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};

use super::{call, get, object};

/// Opens the browser's window for printing; the style sheet says what is printed.
pub fn print() {
    call(&js_sys::global(), "print", &[]);
}

/// Gives the person a text file; whether the browser took it.
pub fn save(name: &str, text: &str) -> bool {
    let Some(url) = object_url(text) else { return false };
    let clicked = document().create_element("a").is_ok_and(|link| {
        // Plain attributes of a fresh element cannot fail.
        let _ = link.set_attribute("href", &url);
        let _ = link.set_attribute("download", name);
        link.dyn_into::<web_sys::HtmlElement>().is_ok_and(|link| {
            link.click();
            true
        })
    });
    call(&get(&js_sys::global(), "URL"), "revokeObjectURL", &[JsValue::from_str(&url)]);
    clicked
}

fn object_url(text: &str) -> Option<String> {
    let make: Function = get(&js_sys::global(), "Blob").dyn_into().ok()?;
    let parts = Array::of1(&JsValue::from_str(text));
    let kind = object(&[("type", "text/plain;charset=utf-8")]);
    let blob = Reflect::construct(&make, &Array::of2(&parts, &kind)).ok()?;
    call(&get(&js_sys::global(), "URL"), "createObjectURL", &[blob])?.as_string()
}
