//! Signatures of notices: HMAC-SHA-256 over the moment of sending and the raw body.
//!
//! ```text
//! Qianbao-Bank-Timestamp: seconds since 1970, decimal, at most 12 digits
//! Qianbao-Bank-Signature: "v1=" and 64 lower-case hex digits of HMAC-SHA-256(secret, timestamp "." body)
//! ```
//!
//! The receiver computes the code over the bytes as they came, before it parses them, compares in constant time, and
//! refuses a moment more than [`SKEW_SECONDS_MAX`] away from its own clock. A signed notice can still be sent again within
//! that time: whoever takes notices keeps the ids of what it has booked.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use qianbao_core::Timestamp;
use sha2::Sha256;

/// Header with the moment of sending.
pub const TIMESTAMP_HEADER: &str = "qianbao-bank-timestamp";
/// Header with the signature.
pub const SIGNATURE_HEADER: &str = "qianbao-bank-signature";
/// Largest distance of the two clocks, seconds.
pub const SKEW_SECONDS_MAX: i64 = 300;
/// Largest body of a notice, bytes.
pub const NOTICE_BYTES_MAX: usize = 8 * 1024;

/// The key of signatures.
pub type Secret = [u8; 32];

/// The notice is not known to come from the bank, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// A header is missing or malformed.
    #[error("expected the headers {TIMESTAMP_HEADER} and {SIGNATURE_HEADER} in their forms")]
    Headers,
    /// Sent too long ago, or in the future.
    #[error("expected a notice sent within {SKEW_SECONDS_MAX} s of {now}, found one sent at {sent}: check both clocks")]
    Skew {
        /// Seconds since 1970 by the receiver's clock.
        now: i64,
        /// Seconds since 1970 as the notice says.
        sent: i64,
    },
    /// The code does not belong to body, moment and secret.
    #[error("the signature does not belong to this notice")]
    Signature,
}

/// Both headers of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Value of [`TIMESTAMP_HEADER`].
    pub timestamp: String,
    /// Value of [`SIGNATURE_HEADER`].
    pub signature: String,
}

/// Signs `body`, sent at `now`.
pub fn seal(secret: &Secret, now: Timestamp, body: &[u8]) -> Seal {
    let timestamp = seconds(now).to_string();
    let code = mac(secret, &timestamp, body).finalize().into_bytes();
    Seal { timestamp, signature: ["v1=", &HEXLOWER.encode(&code)].concat() }
}

/// Checks that `body` was signed with `secret` and sent about `now`.
///
/// # Errors
/// [`NoticeError`]. The signature is looked at first, so a stranger does not learn the clock.
pub fn verify(secret: &Secret, seal: &Seal, now: Timestamp, body: &[u8]) -> Result<(), NoticeError> {
    let digits = &seal.timestamp;
    if !(1..=12).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NoticeError::Headers);
    }
    let sent: i64 = digits.parse().map_err(|_| NoticeError::Headers)?;
    let hex = seal.signature.strip_prefix("v1=").ok_or(NoticeError::Headers)?;
    let code = HEXLOWER.decode(hex.as_bytes()).map_err(|_| NoticeError::Headers)?;
    mac(secret, digits, body).verify_slice(&code).map_err(|_| NoticeError::Signature)?;
    let now = seconds(now);
    if now.abs_diff(sent) > SKEW_SECONDS_MAX.unsigned_abs() { Err(NoticeError::Skew { now, sent }) } else { Ok(()) }
}

fn mac(secret: &Secret, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

fn seconds(moment: Timestamp) -> i64 {
    moment.0.div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Secret = [7; 32];
    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_123);

    #[test]
    fn a_notice_is_good_for_five_minutes_either_way() {
        let sealed = seal(&SECRET, NOW, b"body");
        for seconds in [-300, 0, 300] {
            assert_eq!(verify(&SECRET, &sealed, NOW.plus_seconds(seconds), b"body"), Ok(()));
        }
        for seconds in [-301, 301] {
            let found = verify(&SECRET, &sealed, NOW.plus_seconds(seconds), b"body");
            assert_eq!(found, Err(NoticeError::Skew { now: 1_790_000_000 + seconds, sent: 1_790_000_000 }));
        }
    }

    #[test]
    fn another_secret_body_or_moment_is_refused() {
        let sealed = seal(&SECRET, NOW, b"body");
        assert_eq!(verify(&[8; 32], &sealed, NOW, b"body"), Err(NoticeError::Signature));
        assert_eq!(verify(&SECRET, &sealed, NOW, b"bodY"), Err(NoticeError::Signature));
        let moved = Seal { timestamp: "1790000001".to_owned(), ..sealed };
        assert_eq!(verify(&SECRET, &moved, NOW, b"body"), Err(NoticeError::Signature));
    }

    #[test]
    fn malformed_headers_are_refused() {
        let sealed = seal(&SECRET, NOW, b"");
        for timestamp in ["", "-1", "+1790000000", "1790000000.0", "9999999999999"] {
            let wrong = Seal { timestamp: timestamp.to_owned(), ..sealed.clone() };
            assert_eq!(verify(&SECRET, &wrong, NOW, b""), Err(NoticeError::Headers), "{timestamp}");
        }
        for signature in ["", "v1=", "v1=00", "v2=00"] {
            let wrong = Seal { signature: signature.to_owned(), ..sealed.clone() };
            assert!(verify(&SECRET, &wrong, NOW, b"").is_err(), "{signature}");
        }
    }

    /// Computed apart from this code, with OpenSSL: `printf '1790000000.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…`.
    #[test]
    fn the_signature_is_what_others_compute() {
        let sealed = seal(&SECRET, NOW, b"{}");
        assert_eq!(sealed.timestamp, "1790000000");
        assert_eq!(sealed.signature, "v1=8f315fe42524922e33a21cc3de7d94b336f7bd9d4e654c1f191578a1393cdf84");
    }
}
