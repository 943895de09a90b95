//! SQLite database files, read from bytes (<https://sqlite.org/fileformat2.html>).
//!
//! Tables only, row by row or by row number; no SQL, no writing, no file system. The pages of a
//! write-ahead log are seen in place of the database's own where the log is given as well.
//!
//! Nothing is trusted: whatever the bytes say, a walk enters a page once, a look-up goes a bounded
//! way down, and the rows of one walk are no larger together than the file. A part that cannot be
//! read is shown as [`Damage`], and the walk goes on behind it.
//!
//! ```
//! use lazaret_sqlite::{Database, SqliteError};
//!
//! assert_eq!(Database::open(b"not a database").unwrap_err(), SqliteError::NotSqlite);
//! ```

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]
#![warn(missing_docs)]

mod database;
mod int;
mod log;
mod record;
mod schema;
mod tree;

pub use database::{Damage, Database, SqliteError};
pub use log::{Log, LogError};
pub use record::{Record, Value};
pub use schema::Table;
pub use tree::{EachRow, Row};
