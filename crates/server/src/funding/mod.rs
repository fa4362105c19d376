//! Money in, by bank transfer with a reference.
//!
//! ```text
//! ask ──► waiting ──credit with the reference──► done       1001 → 2001
//!         (nobody asked, or the wallet cannot take it) ───► held   1001 → 2104, seen by the operator
//! ```
//!
//! A person asks for a reference ([`ask`]) and transfers money with it. The bank tells of each credit by a signed notice
//! ([`notice`]), again and again until it is taken; what no notice told is read from the bank's list ([`catch_up`]). Both ways
//! end in [`book`]: the credit's row, then its posting, then the changed document. Any of these steps may be repeated; the
//! posting holds a claim on the bank's entry, so it happens once.
//!
//! What really came is booked, not what was announced. A second transfer with the same reference is the same person's
//! money as well.

pub mod accounts;
pub mod ask;
pub mod book;
pub mod catch_up;
pub mod list;
pub mod notice;
pub mod posting;
pub mod reference;
pub mod routes;
pub mod rows;

use data_encoding::HEXLOWER;
use qianbao_connectors::bank::Subscription;
use qianbao_core::Currency;

use crate::hosts::{Audience, Hosts};
use crate::realm::Realm;

/// Name of the bank that collects, as activity shows it.
pub const BANK_NAME: &str = "青禾银行 Qinghe Bank";

/// The currency that the bank collects.
pub const CURRENCY: Currency = Currency::CNY;

/// How a realm subscribes at the bank: under its own name, with its own key, to its API host.
pub fn subscription(realm: &Realm, hosts: &Hosts) -> Subscription {
    let origin = hosts.origin(realm.name, Audience::Api);
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    Subscription {
        customer: format!("qianbao-{}", realm.name),
        host: host.to_owned(),
        secret: HEXLOWER.encode(realm.bank_key.as_slice()),
    }
}
