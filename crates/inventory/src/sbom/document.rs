//! Documents in JSON, of whatever format they are.

use super::bom::Bom;
use super::component::Take;
use super::{GIVES, attestation, cyclonedx, spdx, spdx3, syft};
use crate::lang::json::{Json, string};
use crate::lines::without_mark;
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};
use serde_json::value::RawValue;

/// Bills of materials in JSON.
pub(crate) static JSON: Extractor = Extractor {
    id: "sbom/json",
    version: 1,
    title: "Bills of materials in JSON: CycloneDX, SPDX, Syft",
    spec: "https://cyclonedx.org/docs/1.7/json/",
    selects: &[
        Select::Suffix(".cdx.json"),
        Select::Suffix(".cyclonedx.json"),
        Select::Suffix(".sbom.json"),
        Select::Suffix(".spdx.json"),
        Select::Suffix(".syft.json"),
        Select::Name("bom.json"),
        Select::Name("sbom.json"),
    ],
    gives: GIVES,
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut bom = Bom::new(sink);
    let is_known = read(text(input.bytes)?, &mut bom)?;
    bom.finish(sink);
    // Anything may be called `bom.json`; the longer endings promise more.
    let name = input.path.name();
    if is_known || matches!(name, "bom.json" | "sbom.json") {
        return Ok(());
    }
    Err(ParseError::new("the file is no bill of materials of a known format"))
}

/// A file as text without its byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<&str, ParseError> {
    std::str::from_utf8(without_mark(bytes)).map_err(|_| ParseError::new("the file is not UTF-8"))
}

/// The parts of a document, none of them parsed.
#[derive(Default)]
pub(super) struct Document<'a> {
    format: Option<Format>,
    /// CycloneDX.
    pub(super) metadata: Option<&'a RawValue>,
    pub(super) components: Option<&'a RawValue>,
    pub(super) dependencies: Option<&'a RawValue>,
    pub(super) references: Option<&'a RawValue>,
    /// SPDX.
    pub(super) packages: Option<&'a RawValue>,
    pub(super) files: Option<&'a RawValue>,
    pub(super) relationships: Option<&'a RawValue>,
    pub(super) annotations: Option<&'a RawValue>,
    pub(super) described: Option<&'a RawValue>,
    /// SPDX 3.
    pub(super) graph: Option<&'a RawValue>,
    /// Syft.
    pub(super) artifacts: Option<&'a RawValue>,
    pub(super) artifact_relationships: Option<&'a RawValue>,
    pub(super) source: Option<&'a RawValue>,
    pub(super) distro: Option<&'a RawValue>,
    pub(super) descriptor: Option<&'a RawValue>,
    /// Attestations.
    pub(super) payload: Option<&'a RawValue>,
    pub(super) predicate: Option<&'a RawValue>,
    pub(super) envelope: Option<&'a RawValue>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    CycloneDx,
    Spdx,
}

impl<'a> Document<'a> {
    /// Looks at the outermost object of a text.
    pub(super) fn parse(text: &'a str) -> Result<Self, ParseError> {
        let mut document = Self::default();
        Json::of_text(text).entries(|key, value| {
            let slot = match key {
                "bomFormat" | "specVersion" => {
                    let is_it = key == "specVersion" || value.get() == "\"CycloneDX\"";
                    document.format = document.format.or(is_it.then_some(Format::CycloneDx));
                    return;
                }
                "spdxVersion" | "SPDXID" => {
                    document.format = Some(Format::Spdx);
                    return;
                }
                "metadata" => &mut document.metadata,
                "components" => &mut document.components,
                "dependencies" => &mut document.dependencies,
                "externalReferences" => &mut document.references,
                "packages" => &mut document.packages,
                "files" => &mut document.files,
                "relationships" => &mut document.relationships,
                "annotations" => &mut document.annotations,
                "documentDescribes" => &mut document.described,
                "@graph" => &mut document.graph,
                "artifacts" => &mut document.artifacts,
                "artifactRelationships" => &mut document.artifact_relationships,
                "source" => &mut document.source,
                "distro" => &mut document.distro,
                "descriptor" => &mut document.descriptor,
                "payload" => &mut document.payload,
                "predicate" => &mut document.predicate,
                "dsseEnvelope" => &mut document.envelope,
                _ => return,
            };
            *slot = Some(value);
        })?;
        Ok(document)
    }

    /// Reads a document that is a bill of materials itself; whether it is one.
    pub(super) fn read(&self, take: &mut dyn Take) -> bool {
        match self.format {
            Some(Format::CycloneDx) => cyclonedx::read(self, take),
            Some(Format::Spdx) => spdx::read(self, take),
            None if self.graph.is_some() => spdx3::read(self, take),
            None if self.artifacts.is_some() => syft::read(self, take),
            None => return false,
        }
        true
    }
}

/// Reads a document, or what an attestation holds; whether it is of a known format.
pub(super) fn read(text: &str, take: &mut dyn Take) -> Result<bool, ParseError> {
    let document = Document::parse(text)?;
    if document.read(take) {
        return Ok(true);
    }
    attestation::read(&document, take)
}

/// A string in a value, unless it is empty.
pub(super) fn filled(value: &RawValue) -> Option<String> {
    string(value).filter(|text| !text.is_empty())
}
