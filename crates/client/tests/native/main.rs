//! The client's logic against a scripted world: virtual time, a server that keeps money, a network that loses, a device
//! whose tabs can be killed.

#![cfg(not(target_arch = "wasm32"))]

mod approvals;
#[path = "../cipher/mod.rs"]
mod cipher;
mod codes;
#[path = "../conformance/mod.rs"]
mod conformance;
mod killed;
mod leaving;
mod mirror;
mod passkeys;
mod payments;
mod recovery;
#[path = "../signer/mod.rs"]
mod signer;
mod storage;
mod support;
mod tabs;
mod vault;
