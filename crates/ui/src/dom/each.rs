//! A list whose rows are known by a key: a row whose key stays keeps its nodes.

use std::collections::HashMap;
use std::hash::Hash;

use leptos::prelude::{Owner, RenderEffect, StoredValue};
use web_sys::Node;

use super::region::Marks;
use super::{View, fragment};

/// One row for each of `items`, in their order. `draw` makes a row, of one element, when its key first appears; later items with
/// the same key do not draw it anew.
pub fn each<T: 'static, K: Eq + Hash + 'static>(
    items: impl Fn() -> Vec<T> + 'static,
    key: impl Fn(&T) -> K + 'static,
    draw: impl Fn(T) -> View + 'static,
) -> View {
    let place = fragment().view();
    let marks = Marks::add(&place.0);
    // The effect's own owner is cleaned up each time it runs; rows outlive that.
    let owner = Owner::current().unwrap_or_default();
    StoredValue::new_local(RenderEffect::new(move |rows: Option<HashMap<K, Row>>| {
        let mut before = rows.unwrap_or_default();
        let mut now = HashMap::with_capacity(before.len());
        for item in items() {
            let key = key(&item);
            let row = before.remove(&key).unwrap_or_else(|| {
                let owner = owner.child();
                let view = owner.with(|| draw(item));
                Row { owner, node: view.0 }
            });
            marks.push(&row.node);
            now.insert(key, row);
        }
        for row in before.into_values() {
            row.remove();
        }
        now
    }));
    place
}

/// A row that is shown.
struct Row {
    owner: Owner,
    node: Node,
}

impl Row {
    fn remove(self) {
        self.owner.cleanup();
        if let Some(parent) = self.node.parent_node() {
            let _ = parent.remove_child(&self.node);
        }
    }
}
