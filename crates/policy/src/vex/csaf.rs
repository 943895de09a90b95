//! CSAF 2.0 and 2.1, the VEX profile
//! (<https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html#45-profile-5-vex>).
//!
//! Products are compared by their package urls and hashes, also of the products a relationship puts
//! together. A product that has neither, such as a distribution known by its CPE alone, stands for
//! nothing here.

use super::{Format, Identity, Product, Statement, Status, VexError, moment};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How deep branches may lie in each other; vendors' lie six deep.
const DEPTH_MAX: usize = 64;

#[derive(Deserialize)]
struct File {
    document: Header,
    #[serde(default)]
    product_tree: Tree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Header {
    publisher: Option<Publisher>,
    tracking: Option<Tracking>,
}

#[derive(Deserialize)]
struct Publisher {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Tracking {
    current_release_date: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tree {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    full_product_names: Vec<Name>,
    #[serde(default)]
    relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    branches: Vec<Self>,
    product: Option<Name>,
}

#[derive(Deserialize)]
struct Name {
    product_id: String,
    product_identification_helper: Option<Helper>,
}

#[derive(Default, Deserialize)]
struct Helper {
    purl: Option<String>,
    /// Version 2.1 has several.
    #[serde(default)]
    purls: Vec<String>,
    #[serde(default)]
    hashes: Vec<Hashes>,
}

#[derive(Deserialize)]
struct Hashes {
    #[serde(default)]
    file_hashes: Vec<FileHash>,
}

#[derive(Deserialize)]
struct FileHash {
    value: String,
}

#[derive(Deserialize)]
struct Relationship {
    category: String,
    full_product_name: Name,
    product_reference: String,
    relates_to_product_reference: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    #[serde(default)]
    ids: Vec<Id>,
    #[serde(default)]
    product_status: Statuses,
    #[serde(default)]
    flags: Vec<Flag>,
    #[serde(default)]
    threats: Vec<Threat>,
}

#[derive(Deserialize)]
struct Id {
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Statuses {
    known_not_affected: Vec<String>,
    known_affected: Vec<String>,
    fixed: Vec<String>,
    first_fixed: Vec<String>,
    under_investigation: Vec<String>,
}

#[derive(Deserialize)]
struct Flag {
    label: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Threat {
    category: String,
    details: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<(Option<String>, Vec<Statement>), VexError> {
    let file: File =
        serde_json::from_slice(bytes).map_err(|error| VexError::Shape(Format::Csaf, error))?;
    let names = identities(&file.product_tree)?;
    let time = file.document.tracking.and_then(|tracking| tracking.current_release_date);
    let time = moment(time.as_deref());
    let mut statements = Vec::new();
    for (number, found) in (1..).zip(&file.vulnerabilities) {
        let ids = found.ids.iter().map(|id| &id.text);
        let vulnerabilities: Vec<String> = found.cve.iter().chain(ids).cloned().collect();
        if vulnerabilities.is_empty() {
            return Err(VexError::Statement(number, "names no vulnerability".to_owned()));
        }
        let groups = [
            (Status::NotAffected, &found.product_status.known_not_affected),
            (Status::Affected, &found.product_status.known_affected),
            (Status::Fixed, &found.product_status.fixed),
            (Status::Fixed, &found.product_status.first_fixed),
            (Status::UnderInvestigation, &found.product_status.under_investigation),
        ];
        for (status, products) in groups {
            // Products with the same reason are one statement.
            let mut by_reason: BTreeMap<(Option<&str>, Option<&str>), Vec<Product>> =
                BTreeMap::new();
            for id in products {
                let Some(product) = names.product(id) else { continue };
                let flag = found.flags.iter().find(|flag| flag.product_ids.contains(id));
                let threats = || found.threats.iter().filter(|threat| threat.category == "impact");
                let threat = threats()
                    .find(|threat| threat.product_ids.contains(id))
                    .or_else(|| threats().find(|threat| threat.product_ids.is_empty()));
                let reason = (
                    flag.map(|flag| flag.label.as_str()),
                    threat.map(|threat| threat.details.as_str()),
                );
                by_reason.entry(reason).or_default().push(product);
            }
            for ((justification, impact), products) in by_reason {
                statements.push(Statement {
                    vulnerabilities: vulnerabilities.clone(),
                    status,
                    justification: justification
                        .filter(|_| status == Status::NotAffected)
                        .map(str::to_owned),
                    impact: impact.map(str::to_owned),
                    products,
                    time,
                });
            }
        }
    }
    let author = file.document.publisher.and_then(|publisher| publisher.name);
    Ok((author, statements))
}

/// What every product id stands for.
#[derive(Default)]
struct Names<'a> {
    own: BTreeMap<&'a str, Vec<Identity>>,
    /// The product, and the part of it that is meant.
    together: BTreeMap<&'a str, (&'a str, &'a str)>,
}

impl Names<'_> {
    /// What a product id means; nothing where no name of it can be compared.
    fn product(&self, id: &str) -> Option<Product> {
        let own = |id: &str| self.own.get(id).filter(|found| !found.is_empty()).cloned();
        if let Some((whole, part)) = self.together.get(id) {
            // Without a name for the whole, the part in it stands for itself nowhere else.
            return own(whole)
                .zip(own(part))
                .map(|(identities, parts)| Product { identities, parts })
                .or_else(|| own(id).map(|identities| Product { identities, parts: Vec::new() }));
        }
        own(id).map(|identities| Product { identities, parts: Vec::new() })
    }
}

fn identities(tree: &Tree) -> Result<Names<'_>, VexError> {
    let mut names = Names::default();
    let mut open: Vec<(&Branch, usize)> = tree.branches.iter().map(|branch| (branch, 0)).collect();
    let mut products: Vec<&Name> = tree.full_product_names.iter().collect();
    while let Some((branch, depth)) = open.pop() {
        if depth > DEPTH_MAX {
            let message = format!("has branches that lie more than {DEPTH_MAX} deep");
            return Err(VexError::Statement(0, message));
        }
        products.extend(&branch.product);
        open.extend(branch.branches.iter().map(|inner| (inner, depth + 1)));
    }
    for relationship in &tree.relationships {
        if matches!(
            relationship.category.as_str(),
            "default_component_of" | "installed_on" | "installed_with"
        ) {
            let parts = (
                relationship.relates_to_product_reference.as_str(),
                relationship.product_reference.as_str(),
            );
            names.together.insert(&relationship.full_product_name.product_id, parts);
        }
        products.push(&relationship.full_product_name);
    }
    for product in products {
        let Some(helper) = &product.product_identification_helper else { continue };
        let purls = helper.purl.iter().chain(&helper.purls).map(|purl| Identity::new(purl));
        let hashes = helper.hashes.iter().flat_map(|hashes| &hashes.file_hashes);
        let hashes = hashes.map(|hash| Identity::Digest(hash.value.to_ascii_lowercase()));
        names.own.entry(&product.product_id).or_default().extend(purls.chain(hashes));
    }
    Ok(names)
}
