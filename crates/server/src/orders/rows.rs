//! The tables `orders` and `order_versions`: rows are written once and never changed.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use qianbao_api::orders::OrderLine;
use qianbao_core::id::{OrderId, ShopId};
use qianbao_core::{Currency, Money, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyPool, FromRow, Row};

use super::content::Content;
use crate::directory::{DirectoryError, Write};
use crate::realm::Realm;

/// What never changes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Whose order.
    pub shop: ShopId,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last moment of payment.
    pub expires_at: Timestamp,
}

/// One version of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// What it is for.
    pub content: Content,
    /// SHA-256 of the request that made it.
    pub digest: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
}

/// Writes an order that is not there yet, without a version.
pub async fn insert_order(write: &mut Write, order: &Order) -> Result<(), DirectoryError> {
    sqlx::query("INSERT INTO orders (id, shop, currency, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(order.id.to_string())
        .bind(order.shop.to_string())
        .bind(order.currency.code())
        .bind(order.created_at.0)
        .bind(order.expires_at.0)
        .execute(write.sql())
        .await?;
    Ok(())
}

/// Writes a version that is not there yet.
pub async fn insert_version(write: &mut Write, order: OrderId, version: &Version) -> Result<(), DirectoryError> {
    let lines = serde_json::to_string(&version.content.lines)
        .map_err(|_| DirectoryError::Damaged { column: "order_versions.lines" })?;
    sqlx::query(
        "INSERT INTO order_versions (order_id, version, amount, lines, description, digest, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(order.to_string())
    .bind(i64::from(version.number))
    .bind(version.content.amount.minor)
    .bind(lines)
    .bind(version.content.description.as_str())
    .bind(HEXLOWER.encode(&version.digest))
    .bind(version.created_at.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// The order with this id, from memory when it was read before.
pub async fn kept_order(realm: &Realm, id: OrderId) -> Result<Option<Order>, DirectoryError> {
    // The block asks for a connection only when the row has to be read.
    realm.kept.orders.get(id, async { order(realm.directory.readers(), id).await }).await
}

/// One version of an order, from memory when it was read before.
pub async fn kept_version(realm: &Realm, order: &Order, number: u32) -> Result<Option<Arc<Version>>, DirectoryError> {
    let read = async { Ok(version(realm.directory.readers(), order, number).await?.map(Arc::new)) };
    realm.kept.versions.get((order.id, number), read).await
}

/// The order with this id, whoever's it is.
pub async fn order(readers: &AnyPool, id: OrderId) -> Result<Option<Order>, DirectoryError> {
    let row: Option<OrderRow> =
        sqlx::query_as("SELECT id, shop, currency, created_at, expires_at FROM orders WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(readers)
            .await?;
    row.map(OrderRow::order).transpose()
}

/// The order with this id, if it is this shop's.
pub async fn order_of(readers: &AnyPool, shop: ShopId, id: OrderId) -> Result<Option<Order>, DirectoryError> {
    let row: Option<OrderRow> =
        sqlx::query_as("SELECT id, shop, currency, created_at, expires_at FROM orders WHERE id = $1 AND shop = $2")
            .bind(id.to_string())
            .bind(shop.to_string())
            .fetch_optional(readers)
            .await?;
    row.map(OrderRow::order).transpose()
}

/// Orders of a shop older than `before`, newest first.
pub async fn page(
    readers: &AnyPool,
    shop: ShopId,
    before: Option<&Order>,
    limit: i64,
) -> Result<Vec<Order>, DirectoryError> {
    let (created_at, id) = before.map_or((i64::MAX, String::new()), |order| (order.created_at.0, order.id.to_string()));
    let rows: Vec<OrderRow> = sqlx::query_as(
        "SELECT id, shop, currency, created_at, expires_at FROM orders
         WHERE shop = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3))
         ORDER BY created_at DESC, id DESC LIMIT $4",
    )
    .bind(shop.to_string())
    .bind(created_at)
    .bind(id)
    .bind(limit)
    .fetch_all(readers)
    .await?;
    rows.into_iter().map(OrderRow::order).collect()
}

/// An order whose time ended; one that cannot be read is an item like the others.
#[derive(Debug)]
pub struct Ended {
    /// Its id, as it is stored.
    pub id: String,
    /// Last moment of payment.
    pub expires_at: Timestamp,
    /// The order.
    pub order: Result<Order, DirectoryError>,
}

/// Orders whose time ended after (`after`, its id) and at or before `until`, oldest end first.
pub async fn ended(
    readers: &AnyPool,
    after: (Timestamp, &str),
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Ended>, DirectoryError> {
    let rows: Vec<OrderRow> = sqlx::query_as(
        "SELECT id, shop, currency, created_at, expires_at FROM orders
         WHERE (expires_at > $1 OR (expires_at = $1 AND id > $2)) AND expires_at <= $3
         ORDER BY expires_at, id LIMIT $4",
    )
    .bind(after.0.0)
    .bind(after.1)
    .bind(until.0)
    .bind(limit)
    .fetch_all(readers)
    .await?;
    let ended = |row: OrderRow| Ended { id: row.0.clone(), expires_at: Timestamp(row.4), order: row.order() };
    Ok(rows.into_iter().map(ended).collect())
}

/// One version of an order.
pub async fn version(readers: &AnyPool, order: &Order, number: u32) -> Result<Option<Version>, DirectoryError> {
    let row: Option<VersionRow> = sqlx::query_as(
        "SELECT version, amount, lines, description, digest, created_at FROM order_versions
         WHERE order_id = $1 AND version = $2",
    )
    .bind(order.id.to_string())
    .bind(i64::from(number))
    .fetch_optional(readers)
    .await?;
    row.map(|row| row.version(order.currency)).transpose()
}

/// The newest version that was written, whether or not its edit happened.
pub async fn newest_version(readers: &AnyPool, order: &Order) -> Result<Option<Version>, DirectoryError> {
    let row: Option<VersionRow> = sqlx::query_as(
        "SELECT version, amount, lines, description, digest, created_at FROM order_versions
         WHERE order_id = $1 ORDER BY version DESC LIMIT 1",
    )
    .bind(order.id.to_string())
    .fetch_optional(readers)
    .await?;
    row.map(|row| row.version(order.currency)).transpose()
}

struct OrderRow(String, String, String, i64, i64);

impl<'r> FromRow<'r, AnyRow> for OrderRow {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?))
    }
}

impl OrderRow {
    fn order(self) -> Result<Order, DirectoryError> {
        let damaged = |column| DirectoryError::Damaged { column };
        Ok(Order {
            id: self.0.parse().map_err(|_| damaged("orders.id"))?,
            shop: self.1.parse().map_err(|_| damaged("orders.shop"))?,
            currency: self.2.parse().map_err(|_| damaged("orders.currency"))?,
            created_at: Timestamp(self.3),
            expires_at: Timestamp(self.4),
        })
    }
}

struct VersionRow(i64, i64, String, String, String, i64);

impl<'r> FromRow<'r, AnyRow> for VersionRow {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        let (lines, description, digest) = (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        Ok(Self(row.try_get(0)?, row.try_get(1)?, lines, description, digest, row.try_get(5)?))
    }
}

impl VersionRow {
    fn version(self, currency: Currency) -> Result<Version, DirectoryError> {
        let damaged = |column| DirectoryError::Damaged { column };
        let lines: Vec<OrderLine> = serde_json::from_str(&self.2).map_err(|_| damaged("order_versions.lines"))?;
        Ok(Version {
            number: u32::try_from(self.0).map_err(|_| damaged("order_versions.version"))?,
            content: Content { amount: Money::new(self.1, currency), lines, description: self.3 },
            digest: digest(&self.4).ok_or(damaged("order_versions.digest"))?,
            created_at: Timestamp(self.5),
        })
    }
}

fn digest(hex: &str) -> Option<[u8; 32]> {
    HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}
