//! VEX in CycloneDX 1.4 and newer, as JSON (as XML: [`super::cyclonedx_xml`]): `vulnerabilities` with an `analysis`
//! (<https://cyclonedx.org/docs/1.6/json/#vulnerabilities>).
//!
//! What a vulnerability affects is named by a reference: of this document, of another one by its
//! BOM-Link, or a package url in either place.

use super::{Format, Identity, Product, Statement, Status, VexError, moment};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How deep components may lie in each other.
pub(super) const DEPTH_MAX: usize = 64;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    pub(super) metadata: Option<Metadata>,
    #[serde(default)]
    pub(super) components: Vec<Component>,
    #[serde(default)]
    pub(super) vulnerabilities: Vec<Vulnerability>,
}

#[derive(Default, Deserialize)]
pub(super) struct Metadata {
    pub(super) timestamp: Option<String>,
    pub(super) component: Option<Component>,
}

#[derive(Default, Deserialize)]
pub(super) struct Component {
    #[serde(rename = "bom-ref")]
    pub(super) reference: Option<String>,
    pub(super) purl: Option<String>,
    #[serde(default)]
    pub(super) components: Vec<Self>,
}

#[derive(Default, Deserialize)]
pub(super) struct Vulnerability {
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) references: Vec<OtherId>,
    pub(super) analysis: Option<Analysis>,
    #[serde(default)]
    pub(super) affects: Vec<Affects>,
    pub(super) updated: Option<String>,
    pub(super) published: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct OtherId {
    pub(super) id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Analysis {
    pub(super) state: Option<String>,
    pub(super) justification: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) last_updated: Option<String>,
    pub(super) first_issued: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Affects {
    #[serde(rename = "ref")]
    pub(super) reference: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Statement>, VexError> {
    let file = serde_json::from_slice(bytes);
    statements(&file.map_err(|error| VexError::Shape(Format::CycloneDx, error))?)
}

/// What a document says.
pub(super) fn statements(file: &File) -> Result<Vec<Statement>, VexError> {
    let mut purls: BTreeMap<&str, &str> = BTreeMap::new();
    let root = file.metadata.as_ref().and_then(|metadata| metadata.component.as_ref());
    let mut open: Vec<(&Component, usize)> =
        file.components.iter().chain(root).map(|component| (component, 0)).collect();
    while let Some((component, depth)) = open.pop() {
        if depth > DEPTH_MAX {
            let message = format!("has components that lie more than {DEPTH_MAX} deep");
            return Err(VexError::Statement(0, message));
        }
        if let (Some(reference), Some(purl)) = (&component.reference, &component.purl) {
            purls.insert(reference, purl);
        }
        open.extend(component.components.iter().map(|inner| (inner, depth + 1)));
    }
    let document_time = file.metadata.as_ref().and_then(|metadata| metadata.timestamp.as_deref());
    let mut statements = Vec::new();
    for (number, found) in (1..).zip(&file.vulnerabilities) {
        // A vulnerability without an analysis is a finding, not a statement.
        let Some((analysis, state)) =
            found.analysis.as_ref().and_then(|one| Some((one, one.state.as_deref()?)))
        else {
            continue;
        };
        let status = match state {
            "not_affected" | "false_positive" => Status::NotAffected,
            "resolved" | "resolved_with_pedigree" => Status::Fixed,
            "exploitable" => Status::Affected,
            "in_triage" => Status::UnderInvestigation,
            other => {
                let message = format!("has the unknown state `{other}`");
                return Err(VexError::Statement(number, message));
            }
        };
        let others = found.references.iter().filter_map(|other| other.id.as_ref());
        let vulnerabilities: Vec<String> = found.id.iter().chain(others).cloned().collect();
        if vulnerabilities.is_empty() {
            return Err(VexError::Statement(number, "names no vulnerability".to_owned()));
        }
        let products = found
            .affects
            .iter()
            .map(|affects| {
                let local = local_reference(&affects.reference);
                let purl = purls.get(local.as_str()).map_or(local.as_str(), |purl| purl);
                Product { identities: vec![Identity::new(purl)], parts: Vec::new() }
            })
            .collect();
        let times = [
            analysis.last_updated.as_deref(),
            analysis.first_issued.as_deref(),
            found.updated.as_deref(),
            found.published.as_deref(),
            document_time,
        ];
        statements.push(Statement {
            vulnerabilities,
            status,
            justification: analysis.justification.clone(),
            impact: analysis.detail.clone(),
            products,
            time: moment(times.into_iter().flatten().next()),
        });
    }
    Ok(statements)
}

/// The reference in its document: what follows the `#` of a BOM-Link, decoded.
fn local_reference(reference: &str) -> String {
    let local = match reference.strip_prefix("urn:cdx:").and_then(|rest| rest.split_once('#')) {
        Some((_, local)) => local,
        None => reference,
    };
    // The whole reference is encoded once more inside a BOM-Link.
    if local.starts_with("pkg%3A") || local.starts_with("pkg%3a") {
        let mut decoded = Vec::with_capacity(local.len());
        let mut bytes = local.bytes();
        while let Some(byte) = bytes.next() {
            let pair = (byte == b'%').then(|| (bytes.next(), bytes.next()));
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let value = pair.and_then(|(high, low)| Some(digit(high)? * 16 + digit(low)?));
            decoded.push(value.and_then(|value| u8::try_from(value).ok()).unwrap_or(byte));
        }
        return String::from_utf8_lossy(&decoded).into_owned();
    }
    local.to_owned()
}
