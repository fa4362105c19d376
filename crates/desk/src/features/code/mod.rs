//! The code of an order: shown until it is paid, over or taken back, and what became of it.

pub mod model;
mod sheets;
mod view;

pub use view::Code;
