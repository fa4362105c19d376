//! Where a ledger lies: a database and a schema in it.

use std::fmt;
use std::str::FromStr;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

/// A schema in a Postgres database. Each realm has its own.
#[derive(Clone)]
pub struct Place {
    options: PgConnectOptions,
    schema: String,
}

/// The words do not name a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The address cannot be understood.
    #[error("expected an address such as postgres://user@host/database: {message}")]
    Address {
        /// What is wrong with it; never the address itself, which may hold a password.
        message: String,
    },
    /// The schema's name would need quotes.
    #[error("expected a schema of 1 to 40 small letters, digits and _, beginning with a letter; found {found:?}")]
    Schema {
        /// The name.
        found: String,
    },
}

impl Place {
    /// Longest name of a schema.
    const SCHEMA_MAX: usize = 40;

    /// The schema `schema` at the address `url`.
    pub fn new(url: &str, schema: &str) -> Result<Self, PlaceError> {
        let options =
            PgConnectOptions::from_str(url).map_err(|error| PlaceError::Address { message: error.to_string() })?;
        let is_plain = schema.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let begins_well = schema.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        if !is_plain || !begins_well || schema.len() > Self::SCHEMA_MAX {
            return Err(PlaceError::Schema { found: schema.chars().take(64).collect() });
        }
        let options = options.application_name(&format!("qianbao ledger {schema}")).disable_statement_logging();
        Ok(Self { options, schema: schema.to_owned() })
    }

    /// How to connect.
    pub(super) const fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// The schema's name, which needs no quotes.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }
}

impl fmt::Display for Place {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.options.get_database().unwrap_or_default();
        match self.options.get_socket() {
            Some(folder) => write!(f, "{}/{database}, schema {}", folder.display(), self.schema),
            None => {
                write!(f, "{}:{}/{database}, schema {}", self.options.get_host(), self.options.get_port(), self.schema)
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_never_shows_its_password() {
        let place = Place::new("postgres://ming:secret@example.org:5433/wallet", "live").expect("a place");
        assert_eq!(place.to_string(), "example.org:5433/wallet, schema live");
        assert_eq!(format!("{place:?}"), "Place(example.org:5433/wallet, schema live)");
        let socket = Place::new("postgres:///wallet?host=/run/postgresql", "live").expect("a place");
        assert_eq!(socket.to_string(), "/run/postgresql/wallet, schema live");
        let error = Place::new("postgres://ming:secret@example.org:nothing/wallet", "live").expect_err("no port");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn a_schema_needs_no_quotes() {
        for wrong in ["", "Live", "1live", "li-ve", "live\";", "_live", &"a".repeat(41)] {
            assert!(matches!(Place::new("postgres:///wallet", wrong), Err(PlaceError::Schema { .. })), "{wrong}");
        }
    }
}
