//! Bills of materials in every format: what is demanded of all of them.

use crate::recipe::{Recipe, shop};
use crate::standards::{hostile, text};
use lazaret_core::report::Report;
use lazaret_report::{Format, Reports, WriteOptions, write};
use serde_json::Value;
use std::collections::BTreeSet;

const FORMATS: [Format; 8] = [
    Format::Cyclonedx,
    Format::CyclonedxXml,
    Format::Cyclonedx17,
    Format::CyclonedxXml17,
    Format::SpdxJson,
    Format::Spdx,
    Format::Spdx3,
    Format::SyftJson,
];

fn document(format: Format, report: Report) -> Value {
    serde_json::from_str(&text(format, vec![report])).unwrap()
}

/// What NTIA's "The Minimum Elements For a Software Bill of Materials" (July 2021) wants said of
/// every component.
#[derive(Debug)]
struct Component {
    supplier: String,
    name: String,
    version: String,
    identifier: String,
}

/// The components of a document, who made it, when, and how many dependencies it names.
type Elements = (Vec<Component>, String, String, usize);

fn cyclonedx(bom: &Value) -> Elements {
    let component = |one: &Value| Component {
        supplier: string(&one["supplier"]["name"]),
        name: string(&one["name"]),
        version: string(&one["version"]),
        identifier: string(&one["bom-ref"]),
    };
    let listed = bom["components"].as_array().unwrap().iter();
    let components = listed.chain([&bom["metadata"]["component"]]).map(component).collect();
    let needed = bom["dependencies"].as_array().unwrap().iter();
    let needed = needed.filter_map(|one| one["dependsOn"].as_array()).map(Vec::len).sum();
    let author = string(&bom["metadata"]["authors"][0]["name"]);
    (components, author, string(&bom["metadata"]["timestamp"]), needed)
}

fn spdx(document: &Value) -> Elements {
    let component = |one: &Value| Component {
        supplier: string(&one["supplier"]),
        name: string(&one["name"]),
        version: string(&one["versionInfo"]),
        identifier: string(&one["SPDXID"]),
    };
    let components = document["packages"].as_array().unwrap().iter().map(component).collect();
    let edges = document["relationships"].as_array().unwrap();
    let created = &document["creationInfo"];
    (components, string(&created["creators"][0]), string(&created["created"]), edges.len())
}

