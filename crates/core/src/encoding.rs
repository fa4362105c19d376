//! Bytes as text: lower-case hex, and base64url without padding (RFC 4648, section 5).
//!
//! Both have one form for each byte string: capital letters in hex, padding, and base64url whose last character carries
//! unused bits that are not zero are refused.

use base64ct::{Base64UrlUnpadded, Encoding};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The bytes as lower-case hex digits, two a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(HEX[usize::from(digit)])).collect()
}

/// The bytes of exactly `N` times two lower-case hex digits.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| HEX.iter().position(|&known| known == byte).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// The bytes as base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of base64url without padding.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_rfc_4648() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{3ff}", "z78")]
        {
            assert_eq!(base64url(bytes.as_bytes()), text);
            assert_eq!(from_base64url(text), Some(bytes.as_bytes().to_vec()));
        }
        assert_eq!(hex(b"\x00\xffq"), "00ff71");
        assert_eq!(from_hex(&hex(b"\x00\xffq")), Some(*b"\x00\xffq"));
    }

    #[test]
    fn there_is_one_form() {
        for text in ["Zg==", "Zh", "Zm9", "Z", "Zm8+", "Zm 8", "茶"] {
            let again = from_base64url(text).map(|bytes| base64url(&bytes));
            assert!(again.is_none() || again.as_deref() == Some(text), "{text} has another form {again:?}");
        }
        assert_eq!(from_base64url("Zh"), None);
        for text in ["0", "0g", "FF", "0011", "é"] {
            assert_eq!(from_hex::<1>(text), None, "{text}");
        }
    }
}
