//! The door and what stands right behind it: hosts, origins, bodies, sessions, people, codes. Asked in-process, as a browser asks; the clock is
//! in the test's hand. One file a route.

mod authenticator;
mod body;
mod client_address;
mod confirm;
mod devices;
mod follow;
mod frame;
mod house;
mod key_share;
mod links;
mod one_time_codes;
mod openapi;
mod passkeys;
mod person;
mod place;
mod public;
mod recovery;
mod session;
mod sign_in;
mod sign_up;
