//! Opening a directory: settings, migrations, connections.

use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection};

use super::bell::Bell;
use super::follow::Following;
use super::freshness::Freshness;
use super::{Backend, Directory, postgres, sqlite};
use crate::database::Address;

/// The directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenDirectoryError {
    /// The database or its settings.
    #[error("expected a readable directory database at {place}")]
    Database {
        /// The file, or the database and schema.
        place: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// A migration failed, or the database is newer than this program.
    #[error("expected migrations that fit the directory database at {place}")]
    Migrate {
        /// The file, or the database and schema.
        place: String,
        /// Why.
        #[source]
        source: MigrateError,
    },
}

/// All steps from an empty database to the present one. Where several processes may start at once, [`postgres::prepare`] lets them make one
/// after another; locking by advice, which the library would do, is not to be had on every database.
fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!("./migrations");
    migrations.set_locking(false);
    migrations
}

impl Directory {
    /// Opens or makes the database in `file` and brings it to the present step. `process` names this process.
    ///
    /// # Errors
    /// When the file cannot be used, or is newer than this program.
    pub async fn open_file(file: &Path, process: &str) -> Result<Self, OpenDirectoryError> {
        sqlx::any::install_default_drivers();
        let place = file.display().to_string();
        let database = |source| OpenDirectoryError::Database { place: place.clone(), source };
        let url = sqlite::address(file);
        let writer = sqlite::writer().connect(&url).await.map_err(database)?;
        migrations()
            .run(&writer)
            .await
            .map_err(|source| OpenDirectoryError::Migrate { place: place.clone(), source })?;
        let readers = sqlite::readers().connect(&url).await.map_err(database)?;
        let freshness = Freshness::always();
        Ok(Self::of(Backend::Sqlite, readers, writer, freshness, process))
    }

    /// Opens or makes the directory in `schema` at `address` and brings it to the present step. `process` names this process among those that
    /// share it.
    ///
    /// # Errors
    /// When the database cannot be used, would lose answers in a power cut, or is newer than this program.
    pub async fn open_schema(
        address: &Address,
        schema: &'static str,
        process: &str,
    ) -> Result<Self, OpenDirectoryError> {
        sqlx::any::install_default_drivers();
        let place = address.place(schema).to_string();
        let url = address.url();
        postgres::prepare(url, schema, &migrations()).await.map_err(|source| match source {
            MigrateError::Execute(source) => OpenDirectoryError::Database { place: place.clone(), source },
            source => OpenDirectoryError::Migrate { place: place.clone(), source },
        })?;
        let database = |source| OpenDirectoryError::Database { place: place.clone(), source };
        let writer = postgres::writer(schema).connect(url).await.map_err(database)?;
        let readers = postgres::readers(schema).connect(url).await.map_err(database)?;
        let directory = Self::of(Backend::Postgres, readers, writer, Freshness::default(), process);
        let following = Following::begin(&directory).await.map_err(database)?;
        Ok(Self { _following: Some(Arc::new(following)), ..directory })
    }

    /// Whether there is a directory in `schema` at `address`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn is_in_schema(address: &Address, schema: &'static str) -> Result<bool, OpenDirectoryError> {
        sqlx::any::install_default_drivers();
        let asking = async {
            let mut connection = AnyConnection::connect(address.url()).await?;
            let is_there = postgres::is_there(&mut connection, schema).await?;
            connection.close().await?;
            Ok(is_there)
        };
        asking.await.map_err(|source| OpenDirectoryError::Database { place: address.place(schema).to_string(), source })
    }

    fn of(backend: Backend, readers: AnyPool, writer: AnyPool, freshness: Freshness, process: &str) -> Self {
        Self {
            backend,
            readers,
            writer,
            bell: Bell::new(),
            freshness,
            process: process.into(),
            _following: None,
            shared: Arc::default(),
        }
    }
}
