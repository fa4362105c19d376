//! Records, searched and filtered by the server. The mirror has them all without filters; this also finds what it has not
//! loaded yet.

use std::fmt;

use qianbao_api::Page;
use qianbao_api::activity::{Entry, EntryKind};
use qianbao_core::Timestamp;

use super::query::Query;
use crate::client::Client;
use crate::error::ClientError;
use crate::transport::Request;

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Into the wallet.
    In,
    /// Out of the wallet.
    Out,
}

/// Which entries to list. The default is all, 25 a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Rows a page, 1–100; the server's 25 if absent.
    pub limit: Option<u32>,
    /// The id of the last entry of the page before.
    pub starting_after: Option<String>,
    /// Text in name or note, or an amount such as `18.00`.
    pub text: Option<String>,
    /// Only this kind.
    pub kind: Option<EntryKind>,
    /// Only this way.
    pub direction: Option<Direction>,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

struct Word(&'static str);

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

fn kind_word(kind: EntryKind) -> Word {
    Word(match kind {
        EntryKind::Payment => "payment",
        EntryKind::Transfer => "transfer",
        EntryKind::Refund => "refund",
        EntryKind::Topup => "topup",
        EntryKind::Fee => "fee",
    })
}

fn direction_word(direction: Direction) -> Word {
    Word(match direction {
        Direction::In => "in",
        Direction::Out => "out",
    })
}

impl Client {
    /// Entries that pass `filter`, newest first.
    pub async fn activity(&self, filter: &ActivityFilter) -> Result<Page<Entry>, ClientError> {
        let path = Query::new("/v1/activity")
            .with_some("limit", filter.limit.as_ref())
            .with_some("starting_after", filter.starting_after.as_ref())
            .with_some("q", filter.text.as_ref())
            .with_some("kind", filter.kind.map(kind_word).as_ref())
            .with_some("direction", filter.direction.map(direction_word).as_ref())
            .with_some("from", filter.from.map(|from| from.0).as_ref())
            .with_some("to", filter.to.map(|to| to.0).as_ref())
            .done();
        self.ask(Request::get(path)).await
    }
}
