//! What every store on the device does alike. Each backend runs all of it.

use qianbao_client::storage::{Change, Durability, Storage, StorageError, Table, Write};

fn write(changes: Vec<Change>) -> Write {
    Write { only_if: Vec::new(), changes, durability: Durability::Relaxed }
}

fn put(table: Table, key: &str, value: &[u8]) -> Change {
    Change::Put(table, key.to_owned(), value.to_vec())
}

async fn keys(storage: &dyn Storage, after: Option<&str>, limit: u32) -> Vec<String> {
    let records = storage.list(Table::Blocks, after, limit).await.expect("the store can be read");
    records.into_iter().map(|record| record.key).collect()
}

/// Runs the suite on an empty store.
#[allow(dead_code, reason = "each backend takes the one that fits")]
pub async fn run(storage: &dyn Storage) -> Result<(), StorageError> {
    run_in(storage, &Table::ALL).await
}

/// Runs the suite on a store that is empty but for the table of locks.
#[allow(dead_code, reason = "each backend takes the one that fits")]
pub async fn run_beside_locks(storage: &dyn Storage) -> Result<(), StorageError> {
    run_in(storage, &[Table::Facts, Table::Blocks, Table::Documents, Table::Outbox]).await
}

async fn run_in(storage: &dyn Storage, tables: &[Table]) -> Result<(), StorageError> {
    puts_and_gets(storage).await?;
    tables_are_apart(storage, tables).await?;
    lists(storage).await?;
    a_write_is_all_or_nothing(storage).await?;
    changes_happen_in_order(storage).await?;
    strict_writes_are_there(storage).await
}

async fn puts_and_gets(storage: &dyn Storage) -> Result<(), StorageError> {
    assert_eq!(storage.get(Table::Facts, "a").await?, None);
    let bytes: Vec<u8> = (0..=255).collect();
    storage.write(write(vec![put(Table::Facts, "a", &bytes), put(Table::Facts, "empty", &[])])).await?;
    assert_eq!(storage.get(Table::Facts, "a").await?, Some(bytes));
    assert_eq!(storage.get(Table::Facts, "empty").await?, Some(Vec::new()));
    storage.write(write(vec![put(Table::Facts, "a", b"2")])).await?;
    assert_eq!(storage.get(Table::Facts, "a").await?, Some(b"2".to_vec()));
    storage.write(write(vec![Change::Delete(Table::Facts, "a".to_owned())])).await?;
    storage.write(write(vec![Change::Delete(Table::Facts, "never".to_owned())])).await?;
    assert_eq!(storage.get(Table::Facts, "a").await?, None);
    storage.write(write(Vec::new())).await
}

async fn tables_are_apart(storage: &dyn Storage, tables: &[Table]) -> Result<(), StorageError> {
    let changes = tables.iter().map(|table| put(*table, "same", table.name().as_bytes())).collect();
    storage.write(write(changes)).await?;
    for table in tables.iter().copied() {
        assert_eq!(storage.get(table, "same").await?, Some(table.name().as_bytes().to_vec()));
    }
    storage.write(write(vec![Change::Clear(Table::Outbox)])).await?;
    assert_eq!(storage.get(Table::Outbox, "same").await?, None);
    assert!(storage.get(Table::Documents, "same").await?.is_some());
    storage.write(write(tables.iter().copied().map(Change::Clear).collect())).await
}

async fn lists(storage: &dyn Storage) -> Result<(), StorageError> {
    let names = ["b00000002", "hot", "b00000000", "茶", "b00000001", ""];
    storage.write(write(names.iter().map(|name| put(Table::Blocks, name, name.as_bytes())).collect())).await?;
    // Which order it is, and what keys look like, is the store's own business.
    let all = keys(storage, None, 100).await;
    assert_eq!(all.len(), names.len());
    assert_eq!(keys(storage, None, 2).await, all[..2]);
    assert_eq!(keys(storage, Some(&all[1]), 3).await, all[2..5]);
    assert_eq!(keys(storage, Some(&all[4]), 100).await, all[5..]);
    assert!(keys(storage, Some(&all[5]), 100).await.is_empty());
    assert!(keys(storage, None, 0).await.is_empty());
    let records = storage.list(Table::Blocks, None, 100).await?;
    let mut values: Vec<Vec<u8>> = records.into_iter().map(|record| record.value).collect::<Result<_, _>>()?;
    values.sort();
    let mut expected = names.map(|name| name.as_bytes().to_vec());
    expected.sort();
    assert_eq!(values, expected);
    storage.write(write(vec![Change::Clear(Table::Blocks)])).await
}

async fn a_write_is_all_or_nothing(storage: &dyn Storage) -> Result<(), StorageError> {
    let guarded = |expected: Option<&[u8]>, value: &[u8]| Write {
        only_if: vec![(Table::Facts, "head".to_owned(), expected.map(<[u8]>::to_vec))],
        changes: vec![
            put(Table::Blocks, "hot", value),
            Change::Delete(Table::Documents, "old".to_owned()),
            put(Table::Facts, "head", value),
        ],
        durability: Durability::Relaxed,
    };
    storage.write(write(vec![put(Table::Documents, "old", b"there")])).await?;
    assert_eq!(storage.write(guarded(Some(b"0"), b"1")).await, Err(StorageError::Changed));
    assert_eq!(storage.get(Table::Blocks, "hot").await?, None);
    assert_eq!(storage.get(Table::Documents, "old").await?, Some(b"there".to_vec()));
    storage.write(guarded(None, b"1")).await?;
    assert_eq!(storage.get(Table::Documents, "old").await?, None);
    assert_eq!(storage.write(guarded(None, b"2")).await, Err(StorageError::Changed));
    storage.write(guarded(Some(b"1"), b"2")).await?;
    assert_eq!(storage.get(Table::Facts, "head").await?, Some(b"2".to_vec()));
    // Two writers at once: one of them wins.
    let (one, two) = futures::join!(storage.write(guarded(Some(b"2"), b"3")), storage.write(guarded(Some(b"2"), b"4")));
    assert_eq!([&one, &two].into_iter().filter(|result| result.is_ok()).count(), 1, "{one:?} {two:?}");
    let won: &[u8] = if one.is_ok() { b"3" } else { b"4" };
    assert_eq!(storage.get(Table::Blocks, "hot").await?, Some(won.to_vec()));
    Ok(())
}

async fn changes_happen_in_order(storage: &dyn Storage) -> Result<(), StorageError> {
    let changes = vec![
        put(Table::Blocks, "b1", b"old"),
        Change::Clear(Table::Blocks),
        put(Table::Blocks, "b2", b"new"),
        put(Table::Blocks, "b2", b"newer"),
    ];
    storage.write(write(changes)).await?;
    assert_eq!(keys(storage, None, 10).await.len(), 1);
    assert_eq!(storage.get(Table::Blocks, "b2").await?, Some(b"newer".to_vec()));
    Ok(())
}

async fn strict_writes_are_there(storage: &dyn Storage) -> Result<(), StorageError> {
    let strict = Write {
        only_if: vec![(Table::Outbox, "pay_1".to_owned(), None)],
        changes: vec![put(Table::Outbox, "pay_1", b"body")],
        durability: Durability::Strict,
    };
    storage.write(strict.clone()).await?;
    assert_eq!(storage.get(Table::Outbox, "pay_1").await?, Some(b"body".to_vec()));
    assert_eq!(storage.write(strict).await, Err(StorageError::Changed));
    Ok(())
}
