//! Tells our reports from other JSON by a few keys of the outermost object, and names what it is.

use super::{ReadError, SCHEMA_VERSION};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::error::Category;

/// Which of our two shapes a document has.
pub(super) enum Shape {
    One,
    Several,
}

/// The keys that give a document away. Only what is small is kept.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Markers {
    schema_version: Option<Value>,
    reports: Option<IgnoredAny>,
    /// Trivy.
    #[serde(rename = "SchemaVersion")]
    trivy: Option<IgnoredAny>,
    /// SARIF.
    runs: Option<IgnoredAny>,
    /// CycloneDX.
    #[serde(rename = "bomFormat")]
    cyclonedx: Option<IgnoredAny>,
    /// SPDX 2.
    #[serde(rename = "spdxVersion")]
    spdx: Option<IgnoredAny>,
    /// JSON-LD: SPDX 3 and OpenVEX.
    #[serde(rename = "@context")]
    context: Option<IgnoredAny>,
    /// Grype, beside a descriptor.
    matches: Option<IgnoredAny>,
    /// Syft, beside a descriptor.
    artifacts: Option<IgnoredAny>,
    descriptor: Option<IgnoredAny>,
    /// OSV-Scanner, where nothing of ours is beside it.
    results: Option<IgnoredAny>,
    /// DSSE.
    #[serde(rename = "payloadType")]
    envelope: Option<IgnoredAny>,
    /// An image manifest or index.
    #[serde(rename = "schemaVersion")]
    manifest: Option<IgnoredAny>,
}

impl Markers {
    fn other_tool(&self) -> Option<&'static str> {
        let described = self.descriptor.is_some();
        [
            (self.trivy.is_some(), "a Trivy report"),
            (self.runs.is_some(), "a SARIF log"),
            (self.cyclonedx.is_some(), "a CycloneDX document"),
            (self.spdx.is_some(), "an SPDX document"),
            (self.context.is_some(), "a JSON-LD document (SPDX 3 or OpenVEX)"),
            (described && self.matches.is_some(), "a Grype report"),
            (described && self.artifacts.is_some(), "a Syft document"),
            (self.envelope.is_some(), "a DSSE envelope"),
            (self.manifest.is_some(), "an image manifest"),
            (self.results.is_some(), "the output of another scanner"),
        ]
        .into_iter()
        .find_map(|(holds, what)| holds.then_some(what))
    }
}

/// Looks at the outermost keys of a document.
pub(super) fn recognize(bytes: &[u8]) -> Result<Shape, ReadError> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        // A list or a plain value is JSON, but nothing that has keys.
        let json: Result<IgnoredAny, _> = serde_json::from_slice(bytes);
        return Err(json.map_or_else(ReadError::NotJson, |_| ReadError::NoVersion));
    }
    let markers: Markers =
        serde_json::from_slice(bytes).map_err(|error| match error.classify() {
            // A key that is there twice.
            Category::Data => ReadError::Shape(error),
            Category::Syntax | Category::Eof | Category::Io => ReadError::NotJson(error),
        })?;
    match &markers.schema_version {
        Some(Value::String(version)) if version == SCHEMA_VERSION => {
            Ok(if markers.reports.is_some() { Shape::Several } else { Shape::One })
        }
        found => match markers.other_tool() {
            Some(what) => Err(ReadError::Foreign(what)),
            None => Err(found
                .as_ref()
                .map_or(ReadError::NoVersion, |version| ReadError::Version(version.to_string()))),
        },
    }
}
