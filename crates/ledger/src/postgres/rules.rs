//! What holds for whoever keeps something in Postgres: the ledger here, and the directory of the server beside it.

/// Settings without which a power cut takes what was acknowledged, each with the values that will do, the usual one first.
pub const DURABLE_SETTINGS: [(&str, &[&str]); 3] =
    [("fsync", &["on"]), ("full_page_writes", &["on"]), ("synchronous_commit", &["on", "remote_apply"])];

/// Whether another process was making the same thing: a row, a schema, a table, or the type that comes with a table (42710).
pub fn is_made_by_another(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| ["23505", "42P06", "42P07", "42710", "40001", "40P01", "XX000"].contains(&code.as_ref()))
}
