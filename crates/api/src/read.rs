//! Reading tagged values without keeping them twice.
//!
//! What serde derives for a tagged enum first copies the whole value into a tree of its own, because the tag may come last,
//! and so compiles the reading of each variant twice. In the browser that was a tenth of the wallet's code. Here the fields
//! of a payee are read side by side, and a document's `kind` is expected before its `value`, as the server writes it.

use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::merchants::ShopView;
use crate::payments::PayeeView;
use crate::sync::DocumentBody;

/// The fields of all kinds of [`PayeeView`] side by side.
#[derive(Deserialize)]
pub(crate) struct PayeeFields {
    kind: PayeeKind,
    id: Option<String>,
    name_zh: Option<String>,
    name_en: Option<String>,
    category: Option<String>,
    city: Option<String>,
    handle: Option<String>,
    display_name: Option<String>,
    legal_name_masked: Option<String>,
    name: Option<String>,
    last4: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PayeeKind {
    Shop,
    Person,
    Bank,
}

impl TryFrom<PayeeFields> for PayeeView {
    type Error = &'static str;

    fn try_from(fields: PayeeFields) -> Result<Self, &'static str> {
        let id = fields.id.as_deref();
        Ok(match fields.kind {
            PayeeKind::Shop => Self::Shop(ShopView {
                id: id.and_then(|id| id.parse().ok()).ok_or("expected the id of a shop")?,
                name_zh: fields.name_zh.ok_or("expected the name_zh of a shop")?,
                name_en: fields.name_en.ok_or("expected the name_en of a shop")?,
                category: fields.category.ok_or("expected the category of a shop")?,
                city: fields.city.ok_or("expected the city of a shop")?,
            }),
            PayeeKind::Person => Self::Person {
                id: id.and_then(|id| id.parse().ok()).ok_or("expected the id of a person")?,
                handle: fields.handle.ok_or("expected the handle of a person")?,
                display_name: fields.display_name.ok_or("expected the display_name of a person")?,
                legal_name_masked: fields.legal_name_masked.ok_or("expected the legal_name_masked of a person")?,
            },
            PayeeKind::Bank => {
                Self::Bank { name: fields.name.ok_or("expected the name of a bank")?, last4: fields.last4 }
            }
        })
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BodyKind {
    Person,
    Wallet,
    Topup,
    Shop,
    Order,
    Gone,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BodyField {
    Kind,
    Value,
}

impl<'de> Deserialize<'de> for DocumentBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("DocumentBody", &["kind", "value"], BodyVisitor)
    }
}

struct BodyVisitor;

impl<'de> Visitor<'de> for BodyVisitor {
    type Value = DocumentBody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document's kind and then its value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DocumentBody, A::Error> {
        if map.next_key()? != Some(BodyField::Kind) {
            return Err(A::Error::custom("expected the kind of a document first"));
        }
        let kind: BodyKind = map.next_value()?;
        let has_value = map.next_key::<BodyField>()?.is_some();
        Ok(match kind {
            BodyKind::Gone => {
                if has_value {
                    map.next_value::<IgnoredAny>()?;
                }
                DocumentBody::Gone
            }
            _ if !has_value => return Err(A::Error::missing_field("value")),
            BodyKind::Person => DocumentBody::Person(map.next_value()?),
            BodyKind::Wallet => DocumentBody::Wallet(map.next_value()?),
            BodyKind::Topup => DocumentBody::Topup(map.next_value()?),
            BodyKind::Shop => DocumentBody::Shop(map.next_value()?),
            BodyKind::Order => DocumentBody::Order(map.next_value()?),
        })
    }
}
