//! What could not be read. Incomplete is not clean: problems are part of the report.

use crate::location::Location;
use serde::{Deserialize, Serialize};

/// What kind of thing went wrong, so that a gate can tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// A file of a known format could not be parsed, wholly or in part.
    Parse,
    /// A bound of [`crate::limits::Limits`] was met, and what lies beyond was not looked at.
    Limit,
    /// A layer's bytes are damaged or do not have the digest the image gives for them.
    Layer,
    /// An archive entry that cannot be a file of an image, such as a path that climbs out.
    Entry,
    /// The packages of an ecosystem or distribution are covered by no advisory source.
    Coverage,
    /// Our own code failed on a file. The rest of the scan is unaffected.
    Internal,
}

/// One thing that could not be read, where it is, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of thing went wrong.
    pub kind: ProblemKind,
    /// What happened, in words for the person who built the image.
    pub message: String,
    /// Where it happened, when it is a file or a layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The extractor that met it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extractor: Option<String>,
}

impl Problem {
    /// A problem that no single file is to blame for.
    pub fn general(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), location: None, extractor: None }
    }
}
