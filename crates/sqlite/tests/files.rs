//! Databases that SQLite wrote, against what SQLite reads from them (`fixtures/make.py`).

use lazaret_sqlite::{Damage, Database, Log, LogError, Record, SqliteError, Value};
use std::convert::Infallible;
use std::path::Path;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    std::fs::read(folder.join(name)).unwrap()
}

fn expected(name: &str) -> Vec<String> {
    let text = String::from_utf8(file(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// A value as SQLite's `quote()` writes it.
fn quoted(database: &Database<'_>, value: Value<'_>) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Blob(bytes) => {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            format!("X'{}'", digits.concat())
        }
        Value::Text(_) => format!("'{}'", database.text(value).unwrap().replace('\'', "''")),
    }
}

/// The rows of the table `rows`, a line each, with the number in the place of its column.
fn rows(database: &Database<'_>) -> Result<Vec<String>, Damage> {
    let table = database.table("ROWS").unwrap().unwrap();
    let mut lines = Vec::new();
    database.rows(table.root, &mut |row| -> Result<(), Damage> {
        let row = row?;
        let payload = row.payload()?;
        let mut values: Vec<String> =
            Record::parse(&payload).unwrap().map(|value| quoted(database, value)).collect();
        assert_eq!(values[0], "NULL", "the number is not stored twice");
        values[0] = row.number().to_string();
        // A number without a fraction is stored as a whole one, whatever the column's type.
        if values[3].bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            values[3].push_str(".0");
        }
        lines.push(values.join("|"));
        Ok(())
    })?;
    Ok(lines)
}

#[test]
fn rows_are_those_sqlite_reads() {
    for name in ["rows.db", "utf16le.db", "utf16be.db", "wide.db"] {
        let bytes = file(name);
        let database = Database::open(&bytes).unwrap();
        let expected = expected(&format!("{name}.expected"));
        assert!(expected.len() >= 12, "{name}");
        assert_eq!(rows(&database).unwrap(), expected, "{name}");
    }
}

#[test]
fn tables_have_their_columns() {
    let bytes = file("utf16be.db");
    let tables = Database::open(&bytes).unwrap().tables().unwrap();
    let named: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(named, ["rows", "other \"one"]);
    assert_eq!(tables[0].columns, ["id", "small", "large", "real", "text", "blob"]);
    assert_eq!(tables[0].column("TEXT"), Some(4));
    assert_eq!(tables[1].columns, ["name", "n"]);
}

#[test]
fn a_row_is_found_by_its_number() {
    let bytes = file("rows.db");
    let database = Database::open(&bytes).unwrap();
    let root = database.table("rows").unwrap().unwrap().root;
    for number in -45..405 {
        let found = database.row(root, number).unwrap().map(|row| row.number());
        let is_there = (-40..400).contains(&number) && (number + 40) % 3 == 0;
        assert_eq!(found, is_there.then_some(number));
    }
    assert!(database.row(root, i64::MAX).unwrap().is_none());
    assert!(database.row(root, i64::MIN).unwrap().is_none());
}

#[test]
fn a_log_is_read_up_to_its_last_complete_transaction() {
    let (bytes, log) = (file("logged.db"), file("logged.db-wal"));
    let alone = Database::open(&bytes).unwrap();
    assert_eq!(rows(&alone).unwrap(), expected("logged.db.expected"));
    let whole = Database::open_with_log(&bytes, &log).unwrap();
    let expected = expected("logged.db-wal.expected");
    assert_eq!(rows(&whole).unwrap(), expected);
    let found = |database: &Database<'_>, number| {
        let root = database.table("rows").unwrap().unwrap().root;
        database.row(root, number).unwrap().is_some()
    };
    assert!(found(&alone, 25) && !found(&whole, 25));
    assert!(!found(&alone, 159) && found(&whole, 159));

    // A frame that was overwritten ends the log before its transaction.
    let frames = (log.len() - 32) / (512 + 24);
    let pages = Log::parse(&log).unwrap().pages();
    assert!(pages < frames, "the last transaction is not complete");
    let mut damaged = log.clone();
    damaged[32 + 24 + 7] ^= 1;
    assert_eq!(Log::parse(&damaged).unwrap().pages(), 0);
    // So do other salts in the header, as another use of the file writes them.
    let mut other = log.clone();
    other[16] ^= 1;
    assert_eq!(Log::parse(&other).unwrap().pages(), 0);
    let database = Database::open_with_log(&bytes, &other).unwrap();
    assert_eq!(rows(&database).unwrap(), rows(&alone).unwrap());
}

#[test]
fn what_is_no_database_and_no_log_says_so() {
    let (bytes, log) = (file("wide.db"), file("logged.db-wal"));
    assert_eq!(Database::open(b"").unwrap_err(), SqliteError::NotSqlite);
    assert_eq!(Database::open(&bytes[..18]).unwrap_err(), SqliteError::CutOff);
    let mut odd = bytes.clone();
    odd[16..18].copy_from_slice(&[3, 0]);
    assert_eq!(Database::open(&odd).unwrap_err(), SqliteError::PageBytes(768));
    assert_eq!(Log::parse(b"not a log at all").unwrap_err(), LogError::NotLog);
    let other = Database::open_with_log(&bytes, &log).unwrap_err();
    assert_eq!(other, SqliteError::Log(LogError::OtherDatabase));
    assert_eq!(Log::parse(b"").unwrap().pages(), 0);
}

#[test]
fn damage_costs_its_own_rows_only() {
    let bytes = file("rows.db");
    let whole = rows(&Database::open(&bytes).unwrap()).unwrap();
    // Without its last page the file lacks some rows and says so.
    let database = Database::open(&bytes[..bytes.len() - 512]).unwrap();
    let root = database.table("rows").unwrap().unwrap().root;
    let (mut read, mut damaged) = (0, 0);
    let Ok(()) = database.rows(root, &mut |row| -> Result<(), Infallible> {
        match row.and_then(|row| row.payload()) {
            Ok(_) => read += 1,
            Err(_) => damaged += 1,
        }
        Ok(())
    });
    assert!(damaged > 0 && read > whole.len() / 2, "{read} read, {damaged} damaged");
}

#[test]
fn every_changed_byte_does_no_harm() {
    let bytes = file("rows.db");
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 0xff;
        let Ok(database) = Database::open(&changed) else { continue };
        let Ok(tables) = database.tables() else { continue };
        for table in tables {
            let (mut rows, mut size) = (0_usize, 0);
            let Ok(()) = database.rows(table.root, &mut |row| -> Result<(), Infallible> {
                rows += 1;
                if let Ok(payload) = row.and_then(|row| row.payload()) {
                    size += payload.len();
                    let _: Option<usize> = Record::parse(&payload).map(Iterator::count);
                }
                Ok(())
            });
            assert!(size <= changed.len(), "byte {at}");
            assert!(rows <= changed.len(), "byte {at}");
            let found = database.row(table.root, 101).ok().flatten();
            assert!(found.is_none_or(|row| row.number() == 101), "byte {at}");
        }
    }
}
