//! A ledger in Postgres, which several server processes may share.
//!
//! # Order
//!
//! A batch first locks the one row of `head` and nothing else: whoever has it writes, everybody else waits, so all
//! processes write in one order, sequences have no gaps and nothing can deadlock. What the batch decides on is read
//! after that, by statements that each see everything committed before. The sequence is unique in the table as well:
//! where a database only promises to notice two writers at the end (40001), one of them runs again.
//!
//! # Round trips of a batch, whatever its size
//!
//! 1. begin, lock, last posting, the database's time;
//! 2. ids: none for those that look new (the insert notices one that is not, and the batch runs again with every id
//!    looked up) · what has expired: none until the next expiry · claims: one · accounts: none as long as nobody else
//!    has written since and they were used lately, else one · postings that are settled or voided: one;
//! 3. one statement for each kind of row: the log and the ids (always), accounts that were touched, and where there are
//!    any: new accounts, marks, claims taken, claims freed, pending postings;
//! 4. commit.
//!
//! # When something goes wrong
//!
//! The lock is waited for at most 1.5 s, a statement takes at most 2 s, and the database ends a session that stands still
//! in a transaction for 1 s: a process that is stopped in the middle stops nobody else for longer. A batch that was in
//! somebody's way or lost its connection runs again, after a growing pause with chance in it. When the connection is lost
//! at the commit, the same batch runs again and every id is looked up: what was stored answers as it was stored.
//!
//! Acknowledged means durable: each connection that writes checks `fsync`, `full_page_writes` and `synchronous_commit`,
//! and the ledger does not run where they are not on. Commit times come from the database's clock, read under the lock.

mod fault;
mod open;
mod place;
mod reader;
mod rows;
mod schema;
mod session;
mod store;
mod thread;
#[cfg(feature = "faults")]
mod trial;
mod writer;

pub use open::{CommitClock, OpenPostgresError, Postgres};
pub use place::{Place, PlaceError};
pub use reader::PostgresReader;
pub use writer::PostgresWriter;
