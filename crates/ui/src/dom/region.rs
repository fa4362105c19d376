//! Pieces of the page that follow signals.

use leptos::prelude::{RenderEffect, StoredValue, document};
use web_sys::Node;

use super::add;

/// Adds a text to `parent` that follows what `make` makes.
pub(super) fn follow_text(parent: &Node, mut make: Box<dyn FnMut() -> String>) {
    let text = document().create_text_node("");
    add(parent, &text);
    StoredValue::new_local(RenderEffect::new(move |before: Option<String>| {
        let now = make();
        // An unchanged text is not written: those who listen to the page would hear it again.
        if before.as_ref() != Some(&now) {
            text.set_data(&now);
        }
        now
    }));
}

/// Adds a piece to `parent` whose nodes `fill` makes, and makes anew whenever a signal it reads has changed.
pub(super) fn region(parent: &Node, mut fill: Box<dyn FnMut(&Node)>) {
    let marks = Marks::add(parent);
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| {
        let fresh: Node = document().create_document_fragment().into();
        fill(&fresh);
        marks.clear();
        marks.push(&fresh);
    }));
}

/// Two empty comments; what stands between them belongs to one piece.
#[derive(Clone)]
pub(super) struct Marks {
    begin: Node,
    end: Node,
}

impl Marks {
    /// Adds an empty piece to `parent`.
    pub(super) fn add(parent: &Node) -> Self {
        let [begin, end] = [(); 2].map(|()| document().create_comment("").into());
        add(parent, &begin);
        add(parent, &end);
        Self { begin, end }
    }

    /// Takes away what is in the piece.
    pub(super) fn clear(&self) {
        while let Some(node) = self.begin.next_sibling().filter(|node| *node != self.end) {
            let Some(parent) = node.parent_node() else { return };
            let _ = parent.remove_child(&node);
        }
    }

    /// Puts `node` at the end of the piece, wherever it stood before.
    pub(super) fn push(&self, node: &Node) {
        if let Some(parent) = self.end.parent_node() {
            let _ = parent.insert_before(node, Some(&self.end));
        }
    }
}
