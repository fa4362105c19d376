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
//! - [`Client::price`](crate::Client::price): the same sheet with the amount that the person typed.
//! - [`Sheet`]: what the person confirms, what is missing, and the request with the digest of what they saw. Pure.
//! - [`OwnPayment`]: the person's other payment of the same order, for the words when two tabs approve one code.
//!
//! A forged, foreign, damaged or expired code stops before any request is sent. A preview that does not say what the signed
//! code says, or that names another payee once the amount is typed, stops as well. A sheet belongs to the person it was
//! made for: nobody else can confirm it.

mod look;
mod operations;
mod own;
mod sheet;

pub use look::{Looked, Stop, look};
pub use operations::ConfirmError;
pub use own::OwnPayment;
pub use sheet::{Mark, Obstacle, Sheet};
