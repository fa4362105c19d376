//! The door: what happens to every request before and after its handler.
//!
//! Outermost first: [`frame`] (id, log line, time limit, panic, problem document, headers) · [`place`] (host → realm and audience, origin
//! check) · [`policy`] (who may use the route; session) · extractors · the handler. Time and randomness enter here, in [`Call`].

pub mod body;
mod call;
pub mod cookie;
pub mod frame;
pub mod params;
pub mod place;
pub mod policy;

pub use body::Body;
pub use call::{Call, Signed};
pub use params::{At, Params};
