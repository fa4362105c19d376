//! What the bench's programs have in common: rows of the table, and what becomes of those without figures.

pub mod row;

use std::path::Path;

use serde::Serialize;

use row::Row;

/// Why a measurement ended without a figure.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What came out of a program.
#[derive(Debug, Default, Serialize)]
pub struct Results {
    rows: Vec<Row>,
    failed: Vec<Failed>,
}

/// A row without figures.
#[derive(Debug, Serialize)]
struct Failed {
    id: String,
    why: String,
}

impl Results {
    /// Takes a row, or the reason why there is none.
    pub fn add(&mut self, id: &str, row: Result<Row, Failure>) {
        self.add_all(id, row.map(|row| vec![row]));
    }

    /// Takes rows that are measured together, or the reason why there are none.
    pub fn add_all(&mut self, id: &str, rows: Result<Vec<Row>, Failure>) {
        match rows {
            Ok(rows) => self.rows.extend(rows),
            Err(error) => {
                eprintln!("{id}: no figures: {error}");
                self.failed.push(Failed { id: id.to_owned(), why: error.to_string() });
            }
        }
    }

    /// Writes them down. False when some row has no figures.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<bool, Failure> {
        std::fs::write(file, serde_json::to_string_pretty(self)?)?;
        Ok(self.failed.is_empty())
    }
}
