//! People and their sessions.
//!
//! ```text
//!            sign up, sign in                 12 h, or signing out
//!  nobody ─────────────────────► signed in ─────────────────────► nobody
//!                                 │     ▲
//!                     15 min idle ▼     │ signing in again (a new session)
//!                          reading only (wallet)
//! ```
//!
//! Routes: `POST /v1/people` ([`sign_up`]), `POST /v1/session` ([`sign_in`]), `DELETE /v1/session` ([`sign_out`]), `GET /v1/session` and
//! `PATCH /v1/person` ([`person`]), `/v1/devices` ([`devices`]).
//!
//! A session is of one host: the wallet's and the desk's are apart. Factors beside the password (passkey, PIN) come as further operations that
//! open a session or approve an intent; a session says nothing about which one was used.

pub mod common;
pub mod devices;
pub mod open;
pub mod password;
pub mod person;
pub mod rows;
pub mod session;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod tries;
pub mod visitor;
