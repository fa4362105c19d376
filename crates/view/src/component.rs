//! A component: a call with its props, as Leptos' own macro writes it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use rstml::Infallible;
use rstml::node::{NodeAttribute, NodeElement, NodeName};
use syn::Expr;
use syn::spanned::Spanned;

/// Whether the name is that of a component.
pub fn is_component(name: &NodeName) -> bool {
    let NodeName::Path(path) = name else { return false };
    let last = path.path.segments.last().map(|segment| segment.ident.to_string());
    last.is_some_and(|last| last.starts_with(char::is_uppercase))
}

/// The call.
pub fn call(node: &NodeElement<Infallible>) -> TokenStream {
    let name = node.name();
    let props = node.attributes().iter().map(|found| match found {
        NodeAttribute::Attribute(keyed) => {
            let key = &keyed.key;
            match keyed.value() {
                Some(Expr::Block(block)) => {
                    let value = crate::element::bare(&block.block);
                    quote_spanned! { block.span() => .#key(#value) }
                }
                Some(value) => quote_spanned! { value.span() => .#key(#value) },
                None => quote! { .#key(#key) },
            }
        }
        NodeAttribute::Block(block) => {
            quote_spanned! { block.span() => ::core::compile_error!("expected name=value: props are not spread here") }
        }
    });
    let children = (!node.children().is_empty()).then(|| {
        let inside = crate::all(node.children());
        quote! { .children(::core::convert::Into::into(move || #inside)) }
    });
    quote_spanned! { name.span() =>
        ::leptos::component::component_view(
            #name,
            ::leptos::component::component_props_builder(&#name) #(#props)* #children .build(),
        )
    }
}
