//! The table `shops`.

use std::sync::Arc;

use qianbao_api::merchants::ShopView;
use qianbao_core::id::{LinkId, PersonId, ShopId};
use qianbao_core::money::BasisPoints;
use qianbao_core::{Currency, Timestamp};
use sqlx::AnyPool;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use crate::directory::{DirectoryError, Write};
use crate::realm::Realm;

/// A shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// As everybody sees it.
    pub view: ShopView,
    /// Whose it is.
    pub owner: PersonId,
    /// Currency it collects.
    pub currency: Currency,
    /// What it pays of each payment.
    pub fee: BasisPoints,
    /// Its static code.
    pub link: LinkId,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// Writes a shop that is not there yet.
pub async fn insert(write: &mut Write, shop: &Shop) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO shops (id, owner, name_zh, name_en, category, city, currency, fee_basis_points, link, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(shop.view.id.to_string())
    .bind(shop.owner.to_string())
    .bind(shop.view.name_zh.as_str())
    .bind(shop.view.name_en.as_str())
    .bind(shop.view.category.as_str())
    .bind(shop.view.city.as_str())
    .bind(shop.currency.code())
    .bind(i64::from(shop.fee.get()))
    .bind(shop.link.to_string())
    .bind(shop.created_at.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// The shop of a person.
pub async fn of_owner(readers: &AnyPool, owner: PersonId) -> Result<Option<Shop>, DirectoryError> {
    let row: Option<ShopRow> =
        sqlx::query_as("SELECT * FROM shops WHERE owner = $1").bind(owner.to_string()).fetch_optional(readers).await?;
    row.map(ShopRow::shop).transpose()
}

/// The id of a person's shop, within a write.
pub async fn id_of_owner(write: &mut Write, owner: PersonId) -> Result<Option<ShopId>, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT id FROM shops WHERE owner = $1")
        .bind(owner.to_string())
        .fetch_optional(write.sql())
        .await?;
    let damaged = |_| DirectoryError::Damaged { column: "shops.id" };
    row.map(|(id,)| id.parse().map_err(damaged)).transpose()
}

/// The shop with this id, from memory when it was read before.
pub async fn kept_shop(realm: &Realm, id: ShopId) -> Result<Option<Arc<Shop>>, DirectoryError> {
    let read = async { Ok(by_id(realm.directory.readers(), id).await?.map(Arc::new)) };
    realm.kept.shops.get(id, read).await
}

/// The shop whose static code this is, from memory when it was read before.
pub async fn kept_by_link(realm: &Realm, link: LinkId) -> Result<Option<Arc<Shop>>, DirectoryError> {
    let read = async { Ok(by_link(realm.directory.readers(), link).await?.map(Arc::new)) };
    realm.kept.shop_codes.get(link, read).await
}

/// The shop with this id.
pub async fn by_id(readers: &AnyPool, id: ShopId) -> Result<Option<Shop>, DirectoryError> {
    let row: Option<ShopRow> =
        sqlx::query_as("SELECT * FROM shops WHERE id = $1").bind(id.to_string()).fetch_optional(readers).await?;
    row.map(ShopRow::shop).transpose()
}

/// The shop whose static code this is.
pub async fn by_link(readers: &AnyPool, link: LinkId) -> Result<Option<Shop>, DirectoryError> {
    let row: Option<ShopRow> =
        sqlx::query_as("SELECT * FROM shops WHERE link = $1").bind(link.to_string()).fetch_optional(readers).await?;
    row.map(ShopRow::shop).transpose()
}

struct ShopRow {
    id: String,
    owner: String,
    name_zh: String,
    name_en: String,
    category: String,
    city: String,
    currency: String,
    fee_basis_points: i64,
    link: String,
    created_at: i64,
}

impl<'r> FromRow<'r, AnyRow> for ShopRow {
    fn from_row(row: &'r AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            owner: row.try_get("owner")?,
            name_zh: row.try_get("name_zh")?,
            name_en: row.try_get("name_en")?,
            category: row.try_get("category")?,
            city: row.try_get("city")?,
            currency: row.try_get("currency")?,
            fee_basis_points: row.try_get("fee_basis_points")?,
            link: row.try_get("link")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

impl ShopRow {
    fn shop(self) -> Result<Shop, DirectoryError> {
        let damaged = |column| DirectoryError::Damaged { column };
        Ok(Shop {
            view: ShopView {
                id: self.id.parse().map_err(|_| damaged("shops.id"))?,
                name_zh: self.name_zh,
                name_en: self.name_en,
                category: self.category,
                city: self.city,
            },
            owner: self.owner.parse().map_err(|_| damaged("shops.owner"))?,
            currency: self.currency.parse().map_err(|_| damaged("shops.currency"))?,
            fee: u16::try_from(self.fee_basis_points)
                .ok()
                .and_then(|points| BasisPoints::new(points).ok())
                .ok_or(damaged("shops.fee_basis_points"))?,
            link: self.link.parse().map_err(|_| damaged("shops.link"))?,
            created_at: Timestamp(self.created_at),
        })
    }
}
