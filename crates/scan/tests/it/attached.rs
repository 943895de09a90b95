//! Bills of materials inside an image and beside it: the same package once, with everyone who knows
//! of it.

use crate::support::{APK_BASE, engine, package_json, source};
use lazaret_core::digest::Digest;
use lazaret_core::package::{Ecosystem, Package, Presence};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::{Report, Signature};
use lazaret_scan::{Attached, AttachedDocument, Options, scan};
use lazaret_testkit::{Entry, Layer};

fn document(digest: char, kind: &str, text: &str) -> AttachedDocument {
    let digest: Digest = format!("sha256:{}", digest.to_string().repeat(64)).parse().unwrap();
    AttachedDocument { digest, kind: kind.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn cyclonedx(purls: &[&str]) -> String {
    let components: Vec<String> =
        purls.iter().map(|purl| format!(r#"{{"type":"library","purl":"{purl}"}}"#)).collect();
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#,
        components.join(",")
    )
}

fn scanned(layers: &[Layer], documents: Vec<AttachedDocument>, all_layers: bool) -> Report {
    let (source, _folder) = source(layers);
    let attached = Attached { documents, problems: Vec::new() };
    scan(&engine(), &source, 0, &Options { attached, all_layers, ..Options::default() }).unwrap()
}

fn only<'r>(report: &'r Report, name: &str) -> &'r Package {
    let mut found = report.inventory.packages.iter().filter(|package| package.name == name);
    let first = found.next().unwrap_or_else(|| panic!("{name} is not listed"));
    assert_eq!(found.next(), None, "{name} is listed again");
    first
}

fn places(package: &Package) -> Vec<String> {
    package
        .locations
        .iter()
        .map(|location| format!("{} {}", location.layer.0, location.path))
        .collect()
}

fn oci(digest: char, ending: &str) -> String {
    format!("oci:sha256:{}.{ending}", digest.to_string().repeat(64))
}

fn wick() -> Layer {
    Layer::new("RUN").file("usr/app/node_modules/wick/package.json", package_json("wick", "1.2.3"))
}

#[test]
fn what_is_seen_and_what_is_attached_is_listed_once_with_every_source() {
    let base = Layer::new("ADD")
        .file("etc/os-release", "ID=alpine\nVERSION_ID=3.19.1\n")
        .file("lib/apk/db/installed", APK_BASE);
    let xml = r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>
        <component type="library"><name>wick</name><version>1.2.3</version>
        <purl>pkg:npm/wick@1.2.3</purl></component></components></bom>"#;
    let tags = "SPDXVersion: SPDX-2.3\nPackageName: wick\nSPDXID: SPDXRef-wick\n\
                PackageVersion: 1.2.3\nExternalRef: PACKAGE-MANAGER purl pkg:npm/wick@1.2.3\n";
    let json = cyclonedx(&["pkg:npm/wick@1.2.3", "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64"]);
    let syft = r#"{"artifacts":[{"id":"1","name":"wick","version":"1.2.3","type":"npm",
        "purl":"pkg:npm/wick@1.2.3"},{"id":"2","name":"oil","version":"2.0.0","type":"npm",
        "purl":"pkg:npm/oil@2.0.0"}],"schema":{"version":"16.0.18"}}"#;
    let report = scanned(
        &[base, wick()],
        vec![
            document('a', "https://cyclonedx.org/bom", &json),
            document('b', "application/vnd.cyclonedx+xml", xml),
            document('c', "text/spdx", tags),
            document('d', "https://syft.dev/bom", syft),
        ],
        false,
    );
    assert_eq!(report.inventory.problems, []);
    let seen = only(&report, "wick");
    assert_eq!((seen.presence, seen.layer.0), (Presence::Installed, 1));
    // Where it is comes before who says so.
    let said = [
        "1 usr/app/node_modules/wick/package.json".to_owned(),
        format!("2 {}", oci('a', "sbom.json")),
        format!("2 {}", oci('b', "cdx.xml")),
        format!("2 {}", oci('c', "spdx")),
        format!("2 {}", oci('d', "sbom.json")),
    ];
    assert_eq!(places(seen), said);
    assert_eq!(seen.found_by, ["npm/package-json", "sbom/json", "sbom/spdx", "sbom/xml"]);
    assert_eq!(only(&report, "musl").found_by, ["apk/installed", "sbom/json"]);
    // What only the registry knows of is in no layer.
    let told = only(&report, "oil");
    assert_eq!((told.presence, told.layer.0), (Presence::Described, 2));
    assert_eq!(places(told), [format!("2 {}", oci('d', "sbom.json"))]);
    assert!(report.image.is_beside(told.layer) && !report.image.is_beside(seen.layer));
    let attached = &report.provenance.attached;
    let kinds: Vec<&str> = attached.iter().map(|sbom| sbom.kind.as_str()).collect();
    let expected = [
        "https://cyclonedx.org/bom",
        "application/vnd.cyclonedx+xml",
        "text/spdx",
        "https://syft.dev/bom",
    ];
    assert_eq!(kinds, expected);
    assert!(attached.iter().all(|sbom| sbom.signature == Signature::NotChecked));
    assert_eq!(attached[2].path.as_str(), oci('c', "spdx"));
}

