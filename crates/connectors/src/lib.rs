//! The outside world behind traits.
//!
//! - [`bank`]: what the wallet asks of a bank: one account that collects, notices of what arrived, and a list to look up what
//!   a lost notice would have told.
//! - [`notice`]: how a notice is signed and checked.
//! - [`sandbox`]: the bank that the sandbox process plays, and what is said between the two.
//!
//! Nothing here knows the ledger. Every call has a deadline and answers with an error that says whether it may be tried again.

#![deny(unsafe_code)]

pub mod bank;
pub mod notice;
pub mod sandbox;
