//! What can be the child of an element.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use leptos::oco::Oco;
use leptos::prelude::document;
use leptos::text_prop::TextProp;
use web_sys::Node;

use super::region::{follow_text, region};
use super::{Place, View, add, fragment};

/// A child: a view, a text, some of them or none, or a closure that gives one and is followed.
pub trait Child: Sized {
    /// Adds it at the end of `parent`.
    fn append_to(self, parent: &Node);

    /// Adds what `make` makes, and replaces it whenever a signal that `make` reads has changed.
    fn follow(mut make: Box<dyn FnMut() -> Self>, parent: &Node)
    where
        Self: 'static,
    {
        region(parent, Box::new(move |place| make().append_to(place)));
    }

    /// As a view of its own.
    fn built(self) -> View {
        let place: Place = fragment();
        place.child(self);
        place.view()
    }
}

impl Child for View {
    fn append_to(self, parent: &Node) {
        add(parent, &self.0);
    }

    fn built(self) -> View {
        self
    }
}

/// A part that shows nothing.
impl Child for () {
    fn append_to(self, _: &Node) {}
}

impl Child for &'static str {
    fn append_to(self, parent: &Node) {
        add(parent, &document().create_text_node(self));
    }

    fn follow(mut make: Box<dyn FnMut() -> Self>, parent: &Node) {
        follow_text(parent, Box::new(move || make().to_owned()));
    }
}

impl Child for String {
    fn append_to(self, parent: &Node) {
        add(parent, &document().create_text_node(&self));
    }

    fn follow(make: Box<dyn FnMut() -> Self>, parent: &Node) {
        follow_text(parent, make);
    }
}

impl Child for Cow<'static, str> {
    fn append_to(self, parent: &Node) {
        add(parent, &document().create_text_node(&self));
    }

    fn follow(mut make: Box<dyn FnMut() -> Self>, parent: &Node) {
        follow_text(parent, Box::new(move || make().into_owned()));
    }
}

impl Child for char {
    fn append_to(self, parent: &Node) {
        self.to_string().append_to(parent);
    }
}

impl Child for Oco<'static, str> {
    fn append_to(self, parent: &Node) {
        add(parent, &document().create_text_node(&self));
    }

    fn follow(mut make: Box<dyn FnMut() -> Self>, parent: &Node) {
        follow_text(parent, Box::new(move || make().as_str().to_owned()));
    }
}

impl Child for TextProp {
    fn append_to(self, parent: &Node) {
        follow_text(parent, Box::new(move || self.get().as_str().to_owned()));
    }
}

impl<C: Child> Child for Option<C> {
    fn append_to(self, parent: &Node) {
        if let Some(child) = self {
            child.append_to(parent);
        }
    }
}

impl<C: Child> Child for Vec<C> {
    fn append_to(self, parent: &Node) {
        for child in self {
            child.append_to(parent);
        }
    }
}

impl<C: Child, const N: usize> Child for [C; N] {
    fn append_to(self, parent: &Node) {
        for child in self {
            child.append_to(parent);
        }
    }
}

impl<C: Child + 'static, F: FnMut() -> C + 'static> Child for F {
    fn append_to(self, parent: &Node) {
        C::follow(Box::new(self), parent);
    }
}

/// What stands between the tags of a component, made once.
pub struct Children(Box<dyn FnOnce() -> View>);

impl Children {
    /// Makes it.
    pub fn view(self) -> View {
        (self.0)()
    }
}

impl fmt::Debug for Children {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Children")
    }
}

impl<F: FnOnce() -> View + 'static> From<F> for Children {
    fn from(make: F) -> Self {
        Self(Box::new(make))
    }
}

/// What stands between the tags of a component that makes it anew each time it is shown.
#[derive(Clone)]
pub struct ChildrenFn(Rc<dyn Fn() -> View>);

impl ChildrenFn {
    /// Makes it.
    pub fn view(&self) -> View {
        (self.0)()
    }
}

impl fmt::Debug for ChildrenFn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ChildrenFn")
    }
}

impl<F: Fn() -> View + 'static> From<F> for ChildrenFn {
    fn from(make: F) -> Self {
        Self(Rc::new(make))
    }
}
