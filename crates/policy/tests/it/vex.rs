//! VEX statements: which product they are about, which of them decides, and what is said of it.

use crate::recipe::{Recipe, digest, judge, today};
use lazaret_core::finding::State;
use lazaret_core::package::Ecosystem;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Effect;
use lazaret_policy::vex::{Format, Statements, read};
use lazaret_policy::{Policy, explain_vex};
use std::sync::Arc;

/// `ghcr.io/shop/web:1.4` with busybox of Alpine, and a Go program with a module that has a
/// vulnerability.
fn report() -> Report {
    let mut recipe = Recipe::new();
    let os = &mut recipe.report.inventory.os.as_mut().unwrap().os;
    (os.id, os.version) = ("alpine".into(), Some("3.20.1".into()));
    let busybox =
        recipe.package(Ecosystem::Apk, "busybox", "1.36.1-r29", (0, "lib/apk/db/installed"));
    recipe.package(Ecosystem::Golang, "example.org/team/tool/v2", "v2.0.0", (1, "usr/bin/tool"));
    let net = recipe.package(Ecosystem::Golang, "golang.org/x/net", "v0.17.0", (1, "usr/bin/tool"));
    recipe.finding("CVE-2024-0001", Severity::High, busybox);
    recipe.finding("CVE-2024-0002", Severity::High, net);
    recipe.report
}

fn policy(documents: &[&str]) -> Policy {
    let documents = documents.iter().map(|text| read("doc.json", text.as_bytes()).unwrap());
    let vex = Arc::new(Statements::new(documents.collect()));
    Policy { vex, today: today(), ..Policy::default() }
}

fn openvex(statements: &str) -> String {
    format!(
        r#"{{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1",
            "author": "a", "timestamp": "2024-01-01T00:00:00Z", "version": 1,
            "statements": [{statements}]}}"#
    )
}

fn statement(id: &str, product: &str, parts: &str, status: &str) -> String {
    format!(
        r#"{{"vulnerability": {{"name": "{id}"}}, "status": "{status}",
            "justification": "component_not_present",
            "products": [{{"@id": "{product}", "subcomponents": [{parts}]}}]}}"#
    )
}

#[track_caller]
fn is_suppressed(documents: &[&str], position: usize) -> bool {
    let (findings, _) = judge(&policy(documents), &report());
    !findings[position].state.is_open()
}

#[test]
fn an_image_is_known_by_every_name_it_has() {
    let (own, config, other) = (digest(1), digest(2), digest(9));
    for (product, expected) in [
        ("pkg:oci/web", true),
        ("pkg:oci/WEB", true),
        ("pkg:oci/api", false),
        ("pkg:oci/web?repository_url=ghcr.io/shop/web", true),
        ("pkg:oci/web?repository_url=ghcr.io%2Fshop%2Fweb", true),
        // Without the image's own name, as OpenVEX's own tools write it.
        ("pkg:oci/web?repository_url=ghcr.io/shop", true),
        ("pkg:oci/web?repository_url=ghcr.io/other/web", false),
        ("pkg:oci/web?repository_url=docker.io/shop/web", false),
        ("pkg:oci/web?tag=1.4", true),
        ("pkg:oci/web?tag=1.5", false),
        ("pkg:oci/web?arch=amd64&os=linux", true),
        ("pkg:oci/web?arch=arm64", false),
        (&format!("pkg:oci/web@{own}"), true),
        (&format!("pkg:oci/web@{config}"), true),
        (&format!("pkg:oci/web@{other}"), false),
        (&format!("pkg:oci/web@sha256%3A{}", own.hex()), true),
        ("pkg:docker/shop/web@1.4?repository_url=ghcr.io", true),
        ("pkg:docker/shop/web@1.5?repository_url=ghcr.io", false),
        ("pkg:docker/shop/web@1.4", false),
        ("ghcr.io/shop/web:1.4", true),
        ("ghcr.io/shop/web", true),
        ("ghcr.io/shop/web:1.5", false),
        (&format!("ghcr.io/shop/web@{own}"), true),
        (&format!("ghcr.io/shop/web@{other}"), false),
        (&own.to_string(), true),
        (&other.to_string(), false),
        ("https://example.org/products/web", false),
    ] {
        let document = openvex(&statement("CVE-2024-0001", product, "", "not_affected"));
        assert_eq!(is_suppressed(&[&document], 0), expected, "{product}");
    }
}

