//! Query strings: names and values, percent-encoded as RFC 3986 section 2.1 says.

use std::fmt::Display;

/// A path that grows a query string.
pub(super) struct Query {
    path: String,
    is_empty: bool,
}

impl Query {
    /// `path` without a query.
    pub(super) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), is_empty: true }
    }

    /// Adds `name=value`.
    pub(super) fn with(mut self, name: &str, value: &dyn Display) -> Self {
        self.path.push(if self.is_empty { '?' } else { '&' });
        self.is_empty = false;
        self.path.push_str(name);
        self.path.push('=');
        encode(&value.to_string(), &mut self.path);
        self
    }

    /// Adds `name=value` if there is a value.
    pub(super) fn with_some<T: Display>(self, name: &str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Path and query.
    pub(super) fn done(self) -> String {
        self.path
    }
}

/// Appends `text`; every byte that is not unreserved becomes `%XX`.
pub(crate) fn encode(text: &str, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_names_joined() {
        let path =
            Query::new("/v1/activity").with("q", &"茶 &=").with_some::<u32>("limit", None).with("limit", &25).done();
        assert_eq!(path, "/v1/activity?q=%E8%8C%B6%20%26%3D&limit=25");
    }
}
