//! The tables of a Grype database, read by the names of their columns.

use super::{ImportError, SqliteDamage};
use lazaret_sqlite::{Damage, Database, Record, Row, Table, Value};
use std::borrow::Cow;
use std::cell::Cell;

/// How much more than the file itself may be read by look-ups: one document is looked up for every
/// row that names it, and rows of many releases name the same. Real databases need a tenth.
const LOOKED_UP_MAX: usize = 64;

/// A Grype database.
pub(super) struct Source<'a> {
    database: Database<'a>,
    tables: Vec<Table>,
    /// Bytes that may still be looked up.
    room: Cell<usize>,
}

/// Some columns of a table.
#[derive(Clone, Copy)]
pub(super) struct View<const N: usize> {
    table: &'static str,
    root: u32,
    positions: [usize; N],
}

/// What is done with each row: its number, and the columns that were asked for.
pub(super) type EachRow<'f, const N: usize> =
    &'f mut dyn FnMut(i64, [Value<'_>; N]) -> Result<(), ImportError>;

impl<'a> Source<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ImportError> {
        let failed = |error| ImportError::Sqlite(SqliteDamage::File(error));
        let database = Database::open(bytes).map_err(failed)?;
        let tables = database.tables().map_err(failed)?;
        let room = Cell::new(bytes.len().saturating_mul(LOOKED_UP_MAX));
        Ok(Self { database, tables, room })
    }

    /// Columns of a table that every such database has.
    pub(super) fn view<const N: usize>(
        &self,
        table: &'static str,
        columns: [&'static str; N],
    ) -> Result<View<N>, ImportError> {
        let view = self.view_if_there(table, columns)?;
        view.ok_or(ImportError::Sqlite(SqliteDamage::Missing(table)))
    }

    /// Columns of a table that only newer databases have. Where the table is there, so are they.
    pub(super) fn view_if_there<const N: usize>(
        &self,
        name: &'static str,
        columns: [&'static str; N],
    ) -> Result<Option<View<N>>, ImportError> {
        let Some(table) = self.tables.iter().find(|table| table.name == name) else {
            return Ok(None);
        };
        let mut positions = [0; N];
        for (position, column) in positions.iter_mut().zip(columns) {
            let found = table.column(column);
            *position = found.ok_or(ImportError::Sqlite(SqliteDamage::Missing(column)))?;
        }
        Ok(Some(View { table: name, root: table.root, positions }))
    }

    /// Whether a table has a column.
    pub(super) fn has_column(&self, table: &str, column: &str) -> bool {
        let table = self.tables.iter().find(|found| found.name == table);
        table.is_some_and(|table| table.column(column).is_some())
    }

    /// Shows every row.
    pub(super) fn each<const N: usize>(
        &self,
        view: View<N>,
        each: EachRow<'_, N>,
    ) -> Result<(), ImportError> {
        self.database.rows(view.root, &mut |row| {
            let row = row.map_err(|damage| view.damaged(damage))?;
            view.with(row, &mut *each)?
        })
    }

    /// How many rows a table has.
    pub(super) fn count<const N: usize>(&self, view: View<N>) -> Result<u64, ImportError> {
        let mut count = 0_u64;
        self.database.rows(view.root, &mut |row| -> Result<(), ImportError> {
            row.map_err(|damage| view.damaged(damage))?;
            count = count.saturating_add(1);
            Ok(())
        })?;
        Ok(count)
    }

    /// What is made of the row of a number; nothing where there is none.
    pub(super) fn at<const N: usize, T>(
        &self,
        view: View<N>,
        number: i64,
        make: impl FnOnce([Value<'_>; N]) -> T,
    ) -> Result<Option<T>, ImportError> {
        let found = self.database.row(view.root, number);
        let Some(row) = found.map_err(|damage| view.damaged(damage))? else { return Ok(None) };
        let left = self.room.get().checked_sub(row.size_bytes());
        let left = left.ok_or_else(|| view.damaged(Damage("its rows are asked for too often")))?;
        self.room.set(left);
        view.with(row, |_, values| make(values)).map(Some)
    }

    /// A text; empty where there is none.
    pub(super) fn text<'p>(&self, value: Value<'p>) -> Cow<'p, str> {
        self.database.text(value).unwrap_or_default()
    }
}

impl<const N: usize> View<N> {
    fn damaged(self, damage: Damage) -> ImportError {
        ImportError::Sqlite(SqliteDamage::Table { table: self.table, what: damage.0 })
    }

    /// The columns of a row. One that is not stored, because it was added later, is nothing.
    fn with<T>(
        self,
        row: Row<'_, '_>,
        make: impl FnOnce(i64, [Value<'_>; N]) -> T,
    ) -> Result<T, ImportError> {
        let payload = row.payload().map_err(|damage| self.damaged(damage))?;
        let record = Record::parse(&payload);
        let record = record.ok_or_else(|| self.damaged(Damage("a row is damaged")))?;
        let mut values = [Value::Null; N];
        for (position, value) in record.enumerate() {
            for (wanted, slot) in self.positions.iter().zip(&mut values) {
                if *wanted == position {
                    *slot = value;
                }
            }
        }
        Ok(make(row.number(), values))
    }
}

/// A number, if it is one.
pub(super) fn integer(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}
