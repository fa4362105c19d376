//! Codes that a shop or a person shows, and the operator's signature on them and on receipts.
//!
//! Routes: `GET /.well-known/qianbao-keys` (public keys), `POST /v1/links` (a personal receive code).

pub mod keys;
pub mod link;
pub mod public;
pub mod rows;
pub mod secrets;
