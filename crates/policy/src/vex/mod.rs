//! VEX: what somebody who knows says of a vulnerability in a product
//! (<https://www.cisa.gov/resources-tools/resources/minimum-requirements-vulnerability-exploitability-exchange-vex>).
//!
//! [`read`] takes OpenVEX, CSAF and CycloneDX documents; [`Statements`] asks them. A statement is
//! about an image, by digest, tag, repository or package url, or about a package; Trivy and Grype
//! understand different ones of these, and all of them are taken. The newest statement decides, and
//! only `not_affected` and `fixed` suppress anything.

mod csaf;
mod cyclonedx;
mod cyclonedx_xml;
mod openvex;
mod product;
mod repository;

pub use product::Applies;
pub(crate) use product::Scene;
pub use repository::{IndexEntry, index};

use crate::kind::Subject;
use crate::purl::Purl;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The largest document that is read, in bytes; vendors' largest are a tenth of it.
pub const DOCUMENT_BYTES_MAX: usize = 256 << 20;

/// Why bytes are no VEX document.
#[derive(Debug, thiserror::Error)]
pub enum VexError {
    /// Larger than [`DOCUMENT_BYTES_MAX`].
    #[error("the document is larger than {DOCUMENT_BYTES_MAX} bytes")]
    Large,
    /// Not JSON.
    #[error("the document is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// XML that is broken off or worse.
    #[error("the document is no XML that can be read: {0}")]
    Xml(String),
    /// JSON or XML of no VEX format.
    #[error(
        "this is no VEX document: expected OpenVEX or CSAF as JSON, or CycloneDX as JSON or XML"
    )]
    Unknown,
    /// A version that is not read.
    #[error("this is {0}, which is not read")]
    Version(String),
    /// The format is right and the rest is not.
    #[error("the document does not have the shape of {0}")]
    Shape(Format, #[source] serde_json::Error),
    /// A statement says what no statement may say.
    #[error("statement {0} of the document {1}")]
    Statement(usize, String),
}

/// The formats of VEX documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// <https://github.com/openvex/spec>
    OpenVex,
    /// <https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html>
    Csaf,
    /// <https://cyclonedx.org/capabilities/vex/>
    CycloneDx,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OpenVex => "OpenVEX",
            Self::Csaf => "CSAF",
            Self::CycloneDx => "CycloneDX",
        })
    }
}

/// What a statement says of a vulnerability in a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It cannot be exploited there.
    NotAffected,
    /// It can.
    Affected,
    /// It was there and is not any more.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    /// The word of OpenVEX.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }

    /// Whether a finding does not count where this is so.
    pub const fn suppresses(self) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed)
    }
}

/// One name of a product or of a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    Purl(Purl),
    /// Hexadecimal digits of a digest, lower case.
    Digest(String),
    /// Anything else: an image reference, or an address that stands for nothing here.
    Name(String),
}

impl Identity {
    fn new(text: &str) -> Self {
        if let Ok(purl) = Purl::parse(text) {
            return Self::Purl(purl);
        }
        let hex = text.rsplit(':').next().unwrap_or(text);
        let is_digest = matches!(hex.len(), 64 | 128)
            && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !text.contains(['/', '@']);
        if is_digest { Self::Digest(hex.to_ascii_lowercase()) } else { Self::Name(text.to_owned()) }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purl(purl) => purl.fmt(f),
            Self::Digest(text) | Self::Name(text) => f.write_str(text),
        }
    }
}

/// A product a statement is about, and the parts of it that it means; all of it without parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) identities: Vec<Identity>,
    pub(crate) parts: Vec<Identity>,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Ids of the vulnerability.
    pub vulnerabilities: Vec<String>,
    /// What it says.
    pub status: Status,
    /// Why, as one of the words the formats define.
    pub justification: Option<String>,
    /// Why, in words.
    pub impact: Option<String>,
    pub(crate) products: Vec<Product>,
    /// When it was made, in nanoseconds since 1970.
    pub(crate) time: Option<i128>,
}

impl Statement {
    /// Status, justification and impact, as far as they are given.
    pub fn reason(&self) -> String {
        let mut text = self.status.name().to_owned();
        if let Some(justification) = &self.justification {
            text.push_str(": ");
            text.push_str(justification);
        }
        if let Some(impact) = self.impact.as_deref().map(str::trim).filter(|text| !text.is_empty())
        {
            text.push_str(if self.justification.is_some() { " (" } else { ": " });
            text.push_str(impact);
            if self.justification.is_some() {
                text.push(')');
            }
        }
        text
    }
}

/// A document and where it was read from.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, as it was named.
    pub file: String,
    /// Its format.
    pub format: Format,
    /// Who wrote it, where it says so.
    pub author: Option<String>,
    /// What it says, in its order.
    pub statements: Vec<Statement>,
    /// Whether it is an error when the document is about something else altogether: so for a file
    /// that was named, and not for one of a collection.
    pub is_expected: bool,
}

