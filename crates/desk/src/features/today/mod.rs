//! The figures of the day, as a screen and as a pane beside the cashier.

mod model;
mod view;

pub use view::{DayPane, Today};
