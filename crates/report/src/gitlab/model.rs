//! The part of GitLab's report schemas that is written here.

use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Document<'a, V> {
    pub(super) schema: String,
    pub(super) version: &'static str,
    pub(super) scan: Run<'a>,
    pub(super) vulnerabilities: V,
    pub(super) remediations: [(); 0],
}

#[derive(Serialize)]
pub(super) struct Run<'a> {
    pub(super) analyzer: Tool<'a>,
    pub(super) scanner: Tool<'a>,
    pub(super) start_time: String,
    pub(super) end_time: String,
    pub(super) status: &'static str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<Message>,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) level: &'static str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    id: &'static str,
    name: &'static str,
    version: &'a str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

impl<'a> Tool<'a> {
    pub(super) const fn lazaret(version: &'a str) -> Self {
        Self { id: "lazaret", name: "Lazaret", version, vendor: Vendor { name: "Lazaret" } }
    }
}

#[derive(Serialize)]
pub(super) struct Entry<'a> {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) severity: &'static str,
    pub(super) solution: String,
    pub(super) location: Location<'a>,
    pub(super) identifiers: Vec<Identifier<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cvss_vectors: Vec<Vector<'a>>,
    pub(super) links: Vec<Link>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) details: BTreeMap<&'static str, Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw_source_code_extract: Option<&'a str>,
}

/// A place, in the words of each kind of report.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Location<'a> {
    Container {
        dependency: Dependency<'a>,
        operating_system: String,
        image: &'a str,
    },
    Dependency {
        file: &'a str,
        dependency: Dependency<'a>,
    },
    Secret {
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<&'a str>,
        commit: Commit,
        #[serde(skip_serializing_if = "Option::is_none")]
        start_line: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        end_line: Option<u32>,
    },
}

#[derive(Serialize)]
pub(super) struct Dependency<'a> {
    pub(super) package: Name<'a>,
    pub(super) version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) direct: Option<bool>,
}

#[derive(Serialize)]
pub(super) struct Name<'a> {
    pub(super) name: &'a str,
}

#[derive(Serialize)]
pub(super) struct Commit {
    pub(super) sha: &'static str,
}

#[derive(Serialize)]
pub(super) struct Identifier<'a> {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Vector<'a> {
    pub(super) vendor: &'a str,
    pub(super) vector: &'a str,
}

#[derive(Serialize)]
pub(super) struct Link {
    pub(super) url: String,
}

/// A detail that is a text.
#[derive(Serialize)]
pub(super) struct Text {
    pub(super) name: &'static str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) value: String,
}
