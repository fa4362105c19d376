//! Authenticator data (Level 3, section 6.1) and the attestation object around it (section 6.5.4).

use ciborium::Value;
use sha2::{Digest, Sha256};

use super::{AnswerError, CREDENTIAL_BYTES_MAX};

/// Flags of authenticator data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    pub const USER_PRESENT: u8 = 1;
    pub const USER_VERIFIED: u8 = 1 << 2;
    pub const BACKUP_ELIGIBLE: u8 = 1 << 3;
    pub const BACKED_UP: u8 = 1 << 4;
    const ATTESTED: u8 = 1 << 6;
    const EXTENDED: u8 = 1 << 7;

    /// Whether this flag is set.
    pub const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// Authenticator data.
#[derive(Debug)]
pub struct AuthenticatorData {
    site_hash: [u8; 32],
    pub flags: Flags,
    pub sign_count: u32,
    /// The credential, when one was made.
    pub attested: Option<Attested>,
}

/// A credential that was made.
#[derive(Debug)]
pub struct Attested {
    pub id: Vec<u8>,
    /// In COSE form.
    pub public_key: Vec<u8>,
}

impl AuthenticatorData {
    /// Reads the whole of `bytes`.
    pub fn read(bytes: &[u8]) -> Result<Self, AnswerError> {
        let mut rest = bytes;
        let site_hash = *take::<32>(&mut rest)?;
        let [flags] = *take::<1>(&mut rest)?;
        let flags = Flags(flags);
        let sign_count = u32::from_be_bytes(*take::<4>(&mut rest)?);
        let attested = if flags.has(Flags::ATTESTED) { Some(attested(&mut rest)?) } else { None };
        if flags.has(Flags::EXTENDED) && !cbor(&mut rest)?.is_map() {
            return Err(short("extensions as a map"));
        }
        if rest.is_empty() {
            Ok(Self { site_hash, flags, sign_count, attested })
        } else {
            Err(short("nothing behind its end"))
        }
    }

    /// Whether it is for the site with this host.
    pub fn is_for(&self, rp_id: &str) -> bool {
        self.site_hash == <[u8; 32]>::from(Sha256::digest(rp_id.as_bytes()))
    }
}

fn attested(rest: &mut &[u8]) -> Result<Attested, AnswerError> {
    let _aaguid = take::<16>(rest)?;
    let length = usize::from(u16::from_be_bytes(*take::<2>(rest)?));
    if length > CREDENTIAL_BYTES_MAX {
        return Err(short("a credential id of at most 1,023 bytes"));
    }
    let (id, behind) = rest.split_at_checked(length).ok_or_else(|| short("a whole credential id"))?;
    *rest = behind;
    cbor(rest)?;
    let public_key = behind[..behind.len() - rest.len()].to_vec();
    Ok(Attested { id: id.to_vec(), public_key })
}

/// The authenticator data within an attestation object. What the object says of the authenticator's maker is not read.
pub fn data_of_attestation(bytes: &[u8]) -> Result<Vec<u8>, AnswerError> {
    const MEMBER: &str = "response.attestationObject";
    let unreadable = |expected| AnswerError::Unreadable { member: MEMBER, expected };
    let mut rest = bytes;
    let object = cbor(&mut rest).map_err(|_| unreadable("CBOR"))?;
    if !rest.is_empty() {
        return Err(unreadable("nothing behind the end of the CBOR"));
    }
    let members = object.into_map().map_err(|_| unreadable("a map in CBOR"))?;
    let data = members.into_iter().find(|(name, _)| name.as_text() == Some("authData"));
    data.and_then(|(_, data)| data.into_bytes().ok()).ok_or_else(|| unreadable("`authData` in bytes"))
}

/// The next value of `rest`, which begins behind it afterwards. As deep as keys and extensions go, and a little deeper.
fn cbor(rest: &mut &[u8]) -> Result<Value, AnswerError> {
    ciborium::de::from_reader_with_recursion_limit(rest, 8).map_err(|_| short("CBOR"))
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], AnswerError> {
    let (head, behind) =
        rest.split_first_chunk().ok_or_else(|| short("at least 37 bytes, and all that its flags announce"))?;
    *rest = behind;
    Ok(head)
}

fn short(expected: &'static str) -> AnswerError {
    AnswerError::Unreadable { member: "authenticatorData", expected }
}
