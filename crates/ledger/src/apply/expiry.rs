//! The engine's own posting: the void of a pending one whose time has run out.

use qianbao_core::Timestamp;
use qianbao_core::posting::{Draft, Head, Mode, Owner, Posting, PostingId, PostingKind, PostingRef};
use sha2::{Digest, Sha256};

/// Kind of the engine's voids.
pub(crate) const KIND: PostingKind = PostingKind::literal("expiry");

/// The void of `pending`, written at `time`. Its id is derived, so that the same expiry is the same posting.
pub(super) fn void_of(pending: PostingRef, time: Timestamp) -> Posting {
    let mut hash = Sha256::new();
    hash.update(b"qianbao/expiry/1\n");
    hash.update(pending.owner.bytes());
    hash.update(pending.id.uuid().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let unix_ms = u64::try_from(time.millis()).unwrap_or(0);
    let head = Head {
        owner: Owner::ENGINE,
        id: PostingId::from_parts(unix_ms, random),
        kind: KIND,
        reference: String::new(),
        digest,
        not_after: None,
        details: Vec::new(),
    };
    let mut draft = Draft::new(head);
    draft.mode = Mode::Void { pending };
    draft.finish().expect("a void without legs has the right form")
}
