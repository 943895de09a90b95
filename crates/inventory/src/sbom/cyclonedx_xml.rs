//! CycloneDX in XML (<https://cyclonedx.org/docs/1.7/xml/>).

use super::GIVES;
use super::bom::Bom;
use super::component::{Component, Edge, Take};
use super::cyclonedx::{STATEMENT, STATEMENTS_MAX, kind};
use crate::lang::declared::DOCUMENT_BYTES_MAX;
use crate::lang::xml::{ELEMENTS_MAX, Element, parse_lists};
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};

/// Bills of materials in XML.
pub(crate) static XML: Extractor = Extractor {
    id: "sbom/xml",
    version: 1,
    title: "Bills of materials in XML: CycloneDX",
    spec: "https://cyclonedx.org/docs/1.7/xml/",
    selects: &[
        Select::Suffix(".cdx.xml"),
        Select::Suffix(".cyclonedx.xml"),
        Select::Name("bom.xml"),
        Select::Name("sbom.xml"),
    ],
    gives: GIVES,
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.len() > DOCUMENT_BYTES_MAX {
        let message = format!("the file has more than {DOCUMENT_BYTES_MAX} bytes");
        return Err(ParseError::new(message));
    }
    let mut bom = Bom::new(sink);
    if read(input.bytes, ELEMENTS_MAX, &mut bom)? {
        bom.finish(sink);
        return Ok(());
    }
    // Anything may be called `bom.xml`; the longer endings promise more.
    if matches!(input.path.name(), "bom.xml" | "sbom.xml") {
        return Ok(());
    }
    Err(ParseError::new("the file is no bill of materials of CycloneDX"))
}

/// Reads a document; whether it is a bill of materials.
pub(super) fn read(
    bytes: &[u8],
    elements_max: usize,
    take: &mut dyn Take,
) -> Result<bool, ParseError> {
    let mut statements = Vec::new();
    let root = parse_lists(bytes, elements_max, |root, list, element| {
        if !is_bom(root) {
            return;
        }
        match (list, element.name.as_str()) {
            ("metadata", "component") => component(element, true, take),
            ("metadata", "properties") => {
                for property in element.children.iter().filter(|child| child.name == "property") {
                    take.property(property.attribute("name").unwrap_or_default(), &property.text);
                }
            }
            ("components", "component") => component(element, false, take),
            ("dependencies", "dependency") => {
                let Some(from) = element.attribute("ref") else { return };
                for to in element.children.iter().filter(|child| child.name == "dependency") {
                    take.relation(from, Edge::Needs, to.attribute("ref").unwrap_or_default());
                }
            }
            ("externalReferences", "reference") => {
                let is_one = element.attribute("type") == Some(STATEMENT);
                if let Some(address) = element.text_of("url").filter(|_| is_one)
                    && statements.len() < STATEMENTS_MAX
                {
                    statements.push(address.to_owned());
                }
            }
            _ => {}
        }
    })?;
    let is_bom = is_bom(&root);
    if is_bom {
        take.statements(statements);
    }
    Ok(is_bom)
}

fn is_bom(root: &Element) -> bool {
    root.name == "bom"
        && root.attribute("xmlns").is_none_or(|schema| schema.contains("cyclonedx.org"))
}

/// A component and those inside of it; the depth of the whole is bounded where XML is read.
fn component(element: &Element, is_subject: bool, take: &mut dyn Take) {
    let text = |name: &str| element.text_of(name).unwrap_or_default().to_owned();
    let supplier = element.child("supplier").and_then(|supplier| supplier.text_of("name"));
    let mut component = Component {
        reference: element.attribute("bom-ref").unwrap_or_default().to_owned(),
        kind: kind(element.attribute("type").unwrap_or_default()),
        is_subject,
        group: text("group"),
        name: text("name"),
        version: text("version"),
        purl: element.text_of("purl").map(str::to_owned),
        supplier: supplier.or_else(|| element.text_of("publisher")).map(str::to_owned),
        ..Component::default()
    };
    for license in element.list("licenses", "license") {
        let name = license.text_of("id").or_else(|| license.text_of("name"));
        component.license(name.unwrap_or_default());
    }
    for expression in element.list("licenses", "expression") {
        component.license(&expression.text);
    }
    let occurrences = element.child("evidence").into_iter();
    for occurrence in occurrences.flat_map(|evidence| evidence.list("occurrences", "occurrence")) {
        if let Some(path) = occurrence.text_of("location") {
            component.place(path);
        }
    }
    for property in element.list("properties", "property") {
        component.property(property.attribute("name").unwrap_or_default(), property.text.as_str());
    }
    take.component(component);
    for inner in element.list("components", "component") {
        self::component(inner, false, take);
    }
}
