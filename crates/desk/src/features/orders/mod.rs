//! Orders: the list of the day and before, one order, its refund.

mod detail;
mod list;
pub mod model;
mod refund;

pub use list::{ItemRow, Orders};
