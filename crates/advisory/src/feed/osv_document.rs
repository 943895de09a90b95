//! OSV's form: an archive of JSON documents (<https://ossf.github.io/osv-schema/>).

use super::events::Event;
use super::gather::Gather;
use super::json::{self, Text};
use super::{FeedError, FeedFile};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Largest document, in bytes. The largest real ones, with tens of thousands of listed versions,
/// stay below one megabyte.
const DOCUMENT_BYTES_MAX: u64 = 16 << 20;

/// All documents of one archive together, in bytes; the largest export, Ubuntu's, has some twenty
/// gigabytes.
const ARCHIVE_BYTES_MAX: u64 = 64 << 30;

/// Documents of one archive; the largest export has some 250,000.
const DOCUMENTS_MAX: u64 = 2_000_000;

#[derive(Debug, thiserror::Error)]
pub(super) enum DocumentError {
    #[error("the document is larger than {DOCUMENT_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the archive entry cannot be unpacked")]
    Unpack(#[source] std::io::Error),
    #[error("the archive entry cannot be read")]
    Zip(#[source] ZipError),
    #[error("the document is not an OSV record")]
    Json(#[source] serde_json::Error),
    #[error("the document has no id")]
    NoId,
}

#[derive(Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) published: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) withdrawn: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) related: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    pub(super) upstream: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    pub(super) summary: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) aliases: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    pub(super) severity: Option<Vec<ScoreEntry<'a>>>,
    #[serde(borrow, default)]
    pub(super) affected: Option<Vec<Entry<'a>>>,
    #[serde(borrow, default)]
    pub(super) database_specific: Option<DatabaseSpecific<'a>>,
}

#[derive(Deserialize)]
pub(super) struct ScoreEntry<'a> {
    #[serde(borrow, default)]
    pub(super) score: Option<Text<'a>>,
}

/// What one database adds for itself. No schema holds it to anything, so a value of another kind
/// is passed over.
#[derive(Deserialize)]
pub(super) struct DatabaseSpecific<'a> {
    #[serde(borrow, default)]
    pub(super) severity: Option<Loose<Text<'a>>>,
    #[serde(borrow, default)]
    pub(super) cwe_ids: Option<Loose<Vec<Text<'a>>>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Loose<T> {
    Meant(T),
    Other(IgnoredAny),
}

impl<T> Loose<T> {
    pub(super) fn meant(self) -> Option<T> {
        match self {
            Self::Meant(value) => Some(value),
            Self::Other(IgnoredAny) => None,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    #[serde(borrow, default)]
    pub(super) package: Option<PackageEntry<'a>>,
    #[serde(borrow, default)]
    pub(super) severity: Option<Vec<ScoreEntry<'a>>>,
    #[serde(borrow, default)]
    pub(super) ranges: Option<Vec<RangeEntry<'a>>>,
    #[serde(borrow, default)]
    pub(super) versions: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    pub(super) database_specific: Option<Loose<AffectedSpecific<'a>>>,
    #[serde(borrow, default)]
    pub(super) ecosystem_specific: Option<Loose<EcosystemSpecific<'a>>>,
}

/// What Go's database adds to a module (<https://go.dev/doc/security/vuln/database#schema>).
#[derive(Deserialize)]
pub(super) struct EcosystemSpecific<'a> {
    #[serde(borrow, default)]
    pub(super) imports: Option<Loose<Vec<ImportEntry<'a>>>>,
}

/// One package of the module.
#[derive(Deserialize)]
pub(super) struct ImportEntry<'a> {
    #[serde(borrow, default)]
    pub(super) path: Option<Text<'a>>,
}

/// What RustSec adds to a package.
#[derive(Deserialize)]
pub(super) struct AffectedSpecific<'a> {
    #[serde(borrow, default)]
    pub(super) informational: Option<Loose<Text<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct PackageEntry<'a> {
    #[serde(borrow)]
    pub(super) ecosystem: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct RangeEntry<'a> {
    #[serde(borrow, rename = "type", default)]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) events: Option<Vec<Event<'a>>>,
}

/// What is done with one document.
pub(super) type EachDocument<'r> =
    &'r mut dyn FnMut(&[u8], &mut Gather) -> Result<(), DocumentError>;

/// Shows every document of an archive to `read`.
pub(super) fn documents(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    read: EachDocument<'_>,
) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "a zip archive")?;
    let mut archive = ZipArchive::new(Cursor::new(file.bytes)).map_err(FeedError::Zip)?;
    let mut documents = 0_u64;
    let mut unpacked = 0_u64;
    let mut document = Vec::new();
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(error) => {
                let error = DocumentError::Zip(error);
                gather.refuse_record(file.path, &format!("entry {index}"), &error);
                continue;
            }
        };
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if entry.is_dir() || !has_extension(&name) {
            continue;
        }
        documents = documents.saturating_add(1);
        if documents > DOCUMENTS_MAX {
            return Err(FeedError::TooMuch { what: "documents", limit: DOCUMENTS_MAX });
        }
        document.clear();
        // What an entry says about its own size is not believed.
        let unpacking =
            (&mut entry).take(DOCUMENT_BYTES_MAX.saturating_add(1)).read_to_end(&mut document);
        let size = u64::try_from(document.len()).unwrap_or(u64::MAX);
        unpacked = unpacked.saturating_add(size);
        if unpacked > ARCHIVE_BYTES_MAX {
            return Err(FeedError::TooMuch { what: "bytes", limit: ARCHIVE_BYTES_MAX });
        }
        let outcome = match unpacking {
            _ if size > DOCUMENT_BYTES_MAX => Err(DocumentError::TooLarge),
            Err(error) => Err(DocumentError::Unpack(error)),
            Ok(_) => read(&document, gather),
        };
        if let Err(error) = outcome {
            gather.refuse_record(file.path, &name, &error);
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

pub(super) fn has_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}

/// Reads a document and counts it; none where it is left out, which is counted as well.
pub(super) fn wanted<'a>(
    bytes: &'a [u8],
    file: &FeedFile<'_>,
    gather: &mut Gather,
) -> Result<Option<Document<'a>>, DocumentError> {
    let document: Document<'a> = serde_json::from_slice(bytes).map_err(DocumentError::Json)?;
    let id = document.id.as_str().trim();
    if id.is_empty() {
        return Err(DocumentError::NoId);
    }
    gather.count();
    if file.only.is_some_and(|only| !only.contains(id)) {
        gather.skip("not a recorded answer");
        return Ok(None);
    }
    if document.withdrawn.is_some() {
        gather.skip("withdrawn");
        return Ok(None);
    }
    Ok(Some(document))
}
