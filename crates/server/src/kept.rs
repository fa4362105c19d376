//! Rows of the directory that payments need, and whom the ledger knows to have been paid before, kept in memory so that a payment reads none of them again.
//!
//! | rows | may change | forgotten |
//! | --- | --- | --- |
//! | shops, orders, versions of orders, codes | never | never |
//! | sessions | end | by the transaction that ends them; what runs out says so itself |
//! | who has paid whom before | never | never |
//! | people, by id and handle, the keys of their notes, what they let go without being asked | names, erasure, the limit | by the transaction that changes them |
//!
//! A missing row is not kept, since it may still be written. Each kind has a bound; when it is reached all of the kind are forgotten and
//! read again. What is forgotten while it is being read is not kept either: a reading remembers how often its kind had been told to forget,
//! and is kept only if that has not changed. The directory calls [`Memory::forget`] after each commit that names something outdated. What
//! other processes change it only hears of a moment later and not by row: then everything that may change is read again, and as long as it
//! hears nothing, nothing counts ([`Rows::get_since`]).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qianbao_core::id::{LinkId, OrderId, PersonId, ShopId};

use crate::codes::rows::Link;
use crate::directory::{Memory, Outdated};
use crate::hosts::Audience;
use crate::identity::rows::Person;
use crate::identity::rows::sessions::Session;
use crate::merchants::rows::Shop;
use crate::orders::rows::{Order, Version};
use crate::payments::note::NoteKey;

/// Most rows of one kind: at most some 40 MB for orders with every line filled, 5 MB as orders are.
const ROWS_MAX: usize = 4_096;
/// Most sessions, people and keys: some 300 bytes each, and every payment needs its own.
const PEOPLE_MAX: usize = 65_536;

/// The rows of one realm.
#[derive(Debug)]
pub struct Kept {
    /// Shops.
    pub shops: Rows<ShopId, Arc<Shop>>,
    /// Shops by their static code.
    pub shop_codes: Rows<LinkId, Arc<Shop>>,
    /// Personal receive codes.
    pub links: Rows<LinkId, Arc<Link>>,
    /// Orders.
    pub orders: Rows<OrderId, Order>,
    /// Versions of orders.
    pub versions: Rows<(OrderId, u32), Arc<Version>>,
    /// Sessions by host and the hash of their token.
    pub sessions: Rows<(Audience, String), Session>,
    /// People.
    pub people: Rows<PersonId, Arc<Person>>,
    /// Who has a handle.
    pub handles: Rows<String, PersonId>,
    /// Keys of notes.
    pub note_keys: Rows<PersonId, NoteKey>,
    /// What people let go without being asked, minor units.
    pub free_limits: Rows<PersonId, i64>,
    /// Who has paid whom before, by the ledger.
    pub acquaintances: Rows<(PersonId, PersonId), ()>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            shops: Rows::new(ROWS_MAX),
            shop_codes: Rows::new(ROWS_MAX),
            links: Rows::new(ROWS_MAX),
            orders: Rows::new(ROWS_MAX),
            versions: Rows::new(ROWS_MAX),
            sessions: Rows::new(PEOPLE_MAX),
            people: Rows::new(PEOPLE_MAX),
            handles: Rows::new(PEOPLE_MAX),
            note_keys: Rows::new(PEOPLE_MAX),
            free_limits: Rows::new(PEOPLE_MAX),
            acquaintances: Rows::new(PEOPLE_MAX),
        }
    }
}

impl Memory for Kept {
    fn forget(&self, what: &Outdated) {
        match what {
            Outdated::Session { audience, token_hash } => self.sessions.forget(&(*audience, token_hash.clone())),
            Outdated::Person(person) => {
                self.people.forget(person);
                self.note_keys.forget(person);
                self.free_limits.forget(person);
                // A handle stays with its person, who may be gone: then the person is not found, and the handle is read again.
                self.handles.forget_where(|id| id == person);
            }
        }
    }
}

/// Rows of one kind by their key.
pub struct Rows<K, V> {
    table: Mutex<Table<K, V>>,
    rows_max: usize,
}

/// Says nothing of the rows: there are keys and names among them.
impl<K, V> std::fmt::Debug for Rows<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("rows_max", &self.rows_max).finish_non_exhaustive()
    }
}

struct Table<K, V> {
    /// Each with what it was kept since.
    rows: HashMap<K, (u64, V)>,
    /// How often something was to be forgotten.
    forgotten: u64,
}

