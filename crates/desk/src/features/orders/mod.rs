//! Orders and payments by the printed code: the list of the day and before, one of them, its refund.

mod approve;
mod counter;
mod detail;
mod list;
pub mod model;
mod receipt;
mod refund;

pub use list::{Chosen, ItemRow, Orders};
