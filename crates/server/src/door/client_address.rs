//! Whose address a request counts for: the connection's peer, or behind the operator's own proxies what they say in `X-Forwarded-For`.
//!
//! Anyone can send the header, and each proxy appends the peer it saw to what it was sent. So only the right end can be believed, and
//! only as far as those who wrote it are: the list is read from the right as long as the addresses are trusted proxies, beginning with
//! the peer. The first that is none is the client; what stands left of it is the client's own claim. Where all are trusted the
//! leftmost is the client: a machine of the operator's. An entry on the way that is no address ends the search, and the peer counts.
//!
//! `Forwarded` (RFC 7239) is not read. A proxy that writes one of the two headers passes the other on as it came, so that reading both
//! would let a client write the one that its proxy does not.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::HeaderMap;
use ipnet::IpNet;
use serde::Deserialize;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Addresses of the operator's own proxies: one (`10.0.0.7`), or a network (`10.0.0.0/24`, `fd00::/64`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TrustedProxy(IpNet);

/// A text that names no proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustedProxyError {
    /// No address and no network.
    #[error("expected an address or a network such as 10.0.0.7, 10.0.0.0/24 or fd00::/64, found {0:?}")]
    Malformed(String),
    /// Everyone.
    #[error(
        "expected the network of your own proxies, found {0}: everyone could say whose address a request counts for"
    )]
    Everyone(IpNet),
}

impl FromStr for TrustedProxy {
    type Err = TrustedProxyError;

    fn from_str(text: &str) -> Result<Self, TrustedProxyError> {
        let one = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        let network = one.or_else(|_| text.parse::<IpNet>());
        let network = network.map_err(|_| TrustedProxyError::Malformed(text.to_owned()))?;
        if network.prefix_len() == 0 { Err(TrustedProxyError::Everyone(network)) } else { Ok(Self(network)) }
    }
}

impl TryFrom<String> for TrustedProxy {
    type Error = TrustedProxyError;

    fn try_from(text: String) -> Result<Self, TrustedProxyError> {
        text.parse()
    }
}

/// Whether a connection comes from a trusted proxy.
pub fn is_trusted(peer: IpAddr, trusted: &[TrustedProxy]) -> bool {
    let peer = peer.to_canonical();
    trusted.iter().any(|TrustedProxy(network)| network.contains(&peer))
}

/// The address that a request with these headers from `peer` counts for, in its shortest form: IPv4 also where it came as IPv6.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[TrustedProxy]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return peer;
    }
    let mut client = peer;
    // Several lines of the header are one list, in their order.
    for line in headers.get_all(FORWARDED_FOR).iter().rev() {
        let Ok(line) = line.to_str() else { return peer };
        for entry in line.rsplit(',') {
            let Some(address) = parse(entry.trim()) else { return peer };
            client = address;
            if !is_trusted(client, trusted) {
                return client;
            }
        }
    }
    client
}

/// An address, which some proxies write with its port and, for IPv6, in brackets.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let address = bare.parse().or_else(|_| entry.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().expect("a header"));
        }
        let trusted: Vec<_> = trusted.iter().map(|text| text.parse().expect("a proxy")).collect();
        client_address(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn the_header_is_believed_from_the_right_and_only_from_proxies() {
        let ours = ["10.0.0.0/24", "fd00::7"];
        for (peer, lines, client) in [
            // Not from a proxy: whatever it says.
            ("192.0.2.1", vec!["198.51.100.9"], "192.0.2.1"),
            ("10.0.1.1", vec!["198.51.100.9"], "10.0.1.1"),
            ("fd00::8", vec!["198.51.100.9"], "fd00::8"),
            // From a proxy: the peer that it saw.
            ("10.0.0.3", vec!["198.51.100.9"], "198.51.100.9"),
            ("fd00::7", vec!["2001:db8::9"], "2001:db8::9"),
            ("::ffff:10.0.0.3", vec!["::ffff:198.51.100.9"], "198.51.100.9"),
            // The left part is the client's own claim.
            ("10.0.0.3", vec!["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.3", vec!["10.0.0.4,198.51.100.9"], "198.51.100.9"),
            ("10.0.0.3", vec!["rubbish, 198.51.100.9"], "198.51.100.9"),
            ("10.0.0.3", vec!["203.0.113.5", "198.51.100.9"], "198.51.100.9"),
            // A chain of proxies, in one line or in several.
            ("10.0.0.3", vec!["203.0.113.5, 198.51.100.9, fd00::7, 10.0.0.4"], "198.51.100.9"),
            ("10.0.0.3", vec!["203.0.113.5, 198.51.100.9", "10.0.0.4"], "198.51.100.9"),
            ("10.0.0.3", vec!["10.0.0.9, 10.0.0.4"], "10.0.0.9"),
            // With ports.
            ("10.0.0.3", vec!["198.51.100.9:4711"], "198.51.100.9"),
            ("10.0.0.3", vec!["[2001:db8::9]:4711, [fd00::7]"], "2001:db8::9"),
            // Malformed, or not there.
            ("10.0.0.3", vec![], "10.0.0.3"),
            ("10.0.0.3", vec![""], "10.0.0.3"),
            ("10.0.0.3", vec!["198.51.100.9,"], "10.0.0.3"),
            ("10.0.0.3", vec!["198.51.100.9, unknown"], "10.0.0.3"),
            ("10.0.0.3", vec!["198.51.100.9, 10.0.0.999, 10.0.0.4"], "10.0.0.3"),
            ("10.0.0.3", vec!["198.51.100.9 10.0.0.4"], "10.0.0.3"),
        ] {
            assert_eq!(seen(peer, &lines, &ours), client, "{lines:?} from {peer}");
        }
        assert_eq!(seen("10.0.0.3", &["198.51.100.9"], &[]), "10.0.0.3", "nobody is trusted unless named");
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network_and_never_everyone() {
        for text in ["10.0.0.7", "10.0.0.0/24", "10.0.0.7/24", "fd00::/64", "::1", "::ffff:10.0.0.7"] {
            assert!(text.parse::<TrustedProxy>().is_ok(), "{text}");
        }
        for text in ["", "proxy.example.org", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "10.0.0.7:80", " 10.0.0.7"] {
            assert!(matches!(text.parse::<TrustedProxy>(), Err(TrustedProxyError::Malformed(_))), "{text}");
        }
        for text in ["0.0.0.0/0", "::/0"] {
            assert!(matches!(text.parse::<TrustedProxy>(), Err(TrustedProxyError::Everyone(_))), "{text}");
        }
    }
}
