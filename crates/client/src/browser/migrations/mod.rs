//! Migrations of the database, one step a file, append-only. The version of a database is the number of its last step.

mod v1_tables;
mod v2_locks;

use idb::event::VersionChangeEvent;
use idb::{Database, DatabaseEvent, Error};

/// A step.
type Step = fn(&Database) -> Result<(), Error>;

/// All steps, oldest first.
const STEPS: [Step; 2] = [v1_tables::run, v2_locks::run];

/// The version that this build reads and writes.
pub(super) const VERSION: u32 = 2;

/// Runs the steps that the database has not seen. A step that fails leaves a table out, which the opener notices.
pub(super) fn run(event: &VersionChangeEvent) {
    let Ok(database) = event.database() else { return };
    let seen = event.old_version().map_or(0, |version| version as usize);
    for step in STEPS.iter().skip(seen) {
        if step(&database).is_err() {
            return;
        }
    }
}
