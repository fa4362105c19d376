//! The store in memory keeps the contract of stores.

use qianbao_client::storage::StorageError;
use qianbao_client::storage::memory::MemoryStorage;

use crate::conformance;

#[test]
fn memory_conforms() -> Result<(), StorageError> {
    futures::executor::block_on(conformance::run(&MemoryStorage::new()))
}
