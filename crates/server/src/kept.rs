//! Rows that never change, kept in memory so that a payment need not read them again.
//!
//! Only what is written once is kept: shops, orders, versions of orders. Nothing has to be invalidated, and a missing row is not kept, since it
//! may still be written. Each kind has a bound; when it is reached all of the kind are forgotten and read again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use qianbao_core::id::{OrderId, ShopId};

use crate::merchants::rows::Shop;
use crate::orders::rows::{Order, Version};

/// Most rows of one kind: at most some 40 MB for orders with every line filled, 5 MB as orders are.
const ROWS_MAX: usize = 4_096;

/// The rows of one realm.
#[derive(Debug, Default)]
pub struct Kept {
    /// Shops.
    pub shops: Rows<ShopId, Arc<Shop>>,
    /// Orders.
    pub orders: Rows<OrderId, Order>,
    /// Versions of orders.
    pub versions: Rows<(OrderId, u32), Arc<Version>>,
}

/// Rows of one kind by their key.
#[derive(Debug)]
pub struct Rows<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash, V: Clone> Rows<K, V> {
    /// The row with this key, read by `read` when it is not kept.
    ///
    /// # Errors
    /// What `read` answers.
    pub async fn get<E>(&self, key: K, read: impl Future<Output = Result<Option<V>, E>>) -> Result<Option<V>, E> {
        if let Some(kept) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(kept.clone()));
        }
        let Some(row) = read.await? else { return Ok(None) };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= ROWS_MAX {
            kept.clear();
        }
        kept.insert(key, row.clone());
        Ok(Some(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_row_is_read_once_and_a_missing_one_again() {
        let rows: Rows<u32, u32> = Rows::default();
        let found = async |value: Option<u32>| rows.get(7, async { Ok::<_, ()>(value) }).await;
        assert_eq!(found(None).await, Ok(None));
        assert_eq!(found(Some(1)).await, Ok(Some(1)));
        assert_eq!(found(Some(2)).await, Ok(Some(1)), "the first one read stays");
    }

    #[tokio::test]
    async fn the_number_of_rows_is_bounded() {
        let rows: Rows<usize, ()> = Rows::default();
        for key in 0..=ROWS_MAX {
            rows.get(key, async { Ok::<_, ()>(Some(())) }).await.expect("never fails");
        }
        assert_eq!(rows.0.lock().expect("no panic before").len(), 1);
    }
}
