//! Databases of other scanners, read into records of ours.

mod bbolt;
mod bucket;
mod constraint;
mod trivy;

use crate::records::Records;

/// Why a file could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is none of the databases that are known.
    #[error("the file is no database of a scanner that is known: expected Trivy's `trivy.db`")]
    Unknown,
    /// It is a damaged Trivy database.
    #[error("the Trivy database cannot be read")]
    Bolt(#[source] BoltDamage),
    /// It is whole, and nothing in it is about packages.
    #[error("the database holds no advisories")]
    Empty,
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

/// Whether bytes begin as a database does that [`import`] reads.
pub fn is_importable(bytes: &[u8]) -> bool {
    bbolt::Bolt::is_bolt(bytes)
}

/// Reads a database of another scanner, recognized by its content: Trivy's `trivy.db`.
pub fn import(bytes: &[u8]) -> Result<Records, ImportError> {
    if !is_importable(bytes) {
        return Err(ImportError::Unknown);
    }
    let records = trivy::read(bytes)?;
    if records.segments.is_empty() { Err(ImportError::Empty) } else { Ok(records) }
}
