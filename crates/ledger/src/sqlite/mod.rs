//! The default backend: one SQLite file that one process owns.
//!
//! - The process that opens it holds an exclusive lock on `FILE.lock` as long as it lives; a second one is refused.
//! - WAL with `synchronous=FULL`, asserted at start: what is answered survives a power cut.
//! - One connection writes, on the engine's thread. A batch writes the log; balances, ids and marks follow from it and are written
//!   once in many batches ([`unwritten`]).
//! - Readers have connections of their own and read in short transactions, so that the WAL stays small.

mod copy;
mod open;
mod reader;
mod rows;
mod schema;
#[cfg(feature = "faults")]
mod trial;
mod unwritten;
mod writer;

pub use copy::{CopyError, check_database, copy_database};
pub use open::{OpenError, Sqlite};
pub use reader::SqliteReader;
pub use writer::SqliteWriter;
