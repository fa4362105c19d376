//! The store in `IndexedDB`: one database, one object store a table, bytes under text keys.
//!
//! A transaction commits itself as soon as anything but `IndexedDB` is awaited, so whatever is to be written is computed
//! before the transaction begins. Cost is per record, not per byte; that is why entries lie in blocks.
//!
//! Each operation runs to its end on its own: a caller that goes away (a closed screen) neither cuts a write in half nor
//! leaves the browser calling into nothing.

use std::cell::{Cell, RefCell};
use std::future::{Future, IntoFuture};
use std::rc::Rc;

use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use idb::{Database, Error, Factory, KeyRange, ObjectStore, Query, Transaction};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, DomException, IdbDatabase, IdbTransaction, IdbTransactionMode};

use super::migrations;
use crate::storage::{Change, Durability, Record, Storage, StorageError, Table, Write};

/// Where the device's own key lies, beside the lock; wiped with it.
const OWN_KEY: &str = "own";

#[wasm_bindgen]
extern "C" {
    // web-sys keeps the options of a transaction behind an unstable flag.
    #[wasm_bindgen(extends = IdbDatabase)]
    type DurableDatabase;
    #[wasm_bindgen(catch, method, js_name = transaction)]
    fn transaction_with_options(
        this: &DurableDatabase,
        stores: &Array,
        mode: &str,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

/// The store of this origin. Clones are one connection.
///
/// The browser may close it under the page: when the person clears the site's data, when signing out does
/// (`Clear-Site-Data`), or when a newer page migrates. The next operation opens it again.
#[derive(Clone)]
pub struct IndexedStorage {
    name: Rc<str>,
    connection: Rc<RefCell<Connection>>,
}

/// An open connection, with the handler that lets a newer page migrate.
struct Connection {
    database: IdbDatabase,
    _handler: Database,
}

impl IndexedStorage {
    /// Opens the database `name`, making or migrating it first.
    pub async fn open(name: &str) -> Result<Self, StorageError> {
        let connection = Rc::new(RefCell::new(connect(name).await?));
        Ok(Self { name: name.into(), connection })
    }

    /// Removes the database `name`; open connections let go of it.
    pub async fn delete(name: &str) -> Result<(), StorageError> {
        let request = Factory::new().and_then(|factory| factory.delete(name)).map_err(|error| failed(&error))?;
        request.await.map_err(|error| failed(&error))
    }

    /// The key of this device that no script can read: the one that lies here, else `made` from now on.
    pub(super) async fn own_key(&self, made: CryptoKey) -> Result<CryptoKey, StorageError> {
        self.with(move |database| kept_key(database, made.clone())).await
    }

    /// Does `work`, and once more on a new connection if the old one was closed before it began.
    fn with<T: 'static, F: Future<Output = Result<T, StorageError>>>(
        &self,
        work: impl Fn(IdbDatabase) -> F + 'static,
    ) -> LocalBoxFuture<'static, Result<T, StorageError>> {
        let storage = self.clone();
        detached(async move {
            let database = storage.connection.borrow().database.clone();
            match work(database.clone()).await {
                Err(StorageError::Closed) => work(storage.reconnect(&database).await?).await,
                result => result,
            }
        })
    }

    /// A connection other than `closed`.
    async fn reconnect(&self, closed: &IdbDatabase) -> Result<IdbDatabase, StorageError> {
        let fresh = connect(&self.name).await.map_err(|_| StorageError::Closed)?;
        let mut connection = self.connection.borrow_mut();
        if connection.database == *closed {
            *connection = fresh;
        } else {
            // Another operation was faster.
            fresh.database.close();
        }
        Ok(connection.database.clone())
    }
}

async fn kept_key(database: IdbDatabase, made: CryptoKey) -> Result<CryptoKey, StorageError> {
    let key = JsValue::from_str(OWN_KEY);
    let begun = database.transaction_with_str_and_mode(Table::Locks.name(), IdbTransactionMode::Readwrite);
    let transaction = begun.map_err(|error| thrown(&error))?;
    let locks = store(&transaction, Table::Locks)?;
    let kept = locks.get(key.clone()).map_err(|error| failed(&error))?.await.map_err(|error| failed(&error))?;
    if let Some(kept) = kept.and_then(|kept| kept.dyn_into().ok()) {
        return Ok(kept);
    }
    locks.put(&made, Some(&key)).map_err(|error| failed(&error))?;
    ended(transaction).await.map(|()| made)
}

