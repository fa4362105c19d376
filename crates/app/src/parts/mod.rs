//! How a screen, an entry, a payee, a moment or a problem looks, wherever it is shown, and how an amount is read.

pub mod amount;
pub mod confirm;
pub mod entry;
pub mod language;
pub mod moment;
pub mod order;
pub mod payee;
pub mod pin;
pub mod receipt;
mod screen;
pub mod second;
pub mod trouble;

pub use entry::EntryRow;
pub use screen::Screen;
pub use trouble::{Trouble, TroubleNote};
