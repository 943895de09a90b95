//! The tables of a database, from the schema on its first page.

use crate::database::{Database, SqliteError};
use crate::record::{Record, Value};
use std::convert::Infallible;

/// Tables that are listed; real databases have some dozens.
const TABLES_MAX: usize = 1_000;
/// Bytes of a statement that are read; the longest real ones have some thousand.
const STATEMENT_BYTES_MAX: usize = 64 << 10;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, which is the same in upper and lower case.
    pub name: String,
    /// The page its rows begin with.
    pub root: u32,
    /// Names of its columns, in the order of a row's values; empty where the statement that made
    /// it is of a kind that is not understood.
    pub columns: Vec<String>,
}

impl Table {
    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.eq_ignore_ascii_case(name))
    }
}

impl Database<'_> {
    /// Every table. Damage anywhere in the schema is an error where it leaves no table at all, and
    /// otherwise costs the tables it is about.
    pub fn tables(&self) -> Result<Vec<Table>, SqliteError> {
        let mut tables = Vec::new();
        let mut damage = None;
        let Ok(()) = self.rows(1, &mut |row| -> Result<(), Infallible> {
            let payload = match row.and_then(|row| row.payload()) {
                Ok(payload) => payload,
                Err(found) => {
                    damage = Some(found);
                    return Ok(());
                }
            };
            if tables.len() < TABLES_MAX
                && let Some(table) = self.table_of(&payload)
            {
                tables.push(table);
            }
            Ok(())
        });
        match damage {
            Some(found) if tables.is_empty() => Err(SqliteError::Schema(found)),
            _ => Ok(tables),
        }
    }

    /// The table of this name, in whatever case.
    pub fn table(&self, name: &str) -> Result<Option<Table>, SqliteError> {
        let mut tables = self.tables()?.into_iter();
        Ok(tables.find(|table| table.name.eq_ignore_ascii_case(name)))
    }

    /// The table that a row of the schema describes: type, name, table, root page and statement.
    fn table_of(&self, payload: &[u8]) -> Option<Table> {
        let mut columns = Record::parse(payload)?;
        let (kind, name) = (self.text(columns.next()?)?, self.text(columns.next()?)?);
        let _table = columns.next()?;
        let Value::Integer(root) = columns.next()? else { return None };
        let statement = columns.next().and_then(|value| self.text(value));
        if !kind.eq_ignore_ascii_case("table") {
            return None;
        }
        let columns = statement
            .filter(|statement| statement.len() <= STATEMENT_BYTES_MAX)
            .map(|statement| columns_of(&statement))
            .unwrap_or_default();
        Some(Table { name: name.into_owned(), root: u32::try_from(root).ok()?, columns })
    }
}

/// The names of the columns of `CREATE TABLE name (column type …, …, PRIMARY KEY (…))`.
fn columns_of(statement: &str) -> Vec<String> {
    /// What begins a part that is no column.
    const CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
    let mut columns = Vec::new();
    let mut rest = Words { text: statement };
    // The name of the table may be quoted and hold any character.
    for word in rest.by_ref() {
        if word == Word::Sign('(') {
            break;
        }
    }
    let (mut depth, mut begins) = (0_usize, true);
    for word in rest {
        match word {
            Word::Sign('(') => depth = depth.saturating_add(1),
            Word::Sign(')') if depth == 0 => break,
            Word::Sign(')') => depth = depth.saturating_sub(1),
            Word::Sign(',') if depth == 0 => begins = true,
            Word::Name { text, quoted } if begins => {
                begins = false;
                if quoted || !CONSTRAINTS.iter().any(|word| word.eq_ignore_ascii_case(&text)) {
                    columns.push(text);
                }
            }
            _ => {}
        }
    }
    columns
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    /// A name, a keyword or a literal.
    Name {
        text: String,
        quoted: bool,
    },
    Sign(char),
}

/// The words of a statement. Comments are left out.
struct Words<'t> {
    text: &'t str,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            self.text = self.text.trim_start();
            if let Some(comment) = self.text.strip_prefix("--") {
                self.text = comment.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = self.text.strip_prefix("/*") {
                self.text = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                break;
            }
        }
        let first = self.text.chars().next()?;
        let behind = self.text.get(first.len_utf8()..)?;
        let closing = match first {
            '"' | '`' | '\'' => first,
            '[' => ']',
            _ if is_of_name(first) => {
                let end = self.text.find(|c| !is_of_name(c)).unwrap_or(self.text.len());
                let (name, rest) = self.text.split_at_checked(end)?;
                self.text = rest;
                return Some(Word::Name { text: name.to_owned(), quoted: false });
            }
            sign => {
                self.text = behind;
                return Some(Word::Sign(sign));
            }
        };
        let mut text = String::new();
        let mut rest = behind;
        loop {
            let (part, after) = rest.split_once(closing)?;
            text.push_str(part);
            // A quote written twice stands for itself.
            match after.strip_prefix(closing) {
                Some(after) if closing != ']' => {
                    text.push(closing);
                    rest = after;
                }
                _ => {
                    self.text = after;
                    return Some(Word::Name { text, quoted: true });
                }
            }
        }
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_from_the_statement() {
        for (statement, expected) in [
            ("CREATE TABLE a (id integer, name text)", &["id", "name"][..]),
            (
                "CREATE TABLE `blobs` (`id` integer PRIMARY KEY AUTOINCREMENT,`value` text NOT NULL)",
                &["id", "value"],
            ),
            (
                "CREATE TABLE \"x(y\" (\"a \"\"b\", [c,d] decimal(10,5) DEFAULT (1+(2)), 'e' CHECK(e>0), \
                 PRIMARY KEY (a, b), CONSTRAINT `fk` FOREIGN KEY (`c`) REFERENCES `t`(`id`))",
                &["a \"b", "c,d", "e"],
            ),
            (
                "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, -- the, number\n\
                 /* and ( its */ blob BLOB NOT NULL)",
                &["hnum", "blob"],
            ),
            ("CREATE TABLE a AS SELECT 1", &[]),
            ("CREATE TABLE \"a", &[]),
        ] {
            assert_eq!(columns_of(statement), expected, "{statement}");
        }
    }
}
