//! Public keys in COSE form (RFC 9053), and what they sign.

use ciborium::Value;
use ring::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};

use super::AnswerError;

/// ECDSA with SHA-256 on P-256, in the COSE registry.
pub const ES256: i32 = -7;
/// RSASSA-PKCS1-v1_5 with SHA-256, in the COSE registry.
pub const RS256: i32 = -257;

/// A key of a kind that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// A point of P-256, uncompressed: 4, x, y.
    Es256(Vec<u8>),
    /// Modulus and exponent, big-endian without leading zeros.
    Rs256 {
        /// Modulus.
        n: Vec<u8>,
        /// Exponent.
        e: Vec<u8>,
    },
}

/// The longest key that is kept, in bytes: one of RSA with 8,192 bits and some room.
const COSE_BYTES_MAX: usize = 1_100;

// Labels and values of COSE keys: IANA's registry, RFC 9053 sections 7.1.1 and RFC 8230 section 4.
const KEY_TYPE: i128 = 1;
const ALGORITHM: i128 = 3;
const EC2: i128 = 2;
const RSA: i128 = 3;
const CURVE: i128 = -1;
const X: i128 = -2;
const Y: i128 = -3;
const P256: i128 = 1;
const N: i128 = -1;
const E: i128 = -2;

impl PublicKey {
    /// Reads a COSE key.
    ///
    /// # Errors
    /// When it is none, or of another kind.
    pub fn read(cose: &[u8]) -> Result<Self, AnswerError> {
        if cose.len() > COSE_BYTES_MAX {
            return Err(AnswerError::KeyKind);
        }
        let mut rest = cose;
        let value: Value =
            ciborium::de::from_reader_with_recursion_limit(&mut rest, 4).map_err(|_| AnswerError::KeyKind)?;
        let members = value.into_map().map_err(|_| AnswerError::KeyKind)?;
        let at = |label: i128| {
            let mut found = members.iter().filter(|(name, _)| whole(name) == Some(label)).map(|(_, value)| value);
            // Who reads the first of two and who the last would see two keys.
            found.next().filter(|_| found.next().is_none()).ok_or(AnswerError::KeyKind)
        };
        let number = |label| at(label).map(whole);
        let bytes = |label| at(label)?.as_bytes().ok_or(AnswerError::KeyKind);
        match (number(KEY_TYPE)?, number(ALGORITHM)?) {
            (Some(EC2), Some(alg)) if alg == i128::from(ES256) && number(CURVE)? == Some(P256) => {
                let (x, y) = (bytes(X)?, bytes(Y)?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(AnswerError::KeyKind);
                }
                Ok(Self::Es256([&[4], x.as_slice(), y].concat()))
            }
            (Some(RSA), Some(alg)) if alg == i128::from(RS256) => {
                let (n, e) = (bytes(N)?, bytes(E)?);
                // 2,048 to 8,192 bits, as many as signatures are checked with.
                let is_fit =
                    (256..=1_024).contains(&n.len()) && n[0] != 0 && matches!(e.as_slice(), [first, ..] if *first != 0);
                if !is_fit {
                    return Err(AnswerError::KeyKind);
                }
                Ok(Self::Rs256 { n: n.clone(), e: e.clone() })
            }
            _ => Err(AnswerError::KeyKind),
        }
    }

    /// Whether `signature` over `message` is this key's.
    ///
    /// # Errors
    /// [`AnswerError::Signature`] when it is not.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), AnswerError> {
        let checked = match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        checked.map_err(|_| AnswerError::Signature)
    }
}

fn whole(value: &Value) -> Option<i128> {
    value.as_integer().map(i128::from)
}
