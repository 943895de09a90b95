//! OpenVEX 0.0.1 to 0.2.0 (<https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>).

use super::{Format, Identity, Product, Statement, Status, VexError, moment};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    author: Option<String>,
    timestamp: Option<String>,
    last_updated: Option<String>,
    /// Earlier versions let a document name what its statements do not.
    product: Option<Named>,
    #[serde(default)]
    statements: Vec<Raw>,
}

#[derive(Deserialize)]
struct Raw {
    vulnerability: Option<Vulnerability>,
    #[serde(default)]
    products: Vec<Named>,
    /// Before 0.2.0 the parts are named beside the products.
    #[serde(default)]
    subcomponents: Vec<Named>,
    status: String,
    justification: Option<String>,
    impact_statement: Option<String>,
    action_statement: Option<String>,
    status_notes: Option<String>,
    timestamp: Option<String>,
    last_updated: Option<String>,
}

/// A vulnerability: its id alone in earlier versions.
#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Id(String),
    Named {
        #[serde(rename = "@id")]
        id: Option<String>,
        name: Option<String>,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

/// Something with names: one name alone in earlier versions.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Names {
        #[serde(rename = "@id")]
        id: Option<String>,
        #[serde(default)]
        identifiers: BTreeMap<String, String>,
        #[serde(default)]
        hashes: BTreeMap<String, String>,
        #[serde(default)]
        subcomponents: Vec<Self>,
    },
}

impl Named {
    fn identities(&self) -> Vec<Identity> {
        match self {
            Self::Id(id) => vec![Identity::new(id)],
            Self::Names { id, identifiers, hashes, .. } => {
                let names = id.iter().chain(identifiers.values()).map(|id| Identity::new(id));
                let digests = hashes.values().map(|hex| Identity::Digest(hex.to_ascii_lowercase()));
                names.chain(digests).collect()
            }
        }
    }

    fn parts(&self) -> &[Self] {
        match self {
            Self::Id(_) => &[],
            Self::Names { subcomponents, .. } => subcomponents,
        }
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<(Option<String>, Vec<Statement>), VexError> {
    let file: File =
        serde_json::from_slice(bytes).map_err(|error| VexError::Shape(Format::OpenVex, error))?;
    let mut statements = Vec::with_capacity(file.statements.len());
    for (number, raw) in (1..).zip(file.statements) {
        let wrong = |what: &str| VexError::Statement(number, what.to_owned());
        let vulnerabilities = match raw.vulnerability {
            Some(Vulnerability::Id(id)) => vec![id],
            Some(Vulnerability::Named { id, name, mut aliases }) => {
                // The address of a vulnerability is a name only where nothing else is.
                aliases.extend(name.clone());
                if aliases.is_empty() {
                    aliases.extend(id);
                }
                aliases
            }
            None => Vec::new(),
        };
        if vulnerabilities.is_empty() {
            return Err(wrong("names no vulnerability"));
        }
        let status = match raw.status.as_str() {
            "not_affected" => Status::NotAffected,
            "affected" => Status::Affected,
            "fixed" => Status::Fixed,
            "under_investigation" => Status::UnderInvestigation,
            other => return Err(wrong(&format!("has the unknown status `{other}`"))),
        };
        let shared: Vec<Identity> = raw.subcomponents.iter().flat_map(Named::identities).collect();
        let named = if raw.products.is_empty() { file.product.as_slice() } else { &raw.products };
        let products = named
            .iter()
            .map(|product| {
                let mut parts: Vec<Identity> =
                    product.parts().iter().flat_map(Named::identities).collect();
                parts.extend(shared.iter().cloned());
                Product { identities: product.identities(), parts }
            })
            .collect();
        let times = [raw.last_updated, raw.timestamp, file.last_updated.clone()];
        let time = times.iter().flatten().next().or(file.timestamp.as_ref());
        statements.push(Statement {
            vulnerabilities,
            status,
            justification: raw.justification.filter(|text| !text.is_empty()),
            impact: [raw.impact_statement, raw.action_statement, raw.status_notes]
                .into_iter()
                .flatten()
                .find(|text| !text.is_empty()),
            products,
            time: moment(time.map(String::as_str)),
        });
    }
    Ok((file.author.filter(|author| !author.is_empty()), statements))
}
