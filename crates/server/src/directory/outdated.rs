//! What a transaction makes outdated in memory.
//!
//! Rows that every payment needs are kept in memory above the directory ([`crate::kept`]). Whoever changes such a row names it in the
//! transaction ([`super::Write::outdates`]); once that is committed, and before whoever began it goes on, the memory forgets it. So what is
//! answered after a sign-out was not decided by a session that is over.
//!
//! Another process that shares the database hears of it by the row `version` ([`super::Directory::kept_since`]), which says only that something
//! changed: then nothing that was kept counts any more.

use std::fmt::Debug;

use qianbao_core::id::PersonId;

use crate::hosts::Audience;

/// What is no longer as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outdated {
    /// A session ended.
    Session {
        /// The kind of host that it was of.
        audience: Audience,
        /// What is kept of its token.
        token_hash: String,
    },
    /// A person has another name or another limit, or is gone with the key of their notes.
    Person(PersonId),
}

/// Keeps rows in memory, and forgets them when it is told.
pub trait Memory: Debug + Send + Sync + 'static {
    /// Forgets `what`, also if it is just being read: what was read before this call is not kept after it.
    fn forget(&self, what: &Outdated);
}
