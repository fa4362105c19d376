//! A ledger in Postgres, which several server processes may share. How it works stands at [`Postgres`].

mod fault;
mod open;
mod place;
mod reader;
mod rows;
mod rules;
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
pub use rules::{DURABLE_SETTINGS, is_made_by_another};
pub use writer::PostgresWriter;
