//! Personal payment links: an address of the wallet's own page with the link's id in the fragment.
//!
//! ```text
//! link   = origin "/#/p/" id
//! origin = ( "https" | "http" ) "://" host [ ":" port ]
//! host   = 1–253 of a–z 0–9 . -
//! id     = "lnk_" and 26 digits, see [`crate::id`]
//! ```
//!
//! The fragment never reaches a server's log. Nothing else is a link: no path, no query, no user, no capital letters.
//! What the wallet takes from it is the id alone; it never opens the address.

use std::fmt;
use std::str::FromStr;

use crate::id::{IdError, LinkId};

const PATH: &str = "/#/p/";

/// An origin of the wallet, such as `https://wallet.example`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// A personal payment link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PaymentLink {
    /// Whose wallet.
    pub origin: Origin,
    /// The link.
    pub link: LinkId,
}

/// The text is no personal payment link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The origin is not one.
    #[error("expected an origin such as https://wallet.example in small letters")]
    Origin,
    /// Something else than `/#/p/` stands behind the origin.
    #[error("expected {PATH} behind the origin")]
    Path,
    /// The id is not one.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl Origin {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let address =
            text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(LinkError::Origin)?;
        let (host, port) = address.split_once(':').map_or((address, None), |(host, port)| (host, Some(port)));
        let label = |label: &str| {
            let inner = label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
        };
        let port_fits = port.is_none_or(|port| {
            !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
        });
        if host.len() <= 253 && host.split('.').all(label) && port_fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(LinkError::Origin)
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PaymentLink {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let (origin, id) = text.split_once(PATH).ok_or(LinkError::Path)?;
        Ok(Self { origin: origin.parse()?, link: id.parse()? })
    }
}

impl fmt::Display for PaymentLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{PATH}{}", self.origin, self.link)
    }
}
