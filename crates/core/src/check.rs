//! What was found wrong in some bytes, before it is known where in an image they are.

use crate::location::LineRange;
use serde::{Deserialize, Serialize};

/// A secret in a text. Its value is not here, and nowhere else either.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SecretHit {
    /// Id of the rule that found it, such as `github-token`.
    pub rule: String,
    /// Lines it stands on; absent in files without lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineRange>,
    /// Enough to recognize it by, and no more: the kind's own prefix, then asterisks.
    pub stub: String,
    /// The path inside the archive it is in, where it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
}

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RuleHit {
    /// Id of the rule, such as `DF007`.
    pub rule: String,
    /// What was found, for people: what of this file, not what the rule says of all files.
    pub message: String,
    /// Lines it is about; absent when it is about the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineRange>,
}

/// A license in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LicenseHit {
    /// SPDX id or expression.
    pub license: String,
    /// How sure that is, in percent.
    pub confidence: u8,
}
