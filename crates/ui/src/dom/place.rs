//! An element or fragment while it is built.

use leptos::ev::EventDescriptor;
use leptos::html::ElementType;
use leptos::prelude::{NodeRef, StoredValue, document};
use leptos::tachys::html::node_ref::NodeRefContainer;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, HtmlElement, Node};

use super::attribute::{Attribute, follow};
use super::{Child, View, add};

/// Where the elements of SVG are at home.
const SVG: &str = "http://www.w3.org/2000/svg";

/// An element or fragment that takes attributes and children. Attributes of a fragment have no effect.
#[derive(Clone, Debug)]
pub struct Place(Node);

/// An element of HTML.
///
/// # Panics
/// Panics on a name that no element can have.
pub fn element(name: &str) -> Place {
    Place(document().create_element(name).expect("the macro takes no other names").into())
}

/// An element of SVG.
///
/// # Panics
/// Panics on a name that no element can have.
pub fn svg(name: &str) -> Place {
    Place(document().create_element_ns(Some(SVG), name).expect("the macro takes no other names").into())
}

/// A place for several nodes that stand beside each other.
pub fn fragment() -> Place {
    Place(document().create_document_fragment().into())
}

impl Place {
    /// The finished view.
    pub fn view(self) -> View {
        View(self.0)
    }

    /// Adds what was built in another place.
    pub fn append(&self, inner: &Self) {
        add(&self.0, &inner.0);
    }

    /// Adds a text that stays.
    pub fn text(&self, text: &str) {
        add(&self.0, &document().create_text_node(text));
    }

    /// Adds a child; one that is a closure is followed.
    pub fn child(&self, child: impl Child) {
        child.append_to(&self.0);
    }

    /// Sets an attribute that stays.
    pub fn set(&self, name: &str, text: &str) {
        write(self.element(), name, Some(text));
    }

    /// Sets an attribute, or follows it.
    pub fn attribute<A: Attribute + 'static>(&self, name: &'static str, value: A) {
        let element = self.element().clone();
        follow(value, move |text| write(&element, name, text));
    }

    /// Wears a class while `value` is there.
    pub fn class_when<A: Attribute + 'static>(&self, class: &'static str, value: A) {
        let element = self.element().clone();
        follow(value, move |text| {
            // Fails only on an empty name or one with a space, which no markup here has.
            let _ = element.class_list().toggle_with_force(class, text.is_some());
        });
    }

    /// Sets a property of the element's style, which a policy against inline styles allows.
    pub fn style<A: Attribute + 'static>(&self, property: &'static str, value: A) {
        let style = self.0.unchecked_ref::<HtmlElement>().style();
        follow(value, move |text| {
            let _ = style.set_property(property, text.unwrap_or_default());
        });
    }

    /// Sets what is in a form field.
    pub fn value<A: Attribute + 'static>(&self, value: A) {
        self.state("value", value, |text| JsValue::from_str(text.unwrap_or_default()));
    }

    /// Sets whether a box is ticked.
    pub fn checked<A: Attribute + 'static>(&self, value: A) {
        self.state("checked", value, |text| JsValue::from_bool(text.is_some()));
    }

    fn state<A: Attribute + 'static>(&self, name: &'static str, value: A, state: fn(Option<&str>) -> JsValue) {
        let field = self.0.clone();
        follow(value, move |text| {
            // Fails only on frozen objects.
            let _ = js_sys::Reflect::set(&field, &JsValue::from_str(name), &state(text));
        });
    }

    /// Listens for an event until the view's owner is cleaned up.
    pub fn on<E: EventDescriptor>(&self, event: &E, mut handler: impl FnMut(E::EventType) + 'static)
    where
        E::EventType: JsCast,
    {
        self.listen(&event.name(), Box::new(move |event: Event| handler(event.unchecked_into())));
    }

    fn listen(&self, name: &str, handler: Box<dyn FnMut(Event)>) {
        let listener =
            Listener { target: self.0.clone().into(), name: name.to_owned(), handler: Closure::wrap(handler) };
        let function = listener.handler.as_ref().unchecked_ref();
        if listener.target.add_event_listener_with_callback(name, function).is_ok() {
            StoredValue::new_local(listener);
        }
    }

    /// Fills a reference with this element.
    pub fn node_ref<E>(&self, reference: NodeRef<E>)
    where
        E: ElementType,
        E::Output: JsCast + Clone + 'static,
    {
        NodeRefContainer::<E>::load(reference, self.element());
    }

    fn element(&self) -> &Element {
        self.0.unchecked_ref()
    }
}

/// Sets an attribute or takes it away. The browser refuses only names that no markup here has.
fn write(element: &Element, name: &str, text: Option<&str>) {
    let _ = match text {
        Some(text) => element.set_attribute(name, text),
        None => element.remove_attribute(name),
    };
}

/// A listener that ends with its owner.
struct Listener {
    target: EventTarget,
    name: String,
    handler: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        // An element that leaves the page may still tell of it; the closure is gone then and must not be called.
        let _ = self.target.remove_event_listener_with_callback(&self.name, self.handler.as_ref().unchecked_ref());
    }
}
