//! The file as a whole: its header and its pages.

use crate::int::{part, short_at, u32_at};
use crate::log::{Log, LogError};

/// Why bytes could not be opened as a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqliteError {
    /// They do not begin as one.
    #[error("the file is not a SQLite database")]
    NotSqlite,
    /// They end within the header.
    #[error("the database is cut off")]
    CutOff,
    /// Pages of a size that no database has.
    #[error("the database has pages of {0} bytes")]
    PageBytes(usize),
    /// The write-ahead log is no log, or not one of this database.
    #[error("the write-ahead log of the database is damaged: {0}")]
    Log(#[from] LogError),
    /// The list of tables cannot be read.
    #[error("the schema of the database is damaged: {0}")]
    Schema(Damage),
}

/// Why a part of a database could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Damage(pub &'static str);

/// How texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// A database file, with the pages of its write-ahead log where there are any.
#[derive(Clone, Debug)]
pub struct Database<'a> {
    bytes: &'a [u8],
    log: Option<Log<'a>>,
    page_bytes: usize,
    /// Bytes of a page without the part reserved for extensions.
    pub(crate) usable: usize,
    pub(crate) encoding: Encoding,
}

/// What every database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// What is left of a page for use is never less, says the format.
const USABLE_BYTES_MIN: usize = 480;

impl<'a> Database<'a> {
    /// Whether bytes begin as a database does.
    pub fn is_database(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Opens a database by itself.
    pub fn open(bytes: &'a [u8]) -> Result<Self, SqliteError> {
        Self::with(bytes, None)
    }

    /// Opens a database with its write-ahead log, as a reader of both files sees it.
    pub fn open_with_log(bytes: &'a [u8], log: &'a [u8]) -> Result<Self, SqliteError> {
        Self::with(bytes, Some(Log::parse(log)?))
    }

    fn with(bytes: &'a [u8], log: Option<Log<'a>>) -> Result<Self, SqliteError> {
        if !Self::is_database(bytes) {
            return Err(SqliteError::NotSqlite);
        }
        let page_bytes = match short_at(bytes, 16).ok_or(SqliteError::CutOff)? {
            1 => 65_536,
            size => size,
        };
        // The log may hold a newer first page, and so a newer header; pages never change their
        // size with one.
        let newer = log.as_ref().and_then(|log| log.page(1));
        let header = newer.unwrap_or(bytes);
        let reserved = header.get(20).copied().map(usize::from).ok_or(SqliteError::CutOff)?;
        let usable = page_bytes.saturating_sub(reserved);
        if page_bytes < 512 || !page_bytes.is_power_of_two() || usable < USABLE_BYTES_MIN {
            return Err(SqliteError::PageBytes(page_bytes));
        }
        if log.as_ref().is_some_and(|log| log.pages() > 0 && log.page_bytes() != page_bytes) {
            return Err(LogError::OtherDatabase.into());
        }
        let encoding = match u32_at(header, 56).ok_or(SqliteError::CutOff)? {
            2 => Encoding::Utf16Little,
            3 => Encoding::Utf16Big,
            _ => Encoding::Utf8,
        };
        Ok(Self { bytes, log, page_bytes, usable, encoding })
    }

    /// A page by its number, which counts from one.
    pub(crate) fn page(&self, number: u32) -> Option<&'a [u8]> {
        if let Some(page) = self.log.as_ref().and_then(|log| log.page(number)) {
            return page.get(..self.usable);
        }
        let before = usize::try_from(number.checked_sub(1)?).ok()?;
        part(self.bytes, before.checked_mul(self.page_bytes)?, self.page_bytes)?.get(..self.usable)
    }

    /// The largest number a page has.
    pub(crate) fn page_max(&self) -> usize {
        let own = self.bytes.len().checked_div(self.page_bytes).unwrap_or_default();
        let logged = self.log.as_ref().map_or(0, Log::page_max);
        own.max(usize::try_from(logged).unwrap_or(usize::MAX).min(self.size_bytes()))
    }

    /// Bytes of the database and of its log together.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len().saturating_add(self.log.as_ref().map_or(0, Log::size_bytes))
    }
}
