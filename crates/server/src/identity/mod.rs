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
//! `PATCH /v1/person` ([`person`]), `/v1/devices` ([`devices`]), `GET /v1/session/key-share` ([`key_share`]), passkeys ([`passkeys`]),
//! `POST /v1/session/confirmation` ([`confirm`]), `PUT /v1/password` ([`new_password`]), and coming back without a way in ([`recovery`]).
//!
//! A session is of one host: the wallet's and the desk's are apart. A passkey, or a password with a one-time code where the person has them on
//! ([`one_time_codes`]), opens it; the event log knows which.

pub mod common;
pub mod confirm;
pub mod devices;
pub mod key_share;
pub mod new_password;
pub mod one_time_codes;
pub mod open;
pub mod passkeys;
pub mod password;
pub mod person;
pub mod recovery;
pub mod rows;
pub mod session;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod tries;
pub mod visitor;
pub mod webauthn;
