//! Style sheets: tokens are the only place of colours, sizes and radii, and text can be read in both themes.

mod contrast;
mod sheet;

pub use contrast::unreadable;
pub use sheet::{Sheet, literals};
