//! QR codes as one SVG path.

mod image;

use crate::dom::{View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

pub use image::{CodeImage, CodeImageError};

/// A QR code, black on white in every theme. A text that does not fit a code shows nothing.
#[component]
pub fn QrCode(
    /// What the code says.
    #[prop(into)]
    content: Signal<String>,
    /// What the code is for, for those who do not see it.
    #[prop(into)]
    label: TextProp,
) -> View {
    let drawing = move || {
        content.with(|content| CodeImage::of(content)).ok().map(|image| {
            let frame = image.view_box();
            view! {
                <svg viewBox=frame shape-rendering="crispEdges" aria-hidden="true">
                    <path fill="currentColor" d=image.path></path>
                </svg>
            }
        })
    };
    view! {
        <div class="code" role="img" aria-label=label>
            {drawing}
        </div>
    }
}