fn spdx3(document: &Value) -> Elements {
    let graph = document["@graph"].as_array().unwrap();
    let name_of = |id: &Value| {
        let found = graph.iter().find(|element| &element["spdxId"] == id).unwrap();
        string(&found["name"])
    };
    let of = |kind: &'static str| graph.iter().filter(move |element| element["type"] == kind);
    let components = of("software_Package")
        .map(|one| Component {
            supplier: name_of(&one["suppliedBy"]),
            name: string(&one["name"]),
            version: string(&one["software_packageVersion"]),
            identifier: string(&one["spdxId"]),
        })
        .collect();
    let creation = of("CreationInfo").next().unwrap();
    let author = name_of(&creation["createdBy"][0]);
    let edges = of("Relationship").count();
    (components, author, string(&creation["created"]), edges)
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_minimum_elements_are_there() {
    let json = |format| document(format, shop().build());
    let packages = shop().report.inventory.packages.len();
    for (format, (components, author, timestamp, dependencies)) in [
        (Format::Cyclonedx, cyclonedx(&json(Format::Cyclonedx))),
        (Format::Cyclonedx17, cyclonedx(&json(Format::Cyclonedx17))),
        (Format::SpdxJson, spdx(&json(Format::SpdxJson))),
        (Format::Spdx3, spdx3(&json(Format::Spdx3))),
    ] {
        // The image and its operating system are components too.
        assert_eq!(components.len(), packages + 2, "{format}");
        assert!(author.ends_with("Lazaret"), "{format}: {author}");
        assert_eq!(timestamp, "2024-02-13T08:00:00Z", "{format}");
        assert!(dependencies > 0, "{format}");
        let mut identifiers = BTreeSet::new();
        for component in &components {
            let Component { supplier, name, version, identifier } = component;
            let said = [supplier, name, version, identifier];
            assert!(said.iter().all(|text| !text.is_empty()), "{format}: {component:?}");
            assert_ne!(supplier, "NOASSERTION", "{format}: {component:?}");
            assert!(identifiers.insert(identifier), "{format}: {identifier} is there twice");
        }
    }
}

#[test]
fn nobody_is_named_where_nobody_is_known() {
    let mut recipe = Recipe::debian();
    recipe.report.image.name = "archive".into();
    let bom = document(Format::Cyclonedx, recipe.build());
    assert_eq!(bom["metadata"]["component"]["supplier"]["name"], "NOASSERTION");
}

#[test]
fn a_document_without_a_date_has_that_of_the_epoch() {
    let undated = || {
        let mut recipe = Recipe::debian();
        recipe.report.image.config.created = None;
        recipe.build()
    };
    for format in FORMATS {
        assert!(text(format, vec![undated()]).contains("1970-01-01T00:00:00Z"), "{format}");
        let options = WriteOptions { source_date: Some(1_700_000_000), ..WriteOptions::default() };
        let mut out = Vec::new();
        write(format, &Reports(vec![undated()]), &options, &mut out).unwrap();
        let dated = String::from_utf8(out).unwrap();
        assert!(dated.contains("2023-11-14T22:13:20Z"), "{format}");
    }
}

#[test]
fn both_versions_of_cyclonedx_say_the_same() {
    for report in [hostile(), shop().build()] {
        let mut old = document(Format::Cyclonedx, report.clone());
        let mut new = document(Format::Cyclonedx17, report.clone());
        assert_eq!((&old["specVersion"], &new["specVersion"]), (&"1.6".into(), &"1.7".into()));
        for key in ["$schema", "specVersion", "serialNumber"] {
            let (old, new) = (old[key].take(), new[key].take());
            assert_ne!(old, new, "{key}");
        }
        assert_eq!(old, new);
    }
}

#[test]
fn xml_has_an_element_for_every_part_of_the_json() {
    let report = shop().build();
    let bom = document(Format::Cyclonedx, report.clone());
    let xml = text(Format::CyclonedxXml, vec![report.clone()]);
    assert!(xml.contains(r#"xmlns="http://cyclonedx.org/schema/bom/1.6""#));
    let newer = text(Format::CyclonedxXml17, vec![report]);
    assert!(newer.contains(r#"xmlns="http://cyclonedx.org/schema/bom/1.7""#));
    let count = |list: &str| bom[list].as_array().unwrap().len();
    // The tool and the image are components as well.
    assert_eq!(xml.matches("<component type=").count(), count("components") + 2);
    assert_eq!(xml.matches("<vulnerability bom-ref=").count(), count("vulnerabilities"));
    for line in [
        r#"<component type="library" bom-ref="pkg:pypi/django@2.2.1">"#,
        "<purl>pkg:deb/debian/apt@2.6.1?arch=amd64&amp;distro=debian-12</purl>",
        r#"<property name="lazaret:source:name">openssl</property>"#,
        "<location>var/lib/dpkg/status</location>",
        "<recommendation>Upgrade openssl to 3.0.15-1~deb12u1</recommendation>",
        r#"<dependency ref="image">"#,
    ] {
        assert!(xml.contains(line), "{line}");
    }
}

#[test]
fn tags_and_values_say_what_the_json_says() {
    let report = hostile();
    let json = document(Format::SpdxJson, report.clone());
    let tags = text(Format::Spdx, vec![report]);
    let lines: Vec<&str> = tags.lines().collect();
    assert_eq!(
        lines[..3],
        ["SPDXVersion: SPDX-2.3", "DataLicense: CC0-1.0", "SPDXID: SPDXRef-DOCUMENT"]
    );
    let count = |list: &str| json[list].as_array().unwrap().len();
    let tagged = |tag: &str| lines.iter().filter(|line| line.starts_with(tag)).count();
    assert_eq!(tagged("PackageName: "), count("packages"));
    assert_eq!(tagged("Relationship: "), count("relationships"));
    assert_eq!(tagged("LicenseID: "), count("hasExtractedLicensingInfos"));
    for package in json["packages"].as_array().unwrap() {
        let id = package["SPDXID"].as_str().unwrap();
        assert!(lines.contains(&&*format!("SPDXID: {id}")), "{id}");
        assert!(lines.contains(&&*format!("SPDXREF: {id}")), "{id}");
    }
    for relation in json["relationships"].as_array().unwrap() {
        let word = |key: &str| relation[key].as_str().unwrap();
        let (from, to) = (word("spdxElementId"), word("relatedSpdxElement"));
        let line = format!("Relationship: {from} {} {to}", word("relationshipType"));
        assert!(lines.contains(&&*line), "{line}");
    }
}

#[test]
fn a_name_cannot_end_a_text() {
    let mut recipe = Recipe::debian();
    let id = recipe.npm(0, "x</text>\nPackageName: y", "1");
    recipe.report.inventory.packages[id.index()].found_by = vec!["</text>\nSPDXID: z".into()];
    let tags = text(Format::Spdx, vec![recipe.build()]);
    assert_eq!(tags.matches("PackageName: ").count(), 4, "{tags}");
    assert!(!tags.contains("\nSPDXID: z") && !tags.contains("\nPackageName: y"), "{tags}");
    for line in tags.lines() {
        assert!(line.matches("<text>").count() <= 1 && line.matches("</text>").count() <= 1);
    }
}

#[test]
fn spdx_3_refers_to_what_is_there() {
    for report in [hostile(), shop().build(), Recipe::debian().build()] {
        let document = document(Format::Spdx3, report);
        let graph = document["@graph"].as_array().unwrap();
        let mut ids = BTreeSet::from(["_:creation"]);
        for element in graph {
            let id = element.get("spdxId").or_else(|| element.get("@id")).unwrap();
            let is_new = ids.insert(id.as_str().unwrap());
            assert!(is_new || id == "_:creation", "{id} is there twice");
        }
        let keys =
            ["creationInfo", "suppliedBy", "from", "to", "element", "rootElement", "dataLicense"];
        for element in graph {
            for key in keys {
                let named = match &element[key] {
                    Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
                    one => Vec::from_iter(one.as_str()),
                };
                for id in named {
                    assert!(ids.contains(id), "{key}: {id} is nowhere");
                }
            }
        }
        assert_eq!(document["@context"], "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
    }
}

#[test]
fn syft_s_schema_accepts_what_is_written() {
    let schema = include_str!("../../../../docs/schemas/syft-16.0.18.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut apk = Recipe::debian();
    apk.apk("musl", "1.2.5-r0");
    for report in [hostile(), shop().build(), Recipe::debian().build(), apk.build()] {
        let document = document(Format::SyftJson, report);
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    let mut broken = document(Format::SyftJson, shop().build());
    broken["artifacts"][0]["version"] = 1.into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn syft_s_json_has_what_its_readers_match_by() {
    let document = document(Format::SyftJson, hostile());
    let artifacts = document["artifacts"].as_array().unwrap();
    let libssl = artifacts.iter().find(|one| one["name"] == "libssl3").unwrap();
    assert_eq!(
        (&libssl["type"], &libssl["metadataType"]),
        (&"deb".into(), &"dpkg-db-entry".into())
    );
    assert_eq!(libssl["metadata"]["source"], "openssl");
    assert_eq!(libssl["locations"][0]["path"], "/var/lib/dpkg/status");
    assert_eq!(document["distro"]["versionID"], "12");
    assert_eq!(document["source"]["metadata"]["layers"].as_array().unwrap().len(), 5);
    let ids: BTreeSet<&str> = artifacts.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), artifacts.len());
    let source = document["source"]["id"].as_str().unwrap();
    for edge in document["artifactRelationships"].as_array().unwrap() {
        let (parent, child) = (edge["parent"].as_str().unwrap(), edge["child"].as_str().unwrap());
        assert!((parent == source || ids.contains(parent)) && ids.contains(child), "{edge}");
    }
}
