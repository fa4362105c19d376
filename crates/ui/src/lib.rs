//! The kit: Leptos parts that know no domain beyond money and codes.
//!
//! A part takes words as [`TextProp`](leptos::text_prop::TextProp), so that a change of language reaches it; tells what
//! was done by a [`Callback`](leptos::prelude::Callback); and holds no state of its own beyond what only it needs. The
//! few words that belong to parts themselves (close, show password) come from [`words::KitWords`]. Looks stand in
//! `web/styles`: a part writes classes only. Views are built by [`dom`], what takes time is waited for by [`Act`] and [`Fetched`].
//!
//! Calls of the browser's own interfaces are made here and in the apps' `browser/` folders, nowhere else.

#![deny(unsafe_code)]

// The macro of views names this crate, here as in the apps.
extern crate self as qianbao_ui;

mod amount;
mod button;
pub mod calendar;
mod chart;
mod choice;
mod code;
pub mod dom;
mod field;
mod icon;
pub mod kept;
mod keypad;
mod list;
mod navigation;
mod pin;
mod proof;
mod rosette;
mod sheet;
mod state;
mod task;
pub mod words;

pub use amount::{Amount, AmountField, AmountParts, AmountSign, AmountSize};
pub use button::{Button, ButtonKind, IconButton, LinkButton};
pub use chart::{Bar, BarChart};
pub use choice::{Segmented, Switch};
pub use code::{CodeImage, CodeImageError, QrCode};
pub use field::{Field, FieldKind};
pub use icon::{Glyph, Icon, IconSize};
pub use keypad::{Key, Keypad, KeypadKind};
pub use list::{Card, Fact, LineItem, Mark, Row, RowView, ScrollList, Tag, Tone};
pub use navigation::{Link, Navigation};
pub use pin::PinPad;
pub use proof::{Proof, ProofCard, ProofWords};
pub use rosette::Rosette;
pub use sheet::Sheet;
pub use state::{Banner, Empty, Skeleton, Toaster, Toasts, Wait};
pub use task::{Act, Fetched};
