//! One method for each route of `/v1`, by area. They check nothing that the server checks; they say what an answer means.

mod activity;
mod approvals;
mod factors;
mod identity;
mod links;
mod merchants;
mod orders;
mod payments;
mod query;
mod recovery;
mod topups;
mod wallets;

pub use activity::{ActivityFilter, Direction};
pub(crate) use factors::read_answer;
pub(crate) use query::encode;
