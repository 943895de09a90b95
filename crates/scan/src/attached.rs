//! What lies beside an image: bills of materials that its registry has attached to it.

use crate::extract::LayerVisitor;
use crate::skip::Skip;
use lazaret_core::digest::Digest;
use lazaret_core::extract::LayerFacts;
use lazaret_core::limits::Limits;
use lazaret_core::location::ImagePath;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::{AttachedSbom, Signature};
use lazaret_image::{EntryHeader, EntryType, Visit as _, Want};
use lazaret_inventory::Selection;

/// What lies beside an image, and is joined with what is in it.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// Bills of materials.
    pub documents: Vec<AttachedDocument>,
    /// What else may be one and could not be read.
    pub problems: Vec<Problem>,
}

/// A bill of materials as the registry has it. Nobody checked who made it.
#[derive(Clone, Debug)]
pub struct AttachedDocument {
    /// Digest of the blob it is from.
    pub digest: Digest,
    /// What the registry says that it is.
    pub kind: String,
    /// The document, without the statement it was in.
    pub bytes: Vec<u8>,
}

impl AttachedDocument {
    /// Where its packages are said to be: no path of the image, but the digest of the blob, with the
    /// ending of the format by which it is read.
    fn path(&self) -> ImagePath {
        let text = self.bytes.strip_prefix(MARK).unwrap_or(&self.bytes);
        let ending = match text.trim_ascii_start().first() {
            Some(b'{') => "sbom.json",
            Some(b'<') => "cdx.xml",
            _ => "spdx",
        };
        ImagePath::parse(format!("oci:{}.{ending}", self.digest).as_bytes()).unwrap_or_default()
    }
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Attached {
    /// What the documents say, as a layer of these files would; none where there are none.
    pub(crate) fn facts(&self, selection: &Selection, limits: &Limits) -> Option<LayerFacts> {
        if self.documents.is_empty() {
            return None;
        }
        let skip = Skip::default();
        let mut visitor = LayerVisitor::new(selection, limits, &skip);
        for document in &self.documents {
            let size_bytes = u64::try_from(document.bytes.len()).unwrap_or(u64::MAX);
            let header = EntryHeader {
                path: document.path(),
                kind: EntryType::File,
                size_bytes,
                mode: 0o644,
                uid: 0,
                gid: 0,
                capability: None,
            };
            if size_bytes > limits.file_bytes_max {
                let message = format!(
                    "the bill of materials {} has {size_bytes} bytes: more than are read",
                    header.path
                );
                visitor.problem(Problem::general(ProblemKind::Limit, message));
            } else if visitor.entry(&header) == Want::Body {
                visitor.body(&header, &document.bytes);
            }
        }
        Some(visitor.finish())
    }

    /// What the report says of the documents.
    pub(crate) fn provenance(&self) -> Vec<AttachedSbom> {
        let documents = self.documents.iter().map(|document| AttachedSbom {
            digest: document.digest.clone(),
            kind: document.kind.clone(),
            path: document.path(),
            signature: Signature::NotChecked,
        });
        documents.collect()
    }
}
