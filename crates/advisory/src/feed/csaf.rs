//! The shape of a CSAF 2.0 document, as far as it decides anything
//! (<https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html>).
//!
//! A document names products (a distribution's release), components (packages) and, as
//! relationships, components as parts of products; statuses are about these parts.

use super::json::Text;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// A whole document.
#[derive(Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow, rename = "document")]
    pub(super) head: Head<'a>,
    #[serde(borrow, default)]
    product_tree: Option<Tree<'a>>,
    #[serde(borrow, default)]
    pub(super) vulnerabilities: Option<Vec<Vulnerability<'a>>>,
}

/// What the document says of itself.
#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(borrow)]
    pub(super) tracking: Tracking<'a>,
}

#[derive(Deserialize)]
pub(super) struct Tracking<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) status: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) current_release_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) initial_release_date: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Tree<'a> {
    #[serde(borrow, default)]
    branches: Option<Vec<Branch<'a>>>,
    #[serde(borrow, default)]
    full_product_names: Option<Vec<Product<'a>>>,
    #[serde(borrow, default)]
    relationships: Option<Vec<Relationship<'a>>>,
}

/// Branches lie in branches; the JSON reader bounds how deep.
#[derive(Deserialize)]
struct Branch<'a> {
    #[serde(borrow, default)]
    product: Option<Product<'a>>,
    #[serde(borrow, default)]
    branches: Option<Vec<Self>>,
}

/// A product or a component.
#[derive(Deserialize)]
pub(super) struct Product<'a> {
    #[serde(borrow)]
    pub(super) product_id: Text<'a>,
    #[serde(borrow, default)]
    product_identification_helper: Option<Helper<'a>>,
}

#[derive(Deserialize)]
struct Helper<'a> {
    #[serde(borrow, default)]
    cpe: Option<Text<'a>>,
    #[serde(borrow, default)]
    purl: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Relationship<'a> {
    #[serde(borrow)]
    product_reference: Text<'a>,
    #[serde(borrow)]
    relates_to_product_reference: Text<'a>,
    #[serde(borrow)]
    full_product_name: Product<'a>,
}

/// What is said of one vulnerability.
#[derive(Deserialize)]
pub(super) struct Vulnerability<'a> {
    #[serde(borrow, default)]
    pub(super) cve: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) cwe: Option<Cwe<'a>>,
    #[serde(borrow, default)]
    pub(super) release_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) product_status: Option<BTreeMap<Text<'a>, Vec<Text<'a>>>>,
    #[serde(borrow, default)]
    pub(super) remediations: Option<Vec<Remediation<'a>>>,
    #[serde(borrow, default)]
    pub(super) threats: Option<Vec<Threat<'a>>>,
    #[serde(borrow, default)]
    pub(super) scores: Option<Vec<Scores<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Cwe<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
}

/// What can be done, and for which products.
#[derive(Deserialize)]
pub(super) struct Remediation<'a> {
    #[serde(borrow)]
    pub(super) category: Text<'a>,
    #[serde(borrow, default)]
    pub(super) details: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) url: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) product_ids: Option<Vec<Text<'a>>>,
}

/// How bad it is, and for which products; for all when it names none.
#[derive(Deserialize)]
pub(super) struct Threat<'a> {
    #[serde(borrow)]
    pub(super) category: Text<'a>,
    #[serde(borrow, default)]
    pub(super) details: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) product_ids: Option<Vec<Text<'a>>>,
}

/// Scores, and for which products.
#[derive(Deserialize)]
pub(super) struct Scores<'a> {
    #[serde(borrow, default)]
    pub(super) cvss_v2: Option<Vector<'a>>,
    #[serde(borrow, default)]
    pub(super) cvss_v3: Option<Vector<'a>>,
    #[serde(borrow, default)]
    pub(super) cvss_v4: Option<Vector<'a>>,
    #[serde(borrow, default)]
    pub(super) products: Option<Vec<Text<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Vector<'a> {
    #[serde(borrow, default, rename = "vectorString")]
    pub(super) vector: Option<Text<'a>>,
}

/// Products, components and parts by their ids.
pub(super) struct Products<'d> {
    products: HashMap<&'d str, &'d Product<'d>>,
    relationships: HashMap<&'d str, &'d Relationship<'d>>,
}

/// A component as a part of a product.
pub(super) struct Part<'d> {
    /// The component's id.
    pub(super) component: &'d str,
    /// The component's package url, where it has one.
    pub(super) purl: Option<&'d str>,
    /// The package url of what lies between component and product, as modules once did.
    pub(super) within: Option<&'d str>,
    /// The product's id.
    pub(super) product: &'d str,
    /// The product's CPE, where it has one.
    pub(super) cpe: Option<&'d str>,
}

impl<'d> Document<'d> {
    /// The products, components and parts that the document names.
    pub(super) fn products(&'d self) -> Products<'d> {
        let mut found = Products { products: HashMap::new(), relationships: HashMap::new() };
        let Some(tree) = &self.product_tree else { return found };
        for product in tree.full_product_names.iter().flatten() {
            found.products.insert(product.product_id.as_str(), product);
        }
        let mut branches: Vec<&Branch<'_>> = tree.branches.iter().flatten().collect();
        while let Some(branch) = branches.pop() {
            if let Some(product) = &branch.product {
                found.products.insert(product.product_id.as_str(), product);
            }
            branches.extend(branch.branches.iter().flatten());
        }
        for relationship in tree.relationships.iter().flatten() {
            let id = relationship.full_product_name.product_id.as_str();
            found.relationships.insert(id, relationship);
        }
        found
    }
}

impl<'d> Products<'d> {
    /// The part with this id; nothing where the id is a product as a whole.
    pub(super) fn part(&self, id: &str) -> Option<Part<'d>> {
        let relationship = self.relationships.get(id)?;
        let component = relationship.product_reference.as_str();
        let whole = relationship.relates_to_product_reference.as_str();
        // A module is a part of the product, and a package a part of the module.
        let (within, product) = match self.relationships.get(whole) {
            Some(outer) => (
                self.purl(outer.product_reference.as_str()),
                outer.relates_to_product_reference.as_str(),
            ),
            None => (None, whole),
        };
        let cpe = self.helper(product).and_then(|helper| helper.cpe.as_ref()).map(Text::as_str);
        Some(Part { component, purl: self.purl(component), within, product, cpe })
    }

    fn purl(&self, id: &str) -> Option<&'d str> {
        self.helper(id)?.purl.as_ref().map(Text::as_str)
    }

    fn helper(&self, id: &str) -> Option<&'d Helper<'d>> {
        self.products.get(id)?.product_identification_helper.as_ref()
    }
}
