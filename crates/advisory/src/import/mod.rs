//! Databases of other scanners, read into records of ours.
//!
//! They are larger than what should be in memory at once, so that segments are made one after the
//! other: [`import_to`] writes each as soon as it is whole.

mod bbolt;
mod bucket;
mod constraint;
mod draft;
mod grype;
mod grype_document;
mod grype_place;
mod grype_tables;
mod red_hat;
mod trivy;

use crate::build::{BuildError, BuildOptions, DatabaseWriter};
use crate::enrich::Enrichments;
use crate::manifest::Manifest;
use crate::records::{Records, SegmentRecords};
use draft::Tally;
use lazaret_sqlite::{Database, SqliteError};
use std::collections::BTreeMap;
use std::io;

/// Why a file could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is none of the databases that are known.
    #[error(
        "the file is no database of a scanner that is known: expected Trivy's `trivy.db` or \
         Grype's `vulnerability.db`"
    )]
    Unknown,
    /// It is a damaged Trivy database.
    #[error("the Trivy database cannot be read")]
    Bolt(#[source] BoltDamage),
    /// It is a damaged Grype database, or a SQLite database of something else.
    #[error("the Grype database cannot be read")]
    Sqlite(#[source] SqliteDamage),
    /// It is a Grype database of another form.
    #[error("the Grype database has the schema {found}, which is not read: expected 6")]
    Schema {
        /// The number it says.
        found: String,
    },
    /// It is whole, and nothing in it is about packages.
    #[error("the database holds no advisories")]
    Empty,
    /// What was read could not be made into a database.
    #[error("failed to write the database")]
    Build(#[source] BuildError),
}

/// What is wrong with a bbolt file.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BoltDamage(bbolt::BoltError);

impl From<bbolt::BoltError> for ImportError {
    fn from(error: bbolt::BoltError) -> Self {
        Self::Bolt(BoltDamage(error))
    }
}

/// What is wrong with a SQLite file.
#[derive(Debug, thiserror::Error)]
pub enum SqliteDamage {
    /// It is no SQLite database.
    #[error(transparent)]
    File(SqliteError),
    /// A table cannot be read.
    #[error("the table `{table}` is damaged: {what}")]
    Table {
        /// The table.
        table: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// A table or a column is not there.
    #[error("it has no `{0}`")]
    Missing(&'static str),
}

/// Takes each segment as it is finished: its name, and its records.
type Emit<'e> = &'e mut dyn FnMut(String, SegmentRecords) -> Result<(), ImportError>;

/// Whether bytes begin as a database does that [`import`] reads.
pub fn is_importable(bytes: &[u8]) -> bool {
    bbolt::Bolt::is_bolt(bytes) || Database::is_database(bytes)
}

/// Reads a database of another scanner, recognized by its content: Trivy's `trivy.db` or Grype's
/// `vulnerability.db`.
pub fn import(bytes: &[u8]) -> Result<Records, ImportError> {
    let mut segments = BTreeMap::new();
    let tally = read(bytes, &mut |name, records| {
        segments.insert(name, records);
        Ok(())
    })?;
    if segments.is_empty() {
        return Err(ImportError::Empty);
    }
    Ok(Records { segments, ..records_of(tally) })
}

/// Reads a database of another scanner, and writes ours as [`write_database`](crate::write_database)
/// does. Where `options` names no time, the database stands for the time the other one does. The
/// records that come back have the counts and refusals, and no segments.
pub fn import_to(
    bytes: &[u8],
    options: &BuildOptions<'_>,
    write: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
) -> Result<(Manifest, Records), ImportError> {
    let at = match options.at {
        Some(at) => Some(at),
        None => time(bytes)?,
    };
    let mut database = DatabaseWriter::new(options, at, write);
    let mut is_empty = true;
    let tally = read(bytes, &mut |name, records| {
        is_empty = false;
        database.segment(&name, &records).map_err(ImportError::Build)
    })?;
    if is_empty {
        return Err(ImportError::Empty);
    }
    let manifest = database.finish(&Enrichments::default()).map_err(ImportError::Build)?;
    Ok((manifest, records_of(tally)))
}

fn read(bytes: &[u8], emit: Emit<'_>) -> Result<Tally, ImportError> {
    if bbolt::Bolt::is_bolt(bytes) {
        trivy::read(bytes, emit)
    } else if Database::is_database(bytes) {
        grype::read(bytes, emit)
    } else {
        Err(ImportError::Unknown)
    }
}

fn time(bytes: &[u8]) -> Result<Option<i64>, ImportError> {
    if bbolt::Bolt::is_bolt(bytes) {
        trivy::time(bytes)
    } else if Database::is_database(bytes) {
        grype::time(bytes)
    } else {
        Err(ImportError::Unknown)
    }
}

fn records_of(tally: Tally) -> Records {
    let (feed, counts, refused) = tally.finish();
    let counts = BTreeMap::from([(feed.to_owned(), counts)]);
    Records { counts, refused, ..Records::default() }
}
