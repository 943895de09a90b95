//! `rpmdb.sqlite`: the table `Packages` of a SQLite database, whose rows are a number and a package
//! header (<https://sqlite.org/fileformat2.html>).

use super::packages::{GIVES, Packages};
use crate::companion::Companion;
use lazaret_core::extract::{Extractor, ParseError, Select, Sink};
use lazaret_sqlite::{Database, Log, Record, SqliteError, Value};

/// Packages in a SQLite database. Its write-ahead log is looked at as well: one with pages in it is
/// a problem, until both files are read together ([`LOGGED`]).
pub(crate) static SQLITE: Extractor = Extractor {
    id: "rpm/sqlite",
    version: 2,
    title: "RPM package database, SQLite",
    spec: "https://sqlite.org/fileformat2.html",
    selects: &[
        Select::Path("usr/lib/sysimage/rpm/rpmdb.sqlite"),
        Select::Path("usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
        Select::Path("usr/share/rpm/rpmdb.sqlite"),
        Select::Path("usr/share/rpm/rpmdb.sqlite-wal"),
        Select::Path("var/lib/rpm/rpmdb.sqlite"),
        Select::Path("var/lib/rpm/rpmdb.sqlite-wal"),
    ],
    gives: GIVES,
    run: |input, sink| {
        if input.path.name().ends_with("-wal") {
            check_log(input.bytes)
        } else if input.bytes.is_empty() {
            // As SQLite has it, a database without a table; and a log beside it is not looked at.
            Ok(())
        } else {
            let database = Database::open(input.bytes).map_err(unreadable)?;
            read(&database, sink)
        }
    },
};

/// The same database with the pages of its write-ahead log.
pub(crate) static LOGGED: Companion = Companion {
    extractor: &SQLITE,
    suffix: "-wal",
    run: |input, log, sink| {
        if input.bytes.is_empty() {
            return Ok(());
        }
        let database = Database::open_with_log(input.bytes, log).map_err(unreadable)?;
        read(&database, sink)
    },
};

fn unreadable(error: SqliteError) -> ParseError {
    ParseError::new(error.to_string())
}

/// Says so if the log holds pages that a reader of the database would see in place of the
/// database's own. An empty log, as programs leave it behind, has none.
fn check_log(bytes: &[u8]) -> Result<(), ParseError> {
    let log = Log::parse(bytes)
        .map_err(|_| ParseError::new("the write-ahead log of the database is damaged"))?;
    let pages = log.pages();
    if pages == 0 {
        return Ok(());
    }
    let noun = if pages == 1 { "page" } else { "pages" };
    Err(ParseError::new(format!(
        "{pages} {noun} of this write-ahead log were not applied to the package database, so \
         packages installed, upgraded or removed last may be wrong"
    )))
}

fn read(database: &Database<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::of_bytes(database.size_bytes(), sink);
    let table = database.table("Packages").map_err(unreadable)?;
    let table = table.ok_or_else(|| ParseError::new("the database has no table `Packages`"))?;
    database.rows(table.root, &mut |row| {
        let row = match row {
            Ok(row) => row,
            Err(why) => {
                packages.broken(why.0);
                return Ok(());
            }
        };
        packages.reserve(row.size_bytes())?;
        match row.payload().as_deref().map(header) {
            Ok(Some(header)) => packages.header(header),
            Ok(None) => packages.broken("a row of `Packages` holds no package header"),
            Err(_) => packages.broken("a package's pages do not hold all of it"),
        }
        Ok(())
    })?;
    packages.finish()
}

/// The header in a row of `Packages`: its second column, the first being the row's number.
fn header(payload: &[u8]) -> Option<&[u8]> {
    match Record::parse(payload)?.nth(1)? {
        Value::Blob(header) => Some(header),
        _ => None,
    }
}
