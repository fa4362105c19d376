//! The wire: what the server and its clients say to each other under `/v1`.
//!
//! Every serialised type has a snapshot in `tests/`; a changed snapshot is a changed contract. Amounts are
//! [`Money`](qianbao_core::Money), moments are microseconds since 1970 (UTC), ids are prefixed text, names of fields and
//! variants are `snake_case`. Unknown fields in answers are to be ignored, unknown fields in requests are refused.

pub mod activity;
pub mod approvals;
pub mod identity;
pub mod keys;
pub mod merchants;
pub mod orders;
pub mod passkeys;
pub mod payments;
pub mod problem;
mod read;
pub mod recovery;
pub mod sync;
pub mod topups;
pub mod wallets;

use serde::{Deserialize, Serialize};

pub use problem::{Problem, ProblemCode};

/// A page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows, at most the requested `limit` (1–100, 25 unless said).
    pub data: Vec<T>,
    /// Whether older rows follow; ask with `starting_after` = id of the last row.
    pub has_more: bool,
}
