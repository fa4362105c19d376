//! Where ledgers and directories lie: in the data folder, a file each, or in a Postgres database, a schema for each realm. Keys always lie in
//! the data folder.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use qianbao_ledger::{Place, PlaceError};

use crate::hosts::RealmName;

/// Which database holds the realms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Database {
    /// SQLite, in the data folder; one process.
    #[default]
    Folder,
    /// Postgres; several processes may share it.
    Postgres(Address),
}

impl Database {
    /// Where it is, for people: the folder, or the database without user and password.
    pub fn place(&self, data: &Path) -> String {
        match self {
            Self::Folder => data.display().to_string(),
            Self::Postgres(address) => address.to_string(),
        }
    }
}

/// The address of a Postgres database. It may hold a password, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

/// The text is no address of a database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another kind of database.
    #[error("expected --database to begin with postgres:// (without it everything lies in the data folder)")]
    Scheme,
    /// It cannot be understood.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

impl Address {
    /// The address as text, for connecting.
    pub(crate) fn url(&self) -> &str {
        &self.0
    }

    /// A schema at this address.
    pub fn place(&self, schema: &str) -> Place {
        Place::new(&self.0, schema).expect("the address was understood, and realms have plain names")
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(AddressError::Scheme);
        }
        for realm in RealmName::ALL {
            Place::new(text, realm.folder())?;
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Address {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place(RealmName::Live.folder()).to_string();
        f.write_str(place.split_once(',').map_or(place.as_str(), |(database, _)| database))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_shows_its_password() {
        let address: Address = "postgres://ming:secret@example.org:5433/wallet".parse().expect("an address");
        assert_eq!(format!("{address} {address:?}"), "example.org:5433/wallet Address(example.org:5433/wallet)");
        for wrong in ["", "wallet", "sqlite://wallet.db", "mysql://ming:secret@example.org/wallet"] {
            assert_eq!(wrong.parse::<Address>(), Err(AddressError::Scheme), "{wrong}");
        }
        let error = "postgres://ming:secret@example.org:nothing/wallet".parse::<Address>().expect_err("no port");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
