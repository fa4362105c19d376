//! The web platform as the app uses it: small functions, no decision. The only web-sys and js-sys of this crate.

pub mod calendar;
pub mod clipboard;
pub mod document;
pub mod paper;
pub mod picture;
pub mod scanner;
pub mod signal;
pub mod touch;
pub mod version;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// `object[name]`; undefined where it is not.
fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Calls `object.name(arguments…)`; nothing where there is no such function or it throws.
fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = get(object, name).dyn_into().ok()?;
    let list = arguments.iter().collect::<js_sys::Array>();
    Reflect::apply(&function, object, &list).ok()
}

/// An object with these text members.
fn object(members: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    object
}

/// The page's `qianbao` object, which `web/src/start.js` makes.
fn page() -> JsValue {
    get(&js_sys::global(), "qianbao")
}