// The documents as Bitnami, Syft and CycloneDX's own tools leave them in images.
#[test]
fn documents_inside_the_image_are_joined_the_same_way() {
    let spdx = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[
        {"SPDXID":"SPDXRef-a","name":"lantern","versionInfo":"3.1.0-2","externalRefs":[
          {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
           "referenceLocator":"pkg:bitnami/lantern@3.1.0-2?arch=amd64&distro=debian-12"}]},
        {"SPDXID":"SPDXRef-b","name":"wick","versionInfo":"1.2.3","externalRefs":[
          {"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
           "referenceLocator":"pkg:npm/wick@1.2.3"}]}]}"#;
    let syft = r#"{"artifacts":[{"id":"1","name":"wick","version":"1.2.3","type":"npm",
        "purl":"pkg:npm/wick@1.2.3"}],"schema":{"version":"16.0.18"}}"#;
    let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components>
        <component type="library"><name>wick</name><version>1.2.3</version>
        <purl>pkg:npm/wick@1.2.3</purl></component></components></bom>"#;
    let layer = wick()
        .file("opt/bitnami/lantern/.spdx-lantern.spdx", spdx)
        .file("app/image.syft.json", syft)
        .file("app/app.cdx.json", cyclonedx(&["pkg:npm/wick@1.2.3"]))
        .file("app/bom.xml", xml);
    let report = scanned(&[layer], Vec::new(), false);
    assert_eq!(report.inventory.problems, []);
    let wick = only(&report, "wick");
    assert_eq!(
        places(wick),
        [
            "0 usr/app/node_modules/wick/package.json",
            "0 app/app.cdx.json",
            "0 app/bom.xml",
            "0 app/image.syft.json",
            "0 opt/bitnami/lantern/.spdx-lantern.spdx",
        ]
    );
    assert_eq!(wick.found_by, ["npm/package-json", "sbom/json", "sbom/spdx", "sbom/xml"]);
    assert_eq!(only(&report, "lantern").ecosystem, Ecosystem::Bitnami);
    assert_eq!(report.provenance.attached, []);
}

#[test]
fn what_is_attached_is_not_taken_for_something_that_was_removed() {
    let layers = [
        wick().file("usr/share/a.cdx.json", cyclonedx(&["pkg:deb/debian/oil@1-1"])),
        Layer::new("RUN").whiteout("usr/app/node_modules/wick"),
    ];
    let attached = cyclonedx(&["pkg:deb/debian/oil@1-1?arch=amd64", "pkg:npm/flame@1.0.0"]);
    let report = scanned(&layers, vec![document('a', "application/spdx+json", &attached)], true);
    let removed = |name| only(&report, name).removed_in.map(|layer| layer.0);
    assert_eq!((removed("oil"), removed("flame"), removed("wick")), (None, None, Some(1)));
}

#[test]
fn a_program_of_a_package_stays_a_part_of_it_when_others_saw_it_too() {
    let status = "Package: nginx\nStatus: install ok installed\nVersion: 1.25.4-1\n\
                  Maintainer: Debian <x@debian.org>\nArchitecture: amd64\n";
    let mut content = b"\x7fELF\x02\x01\x01\0\0nginx version: nginx/1.25.4\n\0".to_vec();
    content.resize(2_048, 0);
    let layer = Layer::new("ADD")
        .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
        .file("var/lib/dpkg/status", status)
        .file("var/lib/dpkg/info/nginx.list", "/usr/sbin/nginx\n")
        .entry(Entry::File { path: "usr/sbin/nginx".into(), content, mode: 0o755 });
    let attached = cyclonedx(&["pkg:generic/nginx@1.25.4"]);
    let documents = vec![document('a', "https://cyclonedx.org/bom", &attached)];
    let report = scanned(&[layer], documents, false);
    assert_eq!(only(&report, "nginx").ecosystem, Ecosystem::Deb);
}

#[test]
fn what_cannot_be_read_is_a_problem_at_its_place() {
    let (source, _folder) = source(&[wick()]);
    let told = Problem::general(ProblemKind::Parse, "an attachment could not be read");
    let attached = Attached {
        documents: vec![
            document('a', "https://cyclonedx.org/bom", "{\"hello\": 1}"),
            document('b', "application/vnd.cyclonedx+xml", "<bom"),
            document('c', "text/spdx", "hello"),
        ],
        problems: vec![told.clone()],
    };
    let options = Options { attached, ..Options::default() };
    let report = scan(&engine(), &source, 0, &options).unwrap();
    assert_eq!(report.inventory.packages.len(), 1);
    let problems = &report.inventory.problems;
    assert!(problems.contains(&told), "{problems:?}");
    for (digest, ending) in [('a', "sbom.json"), ('b', "cdx.xml"), ('c', "spdx")] {
        let path = oci(digest, ending);
        let is_here = |problem: &&Problem| {
            problem.location.as_ref().is_some_and(|at| at.path.as_str() == path && at.layer.0 == 1)
        };
        let here: Vec<&Problem> = problems.iter().filter(is_here).collect();
        assert_eq!(here.len(), 1, "{path}: {problems:?}");
        assert_eq!(here[0].kind, ProblemKind::Parse);
    }
    assert_eq!(problems.len(), 4);
    assert_eq!(report.provenance.attached.len(), 3);
}