#[test]
fn the_parts_of_a_product_are_what_is_meant() {
    for (parts, expected) in [
        (r#"{"@id": "pkg:apk/alpine/busybox"}"#, true),
        (r#"{"@id": "pkg:apk/alpine/busybox@1.36.1-r29?distro=3.20.1"}"#, true),
        (r#"{"@id": "pkg:apk/alpine/busybox@1.36.1-r28"}"#, false),
        (r#"{"@id": "pkg:apk/alpine/musl"}"#, false),
        (r#"{"@id": "pkg:apk/alpine/musl"}, {"@id": "pkg:apk/alpine/busybox"}"#, true),
        (r#"{"identifiers": {"purl": "pkg:apk/alpine/busybox"}}"#, true),
    ] {
        let document = openvex(&statement("CVE-2024-0001", "pkg:oci/web", parts, "not_affected"));
        assert_eq!(is_suppressed(&[&document], 0), expected, "{parts}");
    }
}

#[test]
fn a_package_is_a_product_and_so_is_what_brought_it() {
    for (position, id, product, parts, expected) in [
        (0, "CVE-2024-0001", "pkg:apk/alpine/busybox", "", true),
        (0, "CVE-2024-0001", "pkg:apk/alpine/busybox@1.36.1-r29", "", true),
        (0, "CVE-2024-0001", "pkg:apk/alpine/busybox@1.36.1-r30", "", false),
        // The main module of the program the vulnerable one is built into.
        (1, "CVE-2024-0002", "pkg:golang/example.org/team/tool/v2", "", true),
        (
            1,
            "CVE-2024-0002",
            "pkg:golang/example.org/team/tool/v2@v2.0.0",
            r#"{"@id": "pkg:golang/golang.org/x/net@v0.17.0"}"#,
            true,
        ),
        (
            1,
            "CVE-2024-0002",
            "pkg:golang/example.org/team/tool/v2",
            r#"{"@id": "pkg:golang/golang.org/x/text"}"#,
            false,
        ),
        (1, "CVE-2024-0002", "pkg:golang/example.org/other", "", false),
    ] {
        let document = openvex(&statement(id, product, parts, "not_affected"));
        assert_eq!(is_suppressed(&[&document], position), expected, "{product} {parts}");
    }
}

#[test]
fn every_way_to_a_package_must_lead_through_the_product() {
    let mut recipe = Recipe::new();
    let place = (1, "app/package-lock.json");
    let one = recipe.package(Ecosystem::Npm, "one", "1.0.0", place);
    let two = recipe.package(Ecosystem::Npm, "two", "1.0.0", place);
    let between = recipe.package(Ecosystem::Npm, "between", "1.0.0", place);
    let leaf = recipe.package(Ecosystem::Npm, "leaf", "1.0.0", place);
    recipe.needs(one, between);
    recipe.needs(between, leaf);
    // A circle is no way out.
    recipe.needs(leaf, between);
    recipe.finding("CVE-2024-0001", Severity::High, leaf);
    let document = openvex(&statement("CVE-2024-0001", "pkg:npm/one@1.0.0", "", "not_affected"));
    let state = |recipe: &Recipe| judge(&policy(&[&document]), &recipe.report).0[0].state.clone();
    assert!(!state(&recipe).is_open());
    recipe.needs(two, leaf);
    assert!(state(&recipe).is_open());
}

#[test]
fn the_newest_statement_decides() {
    let at = |status: &str, time: &str| {
        openvex(&format!(
            r#"{{"vulnerability": {{"name": "CVE-2024-0001"}}, "status": "{status}",
                "timestamp": "{time}", "products": [{{"@id": "pkg:oci/web"}}]}}"#
        ))
    };
    let (early, late) = ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00+02:00");
    assert!(is_suppressed(&[&at("affected", early), &at("not_affected", late)], 0));
    assert!(!is_suppressed(&[&at("not_affected", early), &at("affected", late)], 0));
    assert!(!is_suppressed(&[&at("affected", late), &at("not_affected", early)], 0));
    assert!(is_suppressed(&[&at("fixed", late)], 0));
    for status in ["affected", "under_investigation"] {
        assert!(!is_suppressed(&[&at(status, late)], 0), "{status}");
    }
}

#[test]
fn a_suppressed_finding_keeps_who_and_why() {
    let document = openvex(
        r#"{"vulnerability": {"name": "GHSA-1", "aliases": ["cve-2024-0001"]},
            "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
            "impact_statement": "awk is not used", "products": [{"@id": "pkg:oci/web"}]}"#,
    );
    let (findings, _) = judge(&policy(&[&document]), &report());
    let expected = State::Suppressed {
        by: "vex:doc.json".to_owned(),
        reason: "not_affected: vulnerable_code_not_in_execute_path (awk is not used)".to_owned(),
        until: None,
    };
    assert_eq!(findings[0].state, expected);
}

#[test]
fn older_shapes_of_openvex_are_read() {
    let document = r#"{"@context": "https://openvex.dev/ns", "author": "a", "statements": [
        {"vulnerability": "CVE-2024-0001", "products": ["pkg:oci/web"],
         "subcomponents": ["pkg:apk/alpine/busybox"], "status": "not_affected"}]}"#;
    assert!(is_suppressed(&[document], 0));
}

/// A product tree with the image and busybox, put together by a relationship.
const CSAF: &str = r#"{
    "document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "shop"},
        "tracking": {"current_release_date": "2024-01-01T00:00:00Z"}},
    "product_tree": {
        "branches": [{"category": "vendor", "name": "shop", "branches": [
            {"category": "product_version", "name": "1.4", "product": {"name": "web",
                "product_id": "WEB", "product_identification_helper": {"purl": "pkg:oci/web?tag=1.4"}}},
            {"category": "product_version", "name": "b", "product": {"name": "busybox",
                "product_id": "BB", "product_identification_helper": {"purl": "pkg:apk/alpine/busybox"}}},
            {"category": "product_version", "name": "n", "product": {"name": "net",
                "product_id": "NET", "product_identification_helper": {"purl": "pkg:golang/golang.org/x/net"}}},
            {"category": "product_version", "name": "cpe", "product": {"name": "os",
                "product_id": "OS", "product_identification_helper": {"cpe": "cpe:/o:x:y:1"}}}]}],
        "relationships": [
            {"category": "default_component_of", "product_reference": "BB",
             "relates_to_product_reference": "WEB",
             "full_product_name": {"name": "busybox of web", "product_id": "WEB:BB"}},
            {"category": "default_component_of", "product_reference": "NET",
             "relates_to_product_reference": "OS",
             "full_product_name": {"name": "net of os", "product_id": "OS:NET"}}]},
    "vulnerabilities": [
        {"cve": "CVE-2024-0001", "product_status": {"known_not_affected": ["WEB:BB"]},
         "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["WEB:BB"]}],
         "threats": [{"category": "impact", "details": "awk is not built", "product_ids": ["WEB:BB"]}]},
        {"cve": "CVE-2024-0002", "product_status": {"known_not_affected": ["OS:NET"]}}]}"#;