impl<K: Eq + Hash, V: Clone> Rows<K, V> {
    /// No rows yet, and never more than `rows_max`.
    pub fn new(rows_max: usize) -> Self {
        Self { table: Mutex::new(Table { rows: HashMap::new(), forgotten: 0 }), rows_max }
    }

    /// The row with this key of a kind that never changes, read by `read` when it is not kept.
    ///
    /// # Errors
    /// What `read` answers.
    pub async fn get<E>(&self, key: K, read: impl Future<Output = Result<Option<V>, E>>) -> Result<Option<V>, E> {
        self.get_since(Some(0), key, read).await
    }

    /// The row with this key, read by `read` when it is not kept, or was not kept `since` ([`crate::directory::Directory::kept_since`], asked
    /// now): another process may have changed it. With `None` nothing that is kept counts.
    ///
    /// # Errors
    /// What `read` answers.
    pub async fn get_since<E>(
        &self,
        since: Option<u64>,
        key: K,
        read: impl Future<Output = Result<Option<V>, E>>,
    ) -> Result<Option<V>, E> {
        let Some(since) = since else { return read.await };
        let forgotten = {
            let table = self.table();
            if let Some((_, kept)) = table.rows.get(&key).filter(|(kept_since, _)| *kept_since == since) {
                return Ok(Some(kept.clone()));
            }
            table.forgotten
        };
        let Some(row) = read.await? else { return Ok(None) };
        let mut table = self.table();
        if table.forgotten == forgotten {
            if table.rows.len() >= self.rows_max {
                table.rows.clear();
            }
            table.rows.insert(key, (since, row.clone()));
        }
        Ok(Some(row))
    }

    /// Forgets one row.
    pub fn forget(&self, key: &K) {
        let mut table = self.table();
        table.forgotten += 1;
        table.rows.remove(key);
    }

    /// Forgets the rows that are so.
    pub fn forget_where(&self, is_so: impl Fn(&V) -> bool) {
        let mut table = self.table();
        table.forgotten += 1;
        table.rows.retain(|_, (_, row)| !is_so(row));
    }

    fn table(&self) -> MutexGuard<'_, Table<K, V>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_row_is_read_once_and_a_missing_one_again() {
        let rows: Rows<u32, u32> = Rows::new(8);
        let found = async |value: Option<u32>| rows.get(7, async { Ok::<_, ()>(value) }).await;
        assert_eq!(found(None).await, Ok(None));
        assert_eq!(found(Some(1)).await, Ok(Some(1)));
        assert_eq!(found(Some(2)).await, Ok(Some(1)), "the first one read stays");
        rows.forget(&7);
        assert_eq!(found(Some(3)).await, Ok(Some(3)), "until it is forgotten");
        rows.forget_where(|row| *row == 3);
        assert_eq!(found(Some(4)).await, Ok(Some(4)));
    }

    #[tokio::test]
    async fn what_was_kept_before_another_process_wrote_does_not_count() {
        let rows: Rows<u32, u32> = Rows::new(8);
        let found = async |since, value| rows.get_since(since, 7, async move { Ok::<_, ()>(Some(value)) }).await;
        assert_eq!(found(Some(3), 1).await, Ok(Some(1)));
        assert_eq!(found(Some(3), 2).await, Ok(Some(1)));
        assert_eq!(found(Some(4), 2).await, Ok(Some(2)), "something was written meanwhile");
        assert_eq!(found(None, 3).await, Ok(Some(3)), "nothing is heard of the others");
        assert_eq!(found(Some(4), 4).await, Ok(Some(2)), "and nothing was kept then");
    }

    #[tokio::test]
    async fn what_is_forgotten_while_it_is_read_is_not_kept() {
        let rows: Rows<u32, u32> = Rows::new(8);
        let read = async {
            // The transaction that ends it is committed after this reading saw the row and before it came back.
            rows.forget(&7);
            Ok::<_, ()>(Some(1))
        };
        assert_eq!(rows.get(7, read).await, Ok(Some(1)));
        assert_eq!(rows.get(7, async { Ok::<_, ()>(None) }).await, Ok(None), "the next one reads again");
    }

    #[tokio::test]
    async fn the_number_of_rows_is_bounded() {
        let rows: Rows<usize, ()> = Rows::new(3);
        for key in 0..=3 {
            rows.get(key, async { Ok::<_, ()>(Some(())) }).await.expect("never fails");
        }
        assert_eq!(rows.table().rows.len(), 1);
    }
}
