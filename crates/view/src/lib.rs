//! `view!`: the markup of Leptos, built without a type for each shape of it.
//!
//! Leptos gives every element a type that knows its attributes and children. That is fast to render on a server and
//! large in a browser: each shape is compiled anew. This macro reads the same markup with the same parser and writes
//! plain calls of `qianbao_ui::dom`, whose functions are compiled once. Components, signals, contexts and effects stay
//! those of Leptos.
//!
//! ```text
//! view! {
//!     <div class="stack" class:busy=is_busy aria-label=label on:click=press>
//!         <Icon glyph=Glyph::Scan />
//!         "text" {expression} {move || what_follows_signals()}
//!     </div>
//! }
//! ```
//!
//! | attribute | becomes |
//! | --- | --- |
//! | `name="text"`, `name` | the attribute, once |
//! | `name=value` | the attribute; a closure, signal or text of the kit is followed; `None` and `false` take it away |
//! | `class:name=value` | the class, while the value is true |
//! | `style:name=value` | the property of the element's style |
//! | `prop:value=value`, `prop:checked=value` | the state of a form field |
//! | `on:event=handler` | a listener, until the view's owner is cleaned up |
//! | `node_ref=reference` | fills the reference |
//!
//! A name that begins with a capital letter, or whose last part does, is a component.

mod component;
mod element;

use proc_macro2::TokenStream;
use quote::quote;
use rstml::node::{Node, NodeElement};
use rstml::{Infallible, Parser, ParserConfig};

/// Markup as a `View`. See the crate's documentation for what it understands.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let parser = Parser::new(ParserConfig::new().recover_block(true));
    match parser.parse_recoverable(TokenStream::from(tokens)).into_result() {
        Ok(nodes) => all(&nodes).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

/// A view of all `nodes`, one after the other.
fn all(nodes: &[Node]) -> TokenStream {
    if let [Node::Element(only)] = nodes {
        return one(only);
    }
    let place = element::place();
    let children = nodes.iter().map(|node| child(node, &place));
    quote! {{
        let #place = ::qianbao_ui::dom::fragment();
        #(#children)*
        #place.view()
    }}
}

/// A view of one element or component.
fn one(node: &NodeElement<Infallible>) -> TokenStream {
    if component::is_component(node.name()) {
        let call = component::call(node);
        return quote! { ::qianbao_ui::dom::Child::built(#call) };
    }
    let place = element::place();
    let built = element::built(node, &place);
    quote! {{ #built #place.view() }}
}

/// The statement that adds `node` to the element in the variable `place`.
fn child(node: &Node, place: &syn::Ident) -> TokenStream {
    match node {
        Node::Element(node) if component::is_component(node.name()) => {
            let call = component::call(node);
            quote! { #place.child(#call); }
        }
        Node::Element(node) => {
            let inner = element::place();
            let built = element::built(node, &inner);
            quote! { #place.append(&{ #built #inner }); }
        }
        Node::Block(block) => {
            let value = block.try_block().map_or_else(|| quote! { #block }, element::bare);
            quote! { #place.child(#value); }
        }
        Node::Text(text) => {
            let value = &text.value;
            quote! { #place.text(#value); }
        }
        Node::Fragment(fragment) => {
            let children = fragment.children().iter().map(|node| child(node, place));
            quote! { #(#children)* }
        }
        Node::RawText(text) => {
            let value = text.to_string_best();
            quote! { #place.text(#value); }
        }
        Node::Comment(_) | Node::Doctype(_) | Node::Custom(_) => TokenStream::new(),
    }
}
