//! Which realm and which audience a host name means.
//!
//! | host | realm | audience |
//! | --- | --- | --- |
//! | `wallet.DOMAIN`, `desk.DOMAIN`, `api.DOMAIN` | live | wallet, desk, api |
//! | `wallet.test.DOMAIN`, `desk.test.DOMAIN`, `api.test.DOMAIN` | test | wallet, desk, api |
//! | `DOMAIN`, an address such as `127.0.0.1:8787` | live | api |
//! | `test.DOMAIN` | test | api |
//!
//! The port belongs to the name. Any other host is nobody's: a page that points a name of its own at this server gets no answer.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use clap::ValueEnum;
use serde::Deserialize;

/// One of the two realms; each has its own folder, ledger, directory and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RealmName {
    /// Real value.
    Live,
    /// For trying things out.
    Test,
}

impl RealmName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Live, Self::Test];

    /// The name of its folder.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for RealmName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.folder())
    }
}

/// Who uses a host: each has its own pages, routes and session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// A person in the wallet.
    Wallet,
    /// A shop at its desk.
    Desk,
    /// Programs: no pages, no cookies.
    Api,
}

impl Audience {
    /// The first label of its hosts.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::Desk => "desk",
            Self::Api => "api",
        }
    }
}

/// The hosts of one server.
#[derive(Clone, Debug)]
pub struct Hosts {
    scheme: &'static str,
    domain: String,
}

/// What a host name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Realm.
    pub realm: RealmName,
    /// Audience.
    pub audience: Audience,
    /// Origin of pages on this host, such as `https://wallet.example.org`.
    pub origin: String,
}

impl Hosts {
    /// Hosts under `domain`, port included if it is not the scheme's own; `secure` when browsers reach them by HTTPS.
    pub fn new(domain: &str, security: Transport) -> Self {
        let scheme = match security {
            Transport::Plain => "http",
            Transport::Tls => "https",
        };
        Self { scheme, domain: domain.to_ascii_lowercase() }
    }

    /// What `host` (the header, with its port) means; nothing for a stranger's name.
    pub fn place(&self, host: &str) -> Option<Place> {
        let host = host.to_ascii_lowercase();
        let (realm, audience) = self.parse(&host)?;
        Some(Place { realm, audience, origin: format!("{}://{host}", self.scheme) })
    }

    /// The origin of an audience, such as `https://wallet.example.org`.
    pub fn origin(&self, realm: RealmName, audience: Audience) -> String {
        let (scheme, label, domain) = (self.scheme, audience.label(), &self.domain);
        match realm {
            RealmName::Live => format!("{scheme}://{label}.{domain}"),
            RealmName::Test => format!("{scheme}://{label}.test.{domain}"),
        }
    }

    fn parse(&self, host: &str) -> Option<(RealmName, Audience)> {
        let Some(labels) = host.strip_suffix(self.domain.as_str()) else {
            let is_address = host.parse::<SocketAddr>().is_ok() || host.parse::<IpAddr>().is_ok();
            return is_address.then_some((RealmName::Live, Audience::Api));
        };
        match labels {
            "" | "api." => Some((RealmName::Live, Audience::Api)),
            "wallet." => Some((RealmName::Live, Audience::Wallet)),
            "desk." => Some((RealmName::Live, Audience::Desk)),
            "test." | "api.test." => Some((RealmName::Test, Audience::Api)),
            "wallet.test." => Some((RealmName::Test, Audience::Wallet)),
            "desk.test." => Some((RealmName::Test, Audience::Desk)),
            _ => None,
        }
    }
}

/// How browsers reach the server, itself or by way of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum, Deserialize)]
pub enum Transport {
    /// HTTP, on this machine only.
    #[value(name = "http")]
    #[serde(rename = "http")]
    Plain,
    /// HTTPS.
    #[value(name = "https")]
    #[serde(rename = "https")]
    Tls,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_means_one_realm_and_audience() {
        use Audience::{Api, Desk, Wallet};
        use RealmName::{Live, Test};
        let hosts = Hosts::new("Localhost:8787", Transport::Plain);
        let place = |host: &str| hosts.place(host).map(|place| (place.realm, place.audience));
        for (host, expected) in [
            ("wallet.localhost:8787", Some((Live, Wallet))),
            ("DESK.localhost:8787", Some((Live, Desk))),
            ("wallet.test.localhost:8787", Some((Test, Wallet))),
            ("desk.test.localhost:8787", Some((Test, Desk))),
            ("api.test.localhost:8787", Some((Test, Api))),
            ("localhost:8787", Some((Live, Api))),
            ("127.0.0.1:8787", Some((Live, Api))),
            ("[::1]:8787", Some((Live, Api))),
            ("wallet.localhost", None),
            ("wallet.localhost:9", None),
            ("evil-wallet.localhost:8787", None),
            ("xwallet.localhost:8787", None),
            ("wallet.localhost:8787.evil.example", None),
            ("evil.example", None),
            ("", None),
        ] {
            assert_eq!(place(host), expected, "{host}");
        }
    }

    #[test]
    fn the_origin_of_an_audience_is_a_host_that_means_it() {
        let hosts = Hosts::new("example.org", Transport::Tls);
        for realm in RealmName::ALL {
            for audience in [Audience::Wallet, Audience::Desk, Audience::Api] {
                let origin = hosts.origin(realm, audience);
                let host = origin.strip_prefix("https://").expect("hosts with TLS have HTTPS origins");
                assert_eq!(hosts.place(host), Some(Place { realm, audience, origin: origin.clone() }));
            }
        }
    }
}
