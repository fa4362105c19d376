//! The bank that the process `qianbao-sandbox` plays: a client of it, and the wire between the two.

mod client;
pub mod wire;

pub use client::{SandboxBank, SandboxBankError};
