//! The engine of the browser wallet: what stands between the apps and the server.
//!
//! - [`Client`] is the handle: one method for each route, the outbox for what moves value ([`Client::pay`],
//!   [`Client::refund`]), and the background task ([`Client::run`]).
//! - [`payment`] leads from a scanned text to an outcome: [`Client::look`], [`Sheet`], [`Client::confirm`].
//! - [`Mirror`] is the device's copy of the wallet: balances, documents and entries, with their age.
//! - [`Notice`]s say that something changed; feed a signal from [`Client::subscribe`] and read again.
//!
//! Guarantees: an id of a payment is on the device before its request is sent; no outcome is guessed; a page of changes is
//! applied whole, once, together with its token; a wrong clock on the device changes nothing; what goes on for a person stops
//! when they leave, and an answer that comes later is dropped; who signed out without a network stays signed out; what outlives the
//! page is sealed ([`vault`]).
//!
//! All logic is native and tested against scripted platforms ([`Platform`]); the browser's bodies are a few small files in
//! `browser/`. Nothing here is `Send`.
//!
//! ```text
//!  app ── Client ──► routes ──► transport ──► /v1
//!           │  └──► outbox ──┘      ▲
//!           │         │             │ hints
//!         mirror ◄── sync ◄──── events
//!           └──── vault ──► storage (facts, blocks, documents, outbox) ◄── other tabs
//! ```

#![deny(unsafe_code)]

// Modules that unit tests and tests of the border share name the crate.
#[cfg(test)]
extern crate self as qianbao_client;

#[cfg(not(target_arch = "wasm32"))]
mod alone;
pub mod approval;
pub mod authenticator;
#[cfg(target_arch = "wasm32")]
mod browser;
mod client;
pub mod clock;
pub mod entropy;
mod error;
pub mod events;
mod json;
pub mod mirror;
mod notice;
mod open;
mod order;
mod outbox;
pub mod owed;
mod pack;
pub mod payment;
mod presence;
mod routes;
mod run;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod scripted;
pub mod storage;
mod sync;
pub mod tabs;
pub mod transport;
pub mod vault;
pub mod verify;
mod wake;

pub use approval::{Shown, Ways, ways};
#[cfg(target_arch = "wasm32")]
pub use browser::IndexedStorage;
pub use client::{Client, Platform};
pub use error::{ClientError, Moved};
pub use mirror::{Mirror, SyncState};
pub use notice::{Notice, Subscription};
pub use outbox::{OutboxItem, Outcome, RefundOf, Step, Subject};
pub use payment::{ConfirmError, Mark, Obstacle, OwnPayment, Sheet, Stop};
pub use presence::Presence;
pub use routes::{ActivityFilter, Direction};
