//! An element: made once, then given its attributes and children in the order in which they are written.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use rstml::Infallible;
use rstml::node::{KeyedAttribute, NodeAttribute, NodeElement};
use syn::spanned::Spanned;
use syn::{Block, Expr, ExprLit, Ident, Lit, Stmt};

/// Elements of SVG, which have a namespace of their own. `a`, `title`, `style` and `script` exist in both and mean HTML.
const SVG: [&str; 14] = [
    "svg", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "g", "text", "tspan", "defs", "use",
    "mask",
];

/// The variable that an element stands in while it is built. Hygiene keeps those of nested views apart.
pub fn place() -> Ident {
    Ident::new("place", Span::mixed_site())
}

/// The statements that make `node` and leave it in the variable `place`.
pub fn built(node: &NodeElement<Infallible>, place: &Ident) -> TokenStream {
    let name = node.name().to_string();
    let make = if SVG.contains(&name.as_str()) { format_ident!("svg") } else { format_ident!("element") };
    let attributes = node.attributes().iter().map(|found| match found {
        NodeAttribute::Attribute(keyed) => attribute(keyed, place),
        NodeAttribute::Block(block) => {
            quote_spanned! { block.span() => ::core::compile_error!("expected name=value: attributes are not spread here"); }
        }
    });
    let children = node.children().iter().map(|node| crate::child(node, place));
    quote! {
        let #place = ::qianbao_ui::dom::#make(#name);
        #(#attributes)*
        #(#children)*
    }
}

/// The statement that gives the element in `place` an attribute.
fn attribute(keyed: &KeyedAttribute, place: &Ident) -> TokenStream {
    let key = keyed.key.to_string();
    let Some(value) = keyed.value() else {
        return quote! { #place.set(#key, ""); };
    };
    // The name as one string: the parser prints `aria-label` with spaces around its dash.
    let key: String = key.chars().filter(|c| !c.is_whitespace()).collect();
    let span = value.span();
    match key.split_once(':') {
        Some(("on", event)) => {
            let descriptor = match event {
                // Not among those that Leptos names.
                "cancel" | "close" => quote! { Custom::new(#event) },
                _ => Ident::new(event, keyed.key.span()).into_token_stream(),
            };
            quote_spanned! { span => #place.on(&::leptos::ev::#descriptor, #value); }
        }
        Some(("class", class)) => quote_spanned! { span => #place.class_when(#class, #value); },
        Some(("style", property)) => quote_spanned! { span => #place.style(#property, #value); },
        Some(("prop", "value")) => quote_spanned! { span => #place.value(#value); },
        Some(("prop", "checked")) => quote_spanned! { span => #place.checked(#value); },
        Some(_) => {
            quote_spanned! { keyed.key.span() => ::core::compile_error!("expected on:, class:, style:, prop:value or prop:checked"); }
        }
        None if key == "node_ref" => quote_spanned! { span => #place.node_ref(#value); },
        None => match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => quote! { #place.set(#key, #text); },
            Expr::Block(block) => {
                let value = bare(&block.block);
                quote_spanned! { span => #place.attribute(#key, #value); }
            }
            value => quote_spanned! { span => #place.attribute(#key, #value); },
        },
    }
}

/// What a block gives, without its braces where it is one expression: the compiler warns of braces that do nothing.
pub fn bare(block: &Block) -> TokenStream {
    match block.stmts.as_slice() {
        [Stmt::Expr(only, None)] => only.to_token_stream(),
        _ => block.to_token_stream(),
    }
}
