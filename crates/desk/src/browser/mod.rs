//! What the desk asks of the browser: the only place of this crate that names the web platform.

pub mod calendar;
pub mod page;
pub mod preferences;
pub mod screen_lock;
pub mod sound;
