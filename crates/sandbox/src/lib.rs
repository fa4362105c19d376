//! A separate process that plays the bank: accounts that collect, a page where a demo person makes a transfer, signed notices
//! to the wallet, and failures on request.
//!
//! - [`ledger`]: customers, their accounts and what arrived there; in memory, lost when the process ends.
//! - [`notices`]: sends each credit to the wallet until it is taken, or as wrongly as it was asked to.
//! - [`routes`]: the HTTP side, see [`wire`](qianbao_connectors::sandbox::wire).
//! - [`page`]: the page for people, in Chinese and English.
//!
//! It moves no real money and asks nobody who they are, so it listens on the loopback address unless told otherwise. It calls one
//! address only, the wallet's, which is given at start and never taken from a request.

#![deny(unsafe_code)]

pub mod clock;
pub mod ledger;
pub mod notices;
pub mod page;
pub mod routes;
