//! `manifest.json`: which segments a database has, and what pins them.

use crate::build::rfc3339;
use crate::format::{FORMAT, FORMAT_SINCE};
use crate::records::SourceInfo;
use lazaret_core::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Most bytes a manifest may have; a thousand segments need a tenth of it.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 16 << 20;

/// Longest segment name in bytes, so that a file named after it fits every file system.
const NAME_BYTES_MAX: usize = 100;

/// Everything `manifest.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format version of the database.
    pub format: u32,
    /// The first Lazaret version that reads this format.
    pub requires: String,
    /// The time the database stands for (RFC 3339, UTC): what was not in it then was first seen
    /// later. Absent where no record has a date and nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<String>,
    /// The segments, sorted by name.
    pub segments: Vec<SegmentInfo>,
}

/// One segment: one source, one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentInfo {
    /// Name, such as `debian-12`.
    pub name: String,
    /// What it holds besides advisories; absent where it holds these. Text, because a newer program
    /// may have built segments of kinds this one does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Name of its file in the database's folder.
    pub file: String,
    /// Digest of that file.
    pub digest: Digest,
    /// Length of that file.
    pub size_bytes: u64,
    /// The package-url type of the packages it names. Text, because a newer program may have built
    /// segments for kinds of packages this one does not know.
    pub ecosystem: String,
    /// The order its versions are compared by; text for the same reason.
    pub scheme: String,
    /// Where its facts come from.
    pub source: SourceInfo,
    /// How many records it holds.
    pub records: u32,
    /// How many packages they name.
    pub packages: u32,
    /// BLAKE3 of the whole segment file, in hexadecimal: what is checked before every use, since it
    /// takes a fraction of the time. Absent in databases of earlier programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blake3: Option<String>,
    /// What its sources are known to lack, for people; absent where they are whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
    /// How many records each feed filed in it, by feed id, before what several say of the same was
    /// joined.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub feeds: BTreeMap<String, u64>,
    /// Set where it, or a part of it, is of a time before the rest of its database: a newer state of
    /// its source was not to be had or not to be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Old>,
    /// The newest date of any record (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<String>,
}

/// Why a segment is not of the same time as the rest of its database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Old {
    /// The time of the database it was built for (RFC 3339, UTC), where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why there is no newer state, for people.
    pub why: String,
}

/// Why a text is no manifest this program can use.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is not JSON, or not of the manifest's shape.
    #[error("not an advisory database manifest")]
    Json(#[source] serde_json::Error),
    /// It is of a format this program does not know yet.
    #[error(
        "the advisory database has format {format}, and this program reads format {FORMAT}: \
         {requires} is needed"
    )]
    Newer {
        /// The format it has.
        format: u32,
        /// The program that reads it, in words.
        requires: String,
    },
    /// A segment is listed in a way that cannot be.
    #[error("segment `{name}` of the advisory database manifest {problem}")]
    Segment {
        /// The segment.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// What every format version has, whatever else changes.
#[derive(Deserialize)]
struct Version {
    format: u32,
    #[serde(default)]
    requires: Option<String>,
}

impl Manifest {
    /// A manifest of the current format; `segments` are sorted here.
    pub(crate) fn new(mut segments: Vec<SegmentInfo>, built: Option<i64>) -> Self {
        segments.sort_by(|a, b| a.name.cmp(&b.name));
        let built = built.and_then(rfc3339);
        Self { format: FORMAT, requires: FORMAT_SINCE.to_owned(), built, segments }
    }

    /// The time the database stands for, in seconds since 1970 (UTC); for one that does not say,
    /// the newest date of its records.
    pub fn time(&self) -> Option<i64> {
        seconds(self.built.as_deref().or_else(|| self.newest())?)
    }

    /// Reads a manifest and checks that its segments can be found by their names and that their
    /// files lie in the database's folder.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let version: Version = serde_json::from_slice(bytes).map_err(ManifestError::Json)?;
        if version.format > FORMAT {
            let requires = version.requires.map_or_else(
                || "a newer Lazaret".to_owned(),
                |requires| format!("Lazaret {requires} or newer"),
            );
            return Err(ManifestError::Newer { format: version.format, requires });
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(ManifestError::Json)?;
        let mut before: Option<&str> = None;
        for segment in &manifest.segments {
            let problem = if !is_segment_name(&segment.name) {
                Some("does not have a segment's name")
            } else if before.is_some_and(|before| before >= segment.name.as_str()) {
                Some("is out of order")
            } else if !is_file_name(&segment.file) {
                Some("does not name a file of the database's folder")
            } else {
                None
            };
            if let Some(problem) = problem {
                return Err(ManifestError::Segment { name: segment.name.clone(), problem });
            }
            before = Some(&segment.name);
        }
        Ok(manifest)
    }

    /// The manifest as it is written: the same bytes for the same segments.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut json = serde_json::to_string_pretty(self)?;
        json.push('\n');
        Ok(json)
    }

    /// The position of a segment in the list.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.segments.binary_search_by(|segment| segment.name.as_str().cmp(name)).ok()
    }

    /// The newest date of any advisory. Scores and lists of another day say nothing of that.
    pub(crate) fn newest(&self) -> Option<&str> {
        // Every date is RFC 3339 in UTC, so their text sorts as they do.
        let advisories = self.segments.iter().filter(|segment| segment.kind.is_none());
        advisories.filter_map(|segment| segment.newest.as_deref()).max()
    }
}

