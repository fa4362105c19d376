//! Paying: what is shown before, the one posting, its one outcome, the receipt.
//!
//! | route | operation |
//! | --- | --- |
//! | `POST /v1/payments/preview` | [`preview`] |
//! | `POST /v1/payments` | [`pay`] |
//! | `GET /v1/payments/{id}` | [`status`] |
//! | `GET /v1/payments/{id}/receipt` | [`receipt`] |
//! | `POST /v1/payments/{id}/refunds` (desk) | [`refund`] |
//!
//! The outcomes of a payment's id stand in [`outcome`]. What a posting says about itself for ever is [`details`]; the notes in it are sealed
//! by [`note`]; how many people one may ask for by handle, in [`lookups`]. A payment writes nothing but its posting (and once in a person's life the key of their notes, before it); a refund writes a row
//! before its posting.

pub mod claims;
pub mod details;
pub mod intended;
pub mod lookups;
pub mod lowered;
pub mod note;
pub mod outcome;
pub mod parties;
pub mod pay;
pub mod posting;
pub mod preview;
pub mod receipt;
pub mod refund;
pub mod routes;
pub mod rows;
pub mod status;
pub mod target;
