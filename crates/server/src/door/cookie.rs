//! The cookies: `__Host-session`, `__Host-device` and `__Host-recovery`, only over HTTPS or on localhost, invisible to scripts, never sent from another site.

use axum::http::{HeaderMap, HeaderValue, header};

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Who is signed in.
    Session,
    /// Which browser it is; outlives the session.
    Device,
    /// The ticket of a recovery that this browser has begun.
    Recovery,
}

impl Cookie {
    const fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-session",
            Self::Device => "__Host-device",
            Self::Recovery => "__Host-recovery",
        }
    }
}

/// The value of a cookie; nothing when there is none, or more than one (which no browser of ours sends).
pub fn read(headers: &HeaderMap, cookie: Cookie) -> Option<&str> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(cookie.name())?.strip_prefix('='));
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// The header that sets a cookie for `seconds`. `value` is base64url.
pub fn set(cookie: Cookie, value: &str, seconds: i64) -> HeaderValue {
    let name = cookie.name();
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict");
    let mut header = HeaderValue::try_from(text).expect("base64url and digits are header text");
    header.set_sensitive(true);
    header
}

/// The header that removes a cookie.
pub fn remove(cookie: Cookie) -> HeaderValue {
    set(cookie, "", 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_must_be_alone() {
        let read_from = |line: &'static str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))]);
            read(&headers, Cookie::Session).map(ToOwned::to_owned)
        };
        assert_eq!(read_from("a=1; __Host-session=abc; __Host-device=xyz; b=2").as_deref(), Some("abc"));
        assert_eq!(read_from("__Host-sessions=abc"), None);
        assert_eq!(read_from("x__Host-session=abc"), None);
        assert_eq!(read_from("__Host-session=abc; __Host-session=def"), None);
    }
}
