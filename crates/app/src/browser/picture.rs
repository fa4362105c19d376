//! The file a person chose in an input, or dropped.

use wasm_bindgen::JsCast;

/// A file that a person chose.
pub type Picture = web_sys::File;

/// The first file of the input that `event` is about. The input is emptied, so that the same file can be chosen again.
pub fn chosen(event: &web_sys::Event) -> Option<Picture> {
    let input: web_sys::HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    input.set_value("");
    file
}