/// A moment in RFC 3339 as seconds since 1970 (UTC).
pub(crate) fn seconds(moment: &str) -> Option<i64> {
    OffsetDateTime::parse(moment, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

/// Whether a text can name a segment, and so begin the name of a file.
pub(crate) fn is_segment_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= NAME_BYTES_MAX
        && name.bytes().next().is_some_and(word)
        && name.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'+' | b'_' | b'-'))
}

/// Whether a text names a file in the same folder, on every system.
fn is_file_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.len() <= 255
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_segments(segments: &str) -> Result<Manifest, ManifestError> {
        let json = format!(r#"{{"format":1,"requires":"0.1.0","segments":[{segments}]}}"#);
        Manifest::parse(json.as_bytes())
    }

    fn segment(name: &str, file: &str) -> String {
        format!(
            r#"{{"name":"{name}","file":"{file}","digest":"sha256:{}","size_bytes":0,
            "ecosystem":"npm","scheme":"semver","records":0,"packages":0,"later":true,
            "source":{{"id":"x","url":"https://example.org","license":"CC0-1.0"}}}}"#,
            "0".repeat(64)
        )
    }

    #[test]
    fn a_newer_format_names_the_version_it_needs() {
        let error = Manifest::parse(br#"{"format":2,"requires":"3.1.0","shards":[]}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the advisory database has format 2, and this program reads format 1: \
             Lazaret 3.1.0 or newer is needed"
        );
    }

    #[test]
    fn fields_of_later_versions_are_ignored() {
        let manifest = with_segments(&segment("npm", "npm.1.segment")).unwrap();
        assert_eq!(manifest.position("npm"), Some(0));
        assert_eq!(manifest.position("pypi"), None);
    }

    #[test]
    fn file_names_cannot_leave_the_folder() {
        for file in ["../x", "a/b", "/etc/passwd", "..", ".", "", "C:x", "a\\\\b"] {
            assert!(
                matches!(with_segments(&segment("npm", file)), Err(ManifestError::Segment { .. })),
                "{file}"
            );
        }
    }

    #[test]
    fn names_are_checked_and_in_order() {
        for name in ["", "NPM", "a b", "-a", "a/b"] {
            assert!(with_segments(&segment(name, "x.segment")).is_err(), "{name}");
        }
        let twice = [segment("npm", "a"), segment("npm", "b")].join(",");
        assert!(with_segments(&twice).is_err());
        let unsorted = [segment("pypi", "a"), segment("npm", "b")].join(",");
        assert!(with_segments(&unsorted).is_err());
    }
}
