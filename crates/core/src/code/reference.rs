//! The packed reference of object 26-01; its layout stands at the top of [`code`](super).

use uuid::Uuid;

use super::{CodeError, KeyId};
use crate::Timestamp;
use crate::encoding::{base64url, from_base64url};
use crate::id::{Id, LinkId, OrderId, ShopId};

/// The reference, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) key: KeyId,
    pub(super) shop: ShopId,
    pub(super) what: What,
}

/// What the code is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Order { order: OrderId, version: u32, expires_at: Timestamp },
    Static(LinkId),
}

/// Seconds that fit into five bytes.
const SECONDS_END: i64 = 1 << 40;

impl Reference {
    pub(super) fn pack(&self) -> Result<String, CodeError> {
        let (kind, id) = match self.what {
            What::Order { order, .. } => (1, order.uuid()),
            What::Static(link) => (2, link.uuid()),
        };
        let mut bytes = [[kind].as_slice(), &self.key.0, self.shop.uuid().as_bytes(), id.as_bytes()].concat();
        if let What::Order { version, expires_at, .. } = self.what {
            let seconds = expires_at.millis().div_euclid(1_000);
            if version == 0 || !(0..SECONDS_END).contains(&seconds) {
                return Err(CodeError::Range);
            }
            bytes.extend_from_slice(&seconds.to_be_bytes()[3..]);
            bytes.extend(version.to_be_bytes().into_iter().skip_while(|&byte| byte == 0));
        }
        Ok(base64url(&bytes))
    }

    pub(super) fn unpack(text: &str) -> Result<Self, CodeError> {
        let bytes = from_base64url(text).ok_or(CodeError::Reference)?;
        Self::from_bytes(&bytes).ok_or(CodeError::Reference)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&kind, rest) = bytes.split_first()?;
        let (&key, rest) = rest.split_first_chunk::<4>()?;
        let (&shop, rest) = rest.split_first_chunk::<16>()?;
        let (&id, rest) = rest.split_first_chunk::<16>()?;
        let what = match (kind, rest) {
            (1, _) => Self::order(id, rest)?,
            (2, []) => What::Static(Id::from_uuid(Uuid::from_bytes(id))),
            _ => return None,
        };
        Some(Self { key: KeyId(key), shop: Id::from_uuid(Uuid::from_bytes(shop)), what })
    }

    fn order(id: [u8; 16], rest: &[u8]) -> Option<What> {
        let (seconds, version) = rest.split_first_chunk::<5>()?;
        let big_endian = |bytes: &[u8]| bytes.iter().fold(0_i64, |sum, &byte| sum << 8 | i64::from(byte));
        if version.len() > 4 || version.first().is_none_or(|&first| first == 0) {
            return None;
        }
        let expires_at = Timestamp::from_millis(big_endian(seconds) * 1_000);
        let version = u32::try_from(big_endian(version)).ok()?;
        Some(What::Order { order: Id::from_uuid(Uuid::from_bytes(id)), version, expires_at })
    }
}
