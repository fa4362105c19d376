//! Views: what `view!` builds, and how it follows signals.
//!
//! A view is built at once, as nodes of the page, by functions that are compiled once whatever the markup: a place takes
//! attributes and children one by one. What follows signals is a render effect of Leptos that owns a piece of the page:
//! an attribute, a text, or the nodes between two marks. When it runs again, the owners below it are cleaned up first,
//! so listeners and effects end with the nodes they belong to.
//!
//! Leptos' own renderer compiles each shape of view as a type of its own, which made most of the app's wasm.

mod attribute;
mod child;
mod each;
mod place;
mod region;

use leptos::prelude::document;
pub use qianbao_view::view;
use web_sys::Node;

pub use self::attribute::Attribute;
pub use self::child::{Child, Children, ChildrenFn};
pub use self::each::each;
pub use self::place::{Place, element, fragment, svg};

/// Nodes that were built and wait for their place in the page: one, or several in a fragment.
#[derive(Clone, Debug)]
pub struct View(Node);

/// Builds the app and puts it into the page's body, where it stays.
pub fn mount_to_body(app: impl FnOnce() -> View + 'static) {
    // Leptos starts its executor and owns the app; that it shows nothing of its own is what the unit view means.
    leptos::mount::mount_to_body(move || {
        if let Some(body) = document().body() {
            add(&body, &app().0);
        }
    });
}

/// Adds `node` at the end of `parent`. The browser refuses only cycles, and what is added here has just been made.
fn add(parent: &Node, node: &Node) {
    let _ = parent.append_child(node);
}
