//! Step 2: the table of the lock. What the other tables keep in clear is sealed by the vault, when the server has given its share.

use idb::{Database, Error, ObjectStoreParams};

pub(super) fn run(database: &Database) -> Result<(), Error> {
    database.create_object_store("locks", ObjectStoreParams::new())?;
    Ok(())
}
