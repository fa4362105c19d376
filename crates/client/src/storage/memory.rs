//! A store in memory: the model that other backends are compared with, and what a private window gets.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::ready;
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::rc::Rc;

use futures::future::LocalBoxFuture;

use super::{Change, Record, Storage, StorageError, Table, Write};

type Records = BTreeMap<(Table, String), Vec<u8>>;

/// A store in memory. Clones share the records, as two tabs share a database.
#[derive(Clone, Debug, Default)]
pub struct MemoryStorage {
    records: Rc<RefCell<Records>>,
}

impl MemoryStorage {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn apply(&self, write: Write) -> Result<(), StorageError> {
        let mut records = self.records.borrow_mut();
        for (table, key, expected) in write.only_if {
            if records.get(&(table, key)) != expected.as_ref() {
                return Err(StorageError::Changed);
            }
        }
        for change in write.changes {
            match change {
                Change::Put(table, key, value) => {
                    records.insert((table, key), value);
                }
                Change::Delete(table, key) => {
                    records.remove(&(table, key));
                }
                Change::Clear(cleared) => records.retain(|(table, _), _| *table != cleared),
            }
        }
        Ok(())
    }
}

impl Storage for MemoryStorage {
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>> {
        let found = self.records.borrow().get(&(table, key.to_owned())).cloned();
        Box::pin(ready(Ok(found)))
    }

    fn list(
        &self,
        table: Table,
        after: Option<&str>,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>> {
        let from = after.map_or(Included((table, String::new())), |after| Excluded((table, after.to_owned())));
        let records = self.records.borrow();
        let of_table = records.range((from, Unbounded)).take_while(|((of, _), _)| *of == table).take(limit as usize);
        let found = of_table.map(|((_, key), value)| Record { key: key.clone(), value: Ok(value.clone()) }).collect();
        Box::pin(ready(Ok(found)))
    }

    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>> {
        Box::pin(ready(self.apply(write)))
    }

    fn is_lasting(&self) -> bool {
        false
    }
}