/// Reads a document of any of the formats.
pub fn read(file: &str, bytes: &[u8]) -> Result<Document, VexError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(VexError::Large);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().starts_with(b"<") {
        let statements = cyclonedx::statements(&cyclonedx_xml::read(bytes)?)?;
        let format = Format::CycloneDx;
        let file = file.to_owned();
        return Ok(Document { file, format, author: None, statements, is_expected: true });
    }
    let markers: Markers = serde_json::from_slice(bytes).map_err(VexError::NotJson)?;
    let (format, author, statements) = match markers {
        Markers { context: Some(context), .. } if is_openvex(&context) => {
            let (author, statements) = openvex::read(bytes)?;
            (Format::OpenVex, author, statements)
        }
        Markers { bom_format: Some(name), .. } if name == "CycloneDX" => {
            (Format::CycloneDx, None, cyclonedx::read(bytes)?)
        }
        Markers { document: Some(document), .. } => match document.csaf_version.as_deref() {
            Some("2.0" | "2.1") => {
                let (author, statements) = csaf::read(bytes)?;
                (Format::Csaf, author, statements)
            }
            Some(version) => return Err(VexError::Version(format!("CSAF {version}"))),
            None => return Err(VexError::Unknown),
        },
        _ => return Err(VexError::Unknown),
    };
    Ok(Document { file: file.to_owned(), format, author, statements, is_expected: true })
}

#[derive(serde::Deserialize)]
struct Markers {
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<String>,
    document: Option<CsafMarker>,
}

#[derive(serde::Deserialize)]
struct CsafMarker {
    csaf_version: Option<String>,
}

fn is_openvex(context: &serde_json::Value) -> bool {
    let is_ours = |value: &serde_json::Value| {
        value.as_str().is_some_and(|text| text.starts_with("https://openvex.dev"))
    };
    is_ours(context) || context.as_array().is_some_and(|list| list.iter().any(is_ours))
}

/// A moment of RFC 3339, in nanoseconds since 1970.
fn moment(text: Option<&str>) -> Option<i128> {
    OffsetDateTime::parse(text?, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp_nanos)
}

/// Every statement of several documents, found by vulnerability.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    documents: Vec<Document>,
    by_id: BTreeMap<String, Vec<(usize, usize)>>,
}

/// A statement about a vulnerability, and whether it applies.
#[derive(Clone, Debug)]
pub struct Considered<'a> {
    /// The document it is of.
    pub document: &'a Document,
    /// The statement.
    pub statement: &'a Statement,
    /// Its position in the document, from 1.
    pub number: usize,
    /// Whether it is about the finding, and why or why not.
    pub applies: Applies,
}

impl Statements {
    /// Makes documents ready to be asked.
    pub fn new(documents: Vec<Document>) -> Self {
        let mut by_id: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, document) in documents.iter().enumerate() {
            for (number, statement) in document.statements.iter().enumerate() {
                for id in &statement.vulnerabilities {
                    let list = by_id.entry(id.to_ascii_lowercase()).or_default();
                    if list.last() != Some(&(at, number)) {
                        list.push((at, number));
                    }
                }
            }
        }
        Self { documents, by_id }
    }

    /// The documents.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Every statement about the vulnerability of a finding, oldest first, and whether it applies.
    pub(crate) fn about<'a>(
        &'a self,
        subject: Subject<'_>,
        scene: &Scene<'_>,
    ) -> Vec<Considered<'a>> {
        if subject.vulnerability.is_none() || self.by_id.is_empty() {
            return Vec::new();
        }
        let mut places = BTreeSet::new();
        for id in subject.ids() {
            places.extend(self.by_id.get(&id.to_ascii_lowercase()).into_iter().flatten().copied());
        }
        let mut found: Vec<Considered<'a>> = places
            .into_iter()
            .filter_map(|(at, number)| {
                let document = self.documents.get(at)?;
                let statement = document.statements.get(number)?;
                let applies = product::applies(&statement.products, subject, scene);
                Some(Considered { document, statement, number: number + 1, applies })
            })
            .collect();
        // The sort is stable: of the same moment, the later in the order of files and statements.
        found.sort_by_key(|considered| considered.statement.time);
        found
    }

    /// Documents that were named and none of whose products is the image or a package in it.
    pub(crate) fn foreign(&self, scene: &Scene<'_>) -> Vec<&Document> {
        let mut packages = BTreeMap::new();
        for purl in scene.inventory.packages.iter().filter_map(|p| Purl::parse(&p.purl).ok()) {
            let (kind, name) = purl.key();
            packages.entry((kind.to_owned(), name.to_owned())).or_insert_with(Vec::new).push(purl);
        }
        let is_here = |identity: &Identity| match identity {
            Identity::Purl(purl) => {
                let (kind, name) = purl.key();
                let same = packages.get(&(kind.to_owned(), name.to_owned()));
                same.is_some_and(|same| same.iter().any(|found| purl.covers(found)))
            }
            _ => false,
        };
        let concerns = |product: &Product| {
            product.identities.iter().any(|one| scene.image.is_named(one).is_ok() || is_here(one))
        };
        let is_foreign = |document: &&Document| {
            document.is_expected
                && !document.statements.iter().flat_map(|one| &one.products).any(concerns)
        };
        self.documents.iter().filter(is_foreign).collect()
    }
}
