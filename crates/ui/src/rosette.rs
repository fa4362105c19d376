//! A rosette of fine lines, as on paper money: the wallet's ornament.

use crate::dom::{View, view};
use leptos::prelude::*;

/// How many turned ellipses make the rosette.
const LEAVES: u32 = 12;

/// The rosette. Its colour is that of its place; screen readers do not meet it.
#[component]
pub fn Rosette() -> View {
    let leaves: Vec<View> = (0..LEAVES)
        .flat_map(|leaf| [(leaf, "88", "34"), (leaf, "62", "20")])
        .map(|(leaf, long, short)| {
            let turn = ["rotate(", &(leaf * 180 / LEAVES).to_string(), ")"].concat();
            view! { <ellipse rx=long ry=short transform=turn></ellipse> }
        })
        .collect();
    view! {
        <svg class="rosette" viewBox="-90 -90 180 180" aria-hidden="true">
            {leaves}
        </svg>
    }
}
