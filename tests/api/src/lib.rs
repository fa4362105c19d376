//! A real server on a folder and port of its own, and people who talk to it over HTTP as a browser would.
//!
//! Tests start as many [`House`]s as they like; each has its own data, seeded with the demo people. Only the public
//! surface is used: command line, signals, HTTP. The programs are those that `QIANBAO_BIN` names, or the debug build.

mod house;
mod pay;
mod visitor;
mod wallet;

pub use house::{House, TestResult, unused_port};
pub use pay::fresh_id;
pub use visitor::{Answer, Ear, PASSWORD, Visitor};
pub use wallet::Wallet;
