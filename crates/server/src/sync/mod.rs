//! The browser's mirror: pages of changes by token, and a stream that says that there are some.
//!
//! ```text
//!  ledger ── lines of the owner's wallet ─┐
//!                                         ├─► page ─► GET /v1/sync
//!  directory ── changed documents ────────┘
//!  ledger head, directory bell ─► stream ─► GET /v1/events
//! ```
//!
//! A page is made of what is durable, so it may be asked for any number of times. Documents that follow from the ledger (balances, the
//! order that was paid, the top-up that came) come with the entries that changed them; nothing is written for them.
//!
//! The mirror of a wallet is a person's, that of a desk a shop's.

pub mod documents;
pub mod page;
pub mod routes;
pub mod stream;
pub mod subject;
pub mod token;
