//! CycloneDX in XML (<https://cyclonedx.org/docs/1.6/xml/>).

use super::GIVES;
use super::bom::{Bom, Component};
use super::cyclonedx::Source;
use crate::lang::xml::{Element, parse};
use lazaret_core::extract::{Extractor, FileInput, ParseError, Select, Sink};

/// Bills of materials in XML.
pub(crate) static XML: Extractor = Extractor {
    id: "sbom/xml",
    version: 1,
    title: "Bills of materials in XML: CycloneDX",
    spec: "https://cyclonedx.org/docs/1.6/xml/",
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
    let root = parse(input.bytes)?;
    let is_bom = root.name == "bom"
        && root.attribute("xmlns").is_none_or(|schema| schema.contains("cyclonedx.org"));
    if !is_bom {
        // Anything may be called `bom.xml`; the longer endings promise more.
        if matches!(input.path.name(), "bom.xml" | "sbom.xml") {
            return Ok(());
        }
        return Err(ParseError::new("the file is no bill of materials of CycloneDX"));
    }
    let mut bom = Bom::new(sink);
    for main in root.list("metadata", "component") {
        component(main, &mut bom);
    }
    for found in root.list("components", "component") {
        component(found, &mut bom);
    }
    for from in root.list("dependencies", "dependency") {
        let Some(reference) = from.attribute("ref") else { continue };
        for to in from.children.iter().filter(|child| child.name == "dependency") {
            bom.needs(reference, to.attribute("ref").unwrap_or_default());
        }
    }
    bom.finish(sink);
    Ok(())
}

/// A component and those inside of it; the depth of the whole is bounded where XML is read.
fn component(element: &Element, bom: &mut Bom) {
    let mut component = Component {
        reference: element.attribute("bom-ref").unwrap_or_default().to_owned(),
        purl: element.text_of("purl").map(str::to_owned),
        ..Component::default()
    };
    for license in element.list("licenses", "license") {
        let name = license.text_of("id").or_else(|| license.text_of("name"));
        component.license(name.unwrap_or_default());
    }
    for expression in element.list("licenses", "expression") {
        component.license(&expression.text);
    }
    let mut source = Source::default();
    for property in element.list("properties", "property") {
        source.property(property.attribute("name").unwrap_or_default(), property.text.clone());
    }
    component.source = source.package();
    bom.add(component);
    for inner in element.list("components", "component") {
        self::component(inner, bom);
    }
}
