//! Orders of a shop. All routes are of the desk and act for the signed-in person's shop.
//!
//! | route | operation |
//! | --- | --- |
//! | `POST /v1/orders` | [`create`] |
//! | `GET /v1/orders`, `GET /v1/orders/{id}` | [`list`] |
//! | `PATCH /v1/orders/{id}` | [`edit`] |
//! | `POST /v1/orders/{id}/cancel` | [`cancel`] |
//! | `POST /v1/orders/{id}/refunds` | [`refund`] |
//!
//! The directory holds what never changes (one row for each version and refund); how an order stands is derived from the ledger
//! ([`state`], with the diagram). Postings on an order follow each other by claims alone, so the first commit wins. [`follow`] tells the shop's
//! mirror of every posting on an order, [`expire`] writes the end of orders into the ledger.

pub mod cancel;
pub mod code;
pub mod content;
pub mod create;
pub mod edit;
pub mod expire;
pub mod follow;
pub mod list;
pub mod posting;
pub mod refund;
pub mod routes;
pub mod rows;
pub mod state;
pub mod view;
