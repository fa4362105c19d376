//! Approving what moves value: what it needs, the payment PIN, and the seal that a payment or refund carries.
//!
//! ```text
//!  preview ──► need ──► PIN or passkey ──► approve ──► sealed approval ──► in the payment or refund, which decides once more
//!               (core::approval)                        (token)              (enforce)
//! ```
//!
//! | route | operation |
//! | --- | --- |
//! | `POST /v1/approvals` | [`approve`] |
//! | `POST /v1/refunds/preview` (desk) | [`need`] |
//! | `PUT /v1/pin` | [`set_pin`] |
//! | `PUT /v1/free-limit`, `GET /v1/payment-settings` | [`settings`] |
//!
//! Guarantees. An approval is good for one intent of one person, until the intent's end, and needs no row: it is a seal over just that
//! ([`token`]). Neither a PIN nor an assertion lies in what a device keeps to send again. A try of a PIN is counted durably before it is
//! compared ([`pin`]), and a locked PIN never stands in the way of a passkey. What goes without being asked is counted in the payment's own
//! posting, so that no race passes it ([`enforce`]).

pub mod approve;
pub mod enforce;
pub mod need;
pub mod pin;
pub mod routes;
pub mod rows;
pub mod set_pin;
pub mod settings;
pub mod token;