async fn connect(name: &str) -> Result<Connection, StorageError> {
    let factory = Factory::new().map_err(|error| failed(&error))?;
    let mut request = factory.open(name, Some(migrations::VERSION)).map_err(|error| failed(&error))?;
    request.on_upgrade_needed(|event| migrations::run(&event));
    let database = IdbDatabase::from(request.await.map_err(|error| failed(&error))?);
    let mut handler = Database::from(database.clone());
    let stores = handler.store_names();
    if Table::ALL.iter().any(|table| !stores.iter().any(|name| name == table.name())) {
        handler.close();
        return Err(StorageError::Failed("a table is missing".to_owned()));
    }
    // A newer page wants to migrate: let go, or it waits for ever.
    let open = database.clone();
    handler.on_version_change(move |_| open.close());
    Ok(Connection { database, _handler: handler })
}

impl Storage for IndexedStorage {
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>> {
        let key = JsValue::from_str(key);
        self.with(move |database| {
            let key = key.clone();
            async move {
                let value = read(&database, table)?.get(key).map_err(|error| failed(&error))?;
                Ok(value.await.map_err(|error| failed(&error))?.as_ref().map(bytes))
            }
        })
    }

    fn list(
        &self,
        table: Table,
        after: Option<&str>,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>> {
        // To the browser no limit and a limit of 0 are the same.
        if limit == 0 {
            return Box::pin(std::future::ready(Ok(Vec::new())));
        }
        let after = after.map(JsValue::from_str);
        self.with(move |database| records(database, table, after.clone(), limit))
    }

    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>> {
        let write = Rc::new(write);
        self.with(move |database| commit(database, write.clone()))
    }

    fn is_lasting(&self) -> bool {
        true
    }
}

async fn records(
    database: IdbDatabase,
    table: Table,
    after: Option<JsValue>,
    limit: u32,
) -> Result<Vec<Record>, StorageError> {
    let query = || after.as_ref().map(|after| KeyRange::lower_bound(after, Some(true)).map(Query::from)).transpose();
    let store = read(&database, table)?;
    let both = || {
        let keys = store.get_all_keys(query()?, Some(limit))?.into_future();
        let values = store.get_all(query()?, Some(limit))?.into_future();
        Ok::<_, Error>((keys, values))
    };
    let (keys, values) = both().map_err(|error| failed(&error))?;
    let keys = keys.await.map_err(|error| failed(&error))?;
    let values = values.await.map_err(|error| failed(&error))?;
    let pairs = keys.iter().zip(&values);
    Ok(pairs.map(|(key, value)| Record { key: key.as_string().unwrap_or_default(), value: Ok(bytes(value)) }).collect())
}

/// Runs `work` to its end whether or not the answer is still wanted.
fn detached<T: 'static>(
    work: impl Future<Output = Result<T, StorageError>> + 'static,
) -> LocalBoxFuture<'static, Result<T, StorageError>> {
    let (sender, receiver) = oneshot::channel();
    wasm_bindgen_futures::spawn_local(async move {
        // Nobody waits for the answer any more: the work is done all the same.
        let _ = sender.send(work.await);
    });
    Box::pin(async { receiver.await.unwrap_or_else(|_| Err(StorageError::Failed("the page is closing".to_owned()))) })
}

fn read(database: &IdbDatabase, table: Table) -> Result<ObjectStore, StorageError> {
    let transaction = database
        .transaction_with_str_and_mode(table.name(), IdbTransactionMode::Readonly)
        .map_err(|error| thrown(&error))?;
    store(&transaction, table)
}

fn store(transaction: &IdbTransaction, table: Table) -> Result<ObjectStore, StorageError> {
    transaction.object_store(table.name()).map(ObjectStore::from).map_err(|error| thrown(&error))
}

