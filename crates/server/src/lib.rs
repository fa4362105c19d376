//! The wallet server: one folder a feature, one file an operation, all routes in [`app`].
//!
//! A request goes through the [`door`] to a handler; the handler parses, calls one operation and maps its error; the operation
//! works on the [`realm`]'s ledger and directory. What follows from a posting is done by the projections, from the log.

pub mod app;
pub mod approvals;
pub mod audit;
pub mod backup;
pub mod clock;
pub mod codes;
pub mod config;
pub mod database;
pub mod directory;
pub mod door;
pub mod failure;
pub mod funding;
pub mod halt;
pub mod health;
pub mod hosts;
pub mod identity;
pub mod jobs;
pub mod kept;
pub mod limits;
pub mod merchants;
pub mod metrics;
pub mod openapi;
pub mod orders;
pub mod payments;
pub mod problem;
pub mod projections;
pub mod realm;
pub mod seed;
pub mod serve;
pub mod site;
pub mod sync;
pub mod traces;
pub mod wallets;
