//! Prints `db/schema.rs` from a migrated database.
//!
//! One SQL statement instead of diesel's command line tool: that tool links libpq and takes minutes
//! to build on every machine that checks the schema. It knows the column types that our migrations
//! use; an unknown one fails here by name, not later in the compiler.

use super::{PrivateError, PrivatePostgres};

/// The text of `schema.rs` for a database that was migrated.
pub fn print_schema(postgres: &PrivatePostgres, database: &str) -> Result<String, PrivateError> {
    let text = postgres.query(database, include_str!("schema.sql"))?;
    match text.lines().find(|line| line.contains("UNKNOWN TYPE")) {
        None => Ok(text),
        Some(line) => Err(PrivateError::Backup {
            vi: format!("schema.sql chưa biết kiểu cột: {}", line.trim()),
            en: format!(
                "schema.sql does not know this column's type yet: {}",
                line.trim()
            ),
        }),
    }
}
