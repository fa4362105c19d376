//! Step 1: the four tables, bytes under text keys, no index.

use idb::{Database, Error, ObjectStoreParams};

pub(super) fn run(database: &Database) -> Result<(), Error> {
    for name in ["facts", "blocks", "documents", "outbox"] {
        database.create_object_store(name, ObjectStoreParams::new())?;
    }
    Ok(())
}
