//! The sealed store over a store in memory.

use futures::executor::block_on;

use super::*;
use crate::storage::memory::MemoryStorage;
use crate::storage::{Durability, Table};
use crate::vault::cipher::{Cipher, Secret};

#[path = "../../../tests/cipher/mod.rs"]
mod cipher;
#[path = "../../../tests/conformance/mod.rs"]
mod conformance;

/// A store in memory that says it outlives the page.
#[derive(Clone, Default)]
struct Lasting(MemoryStorage);

impl Storage for Lasting {
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>> {
        self.0.get(table, key)
    }
    fn list(
        &self,
        table: Table,
        after: Option<&str>,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>> {
        self.0.list(table, after, limit)
    }
    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>> {
        self.0.write(write)
    }
    fn is_lasting(&self) -> bool {
        true
    }
}

fn opened_with(raw: &Lasting, secret: u8) -> Result<SealedStorage, StorageError> {
    let key = cipher::Handle(Rc::default()).key(&Secret::new(vec![secret; 32]), b"salt", "store");
    let storage = SealedStorage::new(Rc::new(raw.clone()));
    storage.set_key(block_on(key)?, vec![1]);
    Ok(storage)
}

fn stamped() -> Result<Lasting, StorageError> {
    let raw = Lasting::default();
    let changes = vec![Change::Put(Table::Locks, STAMP.to_owned(), vec![1])];
    block_on(raw.write(Write { only_if: Vec::new(), changes, durability: Durability::Strict }))?;
    Ok(raw)
}

fn put(table: Table, key: &str, value: &[u8]) -> Write {
    let changes = vec![Change::Put(table, key.to_owned(), value.to_vec())];
    Write { only_if: Vec::new(), changes, durability: Durability::Strict }
}

#[test]
fn it_conforms() -> Result<(), StorageError> {
    let raw = stamped()?;
    block_on(conformance::run_beside_locks(&opened_with(&raw, 1)?))
}

#[test]
fn without_its_key_it_neither_reads_nor_writes() -> Result<(), StorageError> {
    let raw = stamped()?;
    let storage = opened_with(&raw, 1)?;
    block_on(storage.write(put(Table::Facts, "a", b"1")))?;
    storage.close();
    assert_eq!(block_on(storage.get(Table::Facts, "a")), Err(StorageError::Locked));
    assert_eq!(block_on(storage.list(Table::Facts, None, 9)), Err(StorageError::Locked));
    assert_eq!(block_on(storage.write(put(Table::Facts, "a", b"2"))), Err(StorageError::Locked));
    assert_eq!(block_on(opened_with(&raw, 1)?.get(Table::Facts, "a"))?, Some(b"1".to_vec()));
    Ok(())
}

#[test]
fn another_key_finds_nothing_and_opens_nothing() -> Result<(), StorageError> {
    let raw = stamped()?;
    block_on(opened_with(&raw, 1)?.write(put(Table::Facts, "a", b"1")))?;
    let other = opened_with(&raw, 2)?;
    assert_eq!(block_on(other.get(Table::Facts, "a"))?, None);
    let listed = block_on(other.list(Table::Facts, None, 9))?;
    assert!(matches!(listed[0].value, Err(StorageError::Unreadable(_))));
    Ok(())
}

#[test]
fn a_record_belongs_where_it_was_sealed() -> Result<(), StorageError> {
    let raw = stamped()?;
    let storage = opened_with(&raw, 1)?;
    block_on(storage.write(put(Table::Facts, "a", b"1")))?;
    block_on(storage.write(put(Table::Facts, "b", b"2")))?;
    let lies = block_on(raw.list(Table::Facts, None, 9))?;
    let [one, two] = &lies[..] else { return Err(StorageError::Changed) };
    block_on(raw.write(put(Table::Facts, &one.key, &two.value.clone()?)))?;
    block_on(raw.write(put(Table::Documents, &two.key, &two.value.clone()?)))?;
    let found = [block_on(storage.get(Table::Facts, "a")), block_on(storage.get(Table::Facts, "b"))];
    assert_eq!(found.iter().filter(|found| matches!(found, Err(StorageError::Unreadable(_)))).count(), 1);
    assert!(block_on(storage.list(Table::Documents, None, 9))?[0].value.is_err());
    Ok(())
}

#[test]
fn the_same_bytes_never_lie_there_twice() -> Result<(), StorageError> {
    let raw = stamped()?;
    let storage = opened_with(&raw, 1)?;
    let mut seen = Vec::new();
    for _ in 0..3 {
        block_on(storage.write(put(Table::Facts, "a", b"the same")))?;
        seen.push(block_on(raw.list(Table::Facts, None, 9))?.remove(0).value?);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3);
    Ok(())
}

#[test]
fn where_the_lock_is_another_one_nothing_is_written() -> Result<(), StorageError> {
    let raw = stamped()?;
    let storage = opened_with(&raw, 1)?;
    block_on(raw.write(put(Table::Locks, STAMP, &[2])))?;
    assert_eq!(block_on(storage.write(put(Table::Outbox, "pay_1", b"1"))), Err(StorageError::Locked));
    assert!(!storage.is_open());
    assert!(block_on(raw.list(Table::Outbox, None, 9))?.is_empty());
    Ok(())
}