#[test]
fn csaf_puts_products_together() {
    let (findings, _) = judge(&policy(&[CSAF]), &report());
    let State::Suppressed { reason, .. } = &findings[0].state else { panic!("it counts") };
    assert_eq!(reason, "not_affected: vulnerable_code_not_present (awk is not built)");
    // A product without a name that can be compared is no product here.
    assert!(findings[1].state.is_open());
    let plain = CSAF.replace("[\"OS:NET\"]", "[\"NET\"]");
    assert!(is_suppressed(&[&plain], 1));
    let affected = CSAF.replace("known_not_affected", "known_affected");
    assert!(!is_suppressed(&[&affected], 0));
    let old = CSAF.replace("\"csaf_version\": \"2.0\"", "\"csaf_version\": \"1.2\"");
    assert!(read("doc.json", old.as_bytes()).is_err());
}

#[test]
fn cyclonedx_names_what_is_affected_by_reference() {
    let document = |reference: &str, state: &str| {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6",
                "components": [{{"type": "library", "bom-ref": "bb", "name": "busybox",
                    "purl": "pkg:apk/alpine/busybox@1.36.1-r29"}}],
                "vulnerabilities": [{{"id": "CVE-2024-0001", "affects": [{{"ref": "{reference}"}}],
                    "analysis": {{"state": "{state}", "justification": "code_not_reachable"}}}}]}}"#
        )
    };
    for (reference, state, expected) in [
        ("bb", "not_affected", true),
        ("bb", "false_positive", true),
        ("bb", "resolved", true),
        ("bb", "exploitable", false),
        ("bb", "in_triage", false),
        ("pkg:apk/alpine/busybox@1.36.1-r29", "not_affected", true),
        (
            "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:apk/alpine/busybox",
            "not_affected",
            true,
        ),
        (
            "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Aapk%2Falpine%2Fbusybox",
            "not_affected",
            true,
        ),
        ("musl", "not_affected", false),
    ] {
        assert_eq!(
            is_suppressed(&[&document(reference, state)], 0),
            expected,
            "{reference} {state}"
        );
    }
    // An SBOM with findings says nothing of them.
    let without = document("bb", "x").replace("\"analysis\"", "\"other\"");
    assert_eq!(read("doc.json", without.as_bytes()).unwrap().statements.len(), 0);
}

