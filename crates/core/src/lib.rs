//! The wallet's domain as values and pure functions.
//!
//! Nothing here reads a clock, draws a random number, waits, or touches a disk or a network: time, randomness and ids
//! are arguments. The crate is compiled twice, for the server and for the browser, so that both sides parse the same
//! code, compute the same fee and refuse the same mistake.

#![deny(unsafe_code)]

pub mod amount;
pub mod approval;
pub mod chart;
pub mod code;
pub mod currency;
pub mod emvco;
pub mod encoding;
pub mod id;
pub mod intent;
pub mod link;
pub mod locale;
pub mod money;
#[cfg(feature = "openapi")]
mod openapi;
pub mod password;
pub mod pin;
pub mod posting;
pub mod recovery;
pub mod refund;
pub mod scan;
pub mod text;
pub mod time;
mod unicode;

pub use amount::{AMOUNT_MAX_MINOR, AmountError, PositiveAmount};
pub use currency::Currency;
pub use locale::Locale;
pub use money::Money;
pub use time::Timestamp;
