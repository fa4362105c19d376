//! What the desk knows, as its screens see it.

pub mod ledger_day;
pub mod orders;
mod till;

pub use till::{ENTRIES_PAGE, Shopfront, Till};