#[test]
fn a_document_about_another_image_is_said_and_stops_a_gate() {
    let document = openvex(&statement("CVE-2024-0001", "pkg:oci/api", "", "not_affected"));
    let open = policy(&[&document]);
    let (_, verdict) = judge(&open, &report());
    assert_eq!(verdict.effect, Effect::Warn);
    assert_eq!(verdict.decisions[0].message, "1 document is about another image: doc.json");
    let gate = Policy { fails_closed: true, ..open };
    assert_eq!(judge(&gate, &report()).1.effect, Effect::Incomplete);
    // One that is about this image is at home, whatever it says.
    let own = openvex(&statement("CVE-2020-0001", "pkg:oci/web", "", "not_affected"));
    let gate = Policy { fails_closed: true, ..policy(&[&own]) };
    assert_eq!(judge(&gate, &report()).1.effect, Effect::Pass);
}

#[test]
fn why_a_statement_applies_or_not_is_told() {
    let statements = [
        statement("CVE-2024-0001", "pkg:oci/web?tag=1.5", "", "not_affected"),
        statement(
            "CVE-2024-0001",
            "pkg:oci/web",
            r#"{"@id": "pkg:apk/alpine/musl"}"#,
            "not_affected",
        ),
        statement("CVE-2024-0001", "pkg:apk/alpine/busybox@1.2", "", "not_affected"),
        statement("CVE-2024-0001", "pkg:oci/web", "", "affected"),
        statement("CVE-2024-0001", "pkg:oci/web", r#"{"@id": "pkg:apk/alpine/busybox"}"#, "fixed"),
    ];
    let report = report();
    let policy = policy(&[&openvex(&statements.join(","))]);
    assert_eq!(
        explain_vex(&policy, &report, &report.findings[0]),
        [
            "not_affected does not apply (doc.json, statement 1): pkg:oci/web?tag=1.5: the tag differs",
            "not_affected does not apply (doc.json, statement 2): the image is pkg:oci/web, but the \
             package is none of the parts named",
            "not_affected does not apply (doc.json, statement 3): pkg:apk/alpine/busybox@1.2: the \
             version differs",
            "affected applies, but a newer one decides (doc.json, statement 4): the image is \
             pkg:oci/web",
            "fixed applies (doc.json, statement 5): the image is pkg:oci/web, part \
             pkg:apk/alpine/busybox",
        ]
    );
    assert!(explain_vex(&policy, &report, &report.findings[1]).is_empty());
}

#[test]
fn what_is_no_vex_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        "{\"SchemaVersion\": 2}",
        "{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\"}",
        &openvex(r#"{"vulnerability": {"name": "x"}, "status": "perhaps", "products": []}"#),
        &openvex(r#"{"status": "fixed", "products": []}"#),
        &openvex("1"),
    ] {
        assert!(read("doc.json", text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(read("x", openvex("").as_bytes()).unwrap().format, Format::OpenVex);
    let deep = format!(
        "{{\"bomFormat\": \"CycloneDX\", \"components\": {}",
        "[{\"components\":".repeat(100_000)
    );
    assert!(read("doc.json", deep.as_bytes()).is_err());
}

/// A document in XML: components, and vulnerabilities as they stand in it.
fn xml(components: &str, vulnerabilities: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1">
  <metadata>
    <timestamp>2024-01-01T00:00:00Z</timestamp>
    <component type="container" bom-ref="image"><name>web</name><purl>pkg:oci/web</purl></component>
  </metadata>
  <components>{components}</components>
  <vulnerabilities>{vulnerabilities}</vulnerabilities>
</bom>
"#
    )
}

fn xml_vulnerability(id: &str, state: &str, reference: &str) -> String {
    format!(
        r#"<vulnerability bom-ref="v">
      <id>{id}</id>
      <analysis>
        <state>{state}</state>
        <justification>code_not_reachable</justification>
        <detail>a &amp; b <![CDATA[< c]]></detail>
      </analysis>
      <affects><target><ref>{reference}</ref></target></affects>
    </vulnerability>"#
    )
}

#[test]
fn cyclonedx_in_xml_says_what_it_says_in_json() {
    let inner = r#"<component type="library" bom-ref="outer"><name>o</name><components>
        <component type="library" bom-ref="box&amp;1">
          <name>busybox</name><purl>pkg:apk/alpine/busybox@1.36.1-r29</purl>
        </component></components></component>"#;
    for (id, state, reference, expected) in [
        ("CVE-2024-0001", "not_affected", "box&amp;1", true),
        ("CVE-2024-0001", "false_positive", "pkg:apk/alpine/busybox@1.36.1-r29", true),
        ("CVE-2024-0001", "resolved", "image", true),
        ("CVE-2024-0001", "exploitable", "image", false),
        ("CVE-2024-0001", "in_triage", "image", false),
        ("CVE-2024-0001", "not_affected", "outer", false),
        ("CVE-2024-0009", "not_affected", "image", false),
    ] {
        let text = xml(inner, &xml_vulnerability(id, state, reference));
        assert_eq!(is_suppressed(&[&text], 0), expected, "{text}");
    }
    let text = xml("", &xml_vulnerability("CVE-2024-0001", "not_affected", "image"));
    let document = read("doc.xml", text.as_bytes()).unwrap();
    assert_eq!(document.format, Format::CycloneDx);
    let [statement] = document.statements.as_slice() else { panic!("{document:?}") };
    assert_eq!(statement.justification.as_deref(), Some("code_not_reachable"));
    assert_eq!(statement.impact.as_deref(), Some("a & b < c"));
    // Later than the document's own time, and so the newest.
    let later = xml_vulnerability("CVE-2024-0001", "exploitable", "image").replace(
        "<state>",
        "<firstIssued>2024-02-01T00:00:00Z</firstIssued><lastUpdated>2024-03-01T00:00:00Z\
         </lastUpdated><state>",
    );
    assert!(!is_suppressed(&[&xml("", &later), &text], 0));
}

#[test]
fn xml_that_is_no_vex_is_refused() {
    let whole = xml("", &xml_vulnerability("CVE-2024-0001", "not_affected", "image"));
    let deep = format!(
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">{}",
        "<components><component>".repeat(100_000)
    );
    for (text, said) in [
        (whole[..whole.len() / 2].to_owned(), "XML"),
        ("<html><body/></html>".to_owned(), "no VEX document"),
        (whole.replace("not_affected", "perhaps"), "unknown state"),
        (whole.replace("<?xml version", "<!DOCTYPE b [<!ENTITY a \"b\">]><?xml version"), ""),
        (whole.replace("<id>", "<id>&a;"), "not defined"),
        (deep, "deep"),
    ] {
        let error = read("doc.xml", text.as_bytes()).unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert!(format!("{error} {cause:?}").contains(said), "{error}");
    }
}
