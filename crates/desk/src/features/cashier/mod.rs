//! The cashier: an amount, and the code that the customer scans.

pub mod model;
mod pad;
mod view;

pub use pad::AmountPad;
pub use view::Cashier;
