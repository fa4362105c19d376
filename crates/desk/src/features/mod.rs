//! The screens, one folder each: `model` decides and is tested, `view` shows.

pub mod cashier;
pub mod code;
pub mod open_shop;
pub mod orders;
pub mod poster;
pub mod shop;
pub mod sign_in;
pub mod today;
