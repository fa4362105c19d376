//! The door: what happens to every request before and after its handler.
//!
//! Outermost first: [`frame`] (id, log line, time limit, panic, problem document, headers) · [`place`] (host → realm and audience, origin
//! check) · [`policy`] (who may use the route; [`admission`] of what moves value; session) · extractors · the handler. Time, randomness and the
//! client's address ([`client_address`]) enter here, in [`Call`].

pub mod admission;
pub mod body;
mod call;
pub mod client_address;
pub mod cookie;
pub mod frame;
mod objects;
pub mod params;
pub mod place;
pub mod policy;

pub use body::Body;
pub use call::{Call, Signed};
pub use params::{At, Params};
