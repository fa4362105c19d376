//! A store in memory: the model that other backends are compared with, and what a private window gets.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::ready;
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
        if let Some((table, key, expected)) = write.only_if
            && records.get(&(table, key)) != expected.as_ref()
        {
            return Err(StorageError::Changed);
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

    fn range(
        &self,
        table: Table,
        from: &str,
        until: &str,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>> {
        let records = self.records.borrow();
        let found = if from < until {
            records
                .range((table, from.to_owned())..(table, until.to_owned()))
                .take(limit as usize)
                .map(|((_, key), value)| (key.clone(), value.clone()))
                .collect()
        } else {
            Vec::new()
        };
        Box::pin(ready(Ok(found)))
    }

    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>> {
        Box::pin(ready(self.apply(write)))
    }

    fn is_lasting(&self) -> bool {
        false
    }
}
