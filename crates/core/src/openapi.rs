//! How the wallet's values look in the OpenAPI document. Only compiled with the feature `openapi`, for the server.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::id::{Id, Kind};
use crate::{Currency, Money, Timestamp};

fn text(description: &str, pattern: String) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(description))
        .pattern(Some(pattern))
        .into()
}

impl<K: Kind> PartialSchema for Id<K> {
    fn schema() -> RefOr<Schema> {
        text("A typed id: UUIDv7 in Crockford base32.", format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", K::PREFIX))
    }
}

impl<K: Kind> ToSchema for Id<K> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Id_{}", K::PREFIX))
    }
}

impl PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        text("Alphabetic code of ISO 4217.", "^[A-Z]{3}$".to_owned())
    }
}

impl ToSchema for Currency {}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("An amount in minor units of its currency."))
            .property("minor", text("Whole minor units, as a string.", "^-?[0-9]{1,19}$".to_owned()))
            .required("minor")
            .property("currency", Currency::schema())
            .required("currency")
            .into()
    }
}

impl ToSchema for Money {}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some("Microseconds since 1970-01-01T00:00:00Z."))
            .into()
    }
}

impl ToSchema for Timestamp {}
