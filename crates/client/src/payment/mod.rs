//! From a scanned text to an outcome.
//!
//! ```text
//!  text ──look──► target ──preview──► sheet ──confirm──► outbox ──► outcome
//!            │                          │                   └─ sending, checking
//!            └──────── stop ◄───────────┘
//! ```
//!
//! - [`look`]: what the text is; a code is read, its signature not yet checked. Pure.
//! - [`Client::look`](crate::Client::look): the same, then the signature, then the server's preview.
//! - [`Sheet`]: what the person confirms, what is missing, and the request with the digest of what they saw. Pure.
//! - [`Stage`]: where the screen is; a sheet can be confirmed once. Pure.
//!
//! A forged, foreign, damaged or expired code stops before any request is sent. A preview that does not say what the signed
//! code says stops as well.

mod look;
mod operations;
mod sheet;
mod stage;

pub use look::{Looked, Stop, look};
pub use operations::ConfirmError;
pub use sheet::{Mark, Obstacle, Sheet};
pub use stage::Stage;
