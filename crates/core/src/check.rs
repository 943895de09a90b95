//! What was found wrong in some bytes, before it is known where in an image they are.

use crate::location::{ImagePath, LineRange};
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
    /// What of an image it is about; absent for the image as a whole, and for hits in a file that
    /// was looked at by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Part>,
    /// The line of the history that made the setting it is about, by its position counted from
    /// zero, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<u32>,
}

/// A part of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A file or folder.
    File(ImagePath),
    /// A variable of the environment, by its name.
    Env(String),
    /// A label, by its name.
    Label(String),
    /// A line of the history, by its position, counted from zero.
    History(u32),
}

/// A license in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LicenseHit {
    /// SPDX id or expression.
    pub license: String,
    /// How sure that is, in percent.
    pub confidence: u8,
}