fn begin(database: &IdbDatabase, write: &Write) -> Result<IdbTransaction, StorageError> {
    let touched = write.changes.iter().map(|change| match change {
        Change::Put(table, ..) | Change::Delete(table, _) | Change::Clear(table) => *table,
    });
    let compared = write.only_if.iter().map(|(table, ..)| *table);
    let named: Vec<Table> = touched.chain(compared).collect();
    let tables = Table::ALL.into_iter().filter(|table| named.contains(table));
    let stores: Array = tables.map(|table| JsValue::from_str(table.name())).collect();
    let options = Object::new();
    let durability = match write.durability {
        Durability::Relaxed => "relaxed",
        Durability::Strict => "strict",
    };
    Reflect::set(&options, &JsValue::from_str("durability"), &JsValue::from_str(durability))
        .map_err(|error| thrown(&error))?;
    database
        .unchecked_ref::<DurableDatabase>()
        .transaction_with_options(&stores, "readwrite", &options)
        .map_err(|error| thrown(&error))
}

async fn commit(database: IdbDatabase, write: Rc<Write>) -> Result<(), StorageError> {
    if write.changes.is_empty() {
        return Ok(());
    }
    let transaction = begin(&database, &write)?;
    for (table, key, expected) in &write.only_if {
        let current = store(&transaction, *table)?.get(JsValue::from_str(key)).map_err(|error| failed(&error))?;
        let current = current.await.map_err(|error| failed(&error))?;
        if current.as_ref().map(bytes) != *expected {
            transaction.abort().map_err(|error| thrown(&error))?;
            return Err(StorageError::Changed);
        }
    }
    for change in &write.changes {
        apply(&transaction, change)?;
    }
    ended(transaction).await
}

async fn ended(transaction: IdbTransaction) -> Result<(), StorageError> {
    if is_committed(transaction.clone()).await {
        return Ok(());
    }
    let error = transaction.error();
    Err(error.map_or_else(|| StorageError::Failed("the write was aborted".to_owned()), |error| excepted(&error)))
}

/// Waits for the end of a transaction. `Transaction`'s own future is over at its `error` event; the `abort` event that
/// always follows would then call a closure that is gone.
async fn is_committed(transaction: IdbTransaction) -> bool {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let tell = |is_committed: bool| {
        let sender = sender.clone();
        move |_| {
            if let Some(sender) = sender.take() {
                // The receiver below waits for as long as the closures live.
                let _ = sender.send(is_committed);
            }
        }
    };
    let mut watched = Transaction::from(transaction);
    watched.on_complete(tell(true));
    watched.on_abort(tell(false));
    receiver.await.unwrap_or(false)
}

fn apply(transaction: &IdbTransaction, change: &Change) -> Result<(), StorageError> {
    let done = match change {
        Change::Put(table, key, value) => {
            let value = Uint8Array::from(value.as_slice());
            store(transaction, *table)?.put(&value, Some(&JsValue::from_str(key))).map(drop)
        }
        Change::Delete(table, key) => store(transaction, *table)?.delete(JsValue::from_str(key)).map(drop),
        Change::Clear(table) => store(transaction, *table)?.clear().map(drop),
    };
    done.map_err(|error| failed(&error))
}

fn bytes(value: &JsValue) -> Vec<u8> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default()
}

fn failed(error: &Error) -> StorageError {
    match error {
        Error::DomException(exception) => excepted(exception),
        Error::UpdateFailed(value) | Error::AddFailed(value) => thrown(value),
        other => StorageError::Failed(other.to_string()),
    }
}

fn thrown(value: &JsValue) -> StorageError {
    value.dyn_ref::<DomException>().map_or_else(|| StorageError::Failed("an exception".to_owned()), excepted)
}

fn excepted(exception: &DomException) -> StorageError {
    match exception.name().as_str() {
        "QuotaExceededError" => StorageError::Full,
        "InvalidStateError" => StorageError::Closed,
        _ => StorageError::Failed(exception.message()),
    }
}
