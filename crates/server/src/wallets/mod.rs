//! Wallets: balances and records, of a person in the wallet and of a shop at the desk.
//!
//! | route | operation |
//! | --- | --- |
//! | `GET /v1/wallets` | [`balances`] |
//! | `PUT`, `DELETE /v1/freeze` | [`freeze`] |
//! | `GET /v1/activity`, `GET /v1/activity/{id}` | [`activity`] |
//!
//! [`accounts`] says which accounts of the chart are whose; [`entries`] makes an entry of a line of history, for the list and the mirror alike.

pub mod accounts;
pub mod activity;
pub mod balances;
pub mod entries;
pub mod filter;
pub mod freeze;
pub mod routes;
mod rows;
