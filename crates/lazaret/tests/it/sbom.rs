//! Bills of materials in and out: a scan of one is a scan of what it is about.

use crate::support::{example, lazaret, ran, ran_with_input, report, run, shared, text};
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::inventory::{Inventory, Os, OsFound, Relation, RelationKind};
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::{Provenance, Report, TargetKind};
use lazaret_core::verdict::Verdict;
use lazaret_inventory::describe;
use lazaret_report::{Format, Reports, WriteOptions, write};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Every format that `lazaret sbom` reads back.
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

/// Scans an image and, in every format, its bill of materials.
fn compare(input: &Path) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = |format: Format| folder.path().join(format.name()).to_str().unwrap().to_owned();
    let mut command = lazaret();
    command.args(["image", "--scanners", "vuln", "--format", "json"]);
    command.arg("--input").arg(input);
    for format in FORMATS {
        command.args(["--report", &format!("{format}={}", file(format))]);
    }
    let of_image = ran(&mut command).json();
    for format in FORMATS {
        let of_sbom =
            run(&["sbom", "--scanners", "vuln", "--format", "json", &file(format)]).json();
        let input = input.display();
        assert_eq!(of_sbom["target"], "sbom");
        assert_eq!(of_sbom["findings"], of_image["findings"], "{input} as {format}");
        assert_eq!(of_sbom["inventory"], of_image["inventory"], "{input} as {format}");
        assert_eq!(of_sbom["image"]["layers"], of_image["image"]["layers"], "{input} as {format}");
        assert_eq!(of_sbom["end_of_life"], of_image["end_of_life"], "{input} as {format}");
    }
    of_image
}

#[test]
fn a_bill_of_materials_has_the_findings_of_its_image() {
    let findings = compare(&example())["findings"].as_array().unwrap().len();
    assert!(findings > 50, "{findings}");
}

#[test]
fn so_it_is_for_images_of_every_kind() {
    for name in [
        "oci/langmix-mini",
        "oci/langmix-mini-zstd",
        "oci/rpm-rocky9-reconstructed-sqlite",
        "edge/distroless-status-d",
        "edge/dpkg-states",
        "edge/apk-removed-later",
    ] {
        let Some(path) = shared(&format!("corpus/images/{name}")) else { return };
        let packages = compare(&path)["inventory"]["packages"].as_array().unwrap().len();
        assert!(packages > 0, "{name}");
    }
}

#[test]
fn a_scan_of_a_bill_of_materials_fails_as_that_of_the_image() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ferry.cdx.json");
    let file = file.to_str().unwrap();
    let input = example();
    let made = run(&["image", "-f", "cyclonedx", "-o", file, "--input", input.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let failed = run(&["sbom", "--fail-on", "high", file]);
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    assert!(failed.stdout.contains("by its bill of materials"), "{}", failed.stdout);
    let document = std::fs::read_to_string(file).unwrap();
    let piped = ran_with_input(lazaret().args(["sbom", "-", "--fail-on", "high"]), &document);
    assert_eq!((piped.code, piped.stdout), (failed.code, failed.stdout));
}

#[test]
fn an_attestation_of_a_bill_of_materials_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let (plain, attested) = (folder.path().join("bom"), folder.path().join("statement"));
    let input = example();
    let input = input.to_str().unwrap();
    let (plain, attested) = (plain.to_str().unwrap(), attested.to_str().unwrap());
    assert_eq!(run(&["image", "-f", "spdx-json", "-o", plain, "--input", input]).code, 0);
    let predicate: Value = serde_json::from_slice(&std::fs::read(plain).unwrap()).unwrap();
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "ferry", "digest": {"sha256": "0"}}],
        "predicateType": "https://spdx.dev/Document",
        "predicate": predicate,
    });
    std::fs::write(attested, statement.to_string()).unwrap();
    let found = run(&["sbom", "-f", "json", attested]).json();
    assert_eq!(found["findings"], report(&example())["findings"]);
}

#[test]
fn what_is_no_bill_of_materials_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for (content, said) in [
        ("{\"name\": \"app\", \"lockfileVersion\": 3}", "no bill of materials"),
        ("<project/>", "no bill of materials"),
        ("# Notes", "no bill of materials"),
        ("", "no bill of materials"),
        ("{\"bomFormat\": \"CycloneDX\", \"components\": [", "line 1"),
        ("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components>", "XML"),
    ] {
        let file = folder.path().join("file");
        std::fs::write(&file, content).unwrap();
        let ran = run(&["sbom", file.to_str().unwrap()]);
        assert_eq!(ran.code, 2, "{content}: {}", ran.stdout);
        assert!(ran.stderr.contains(said), "{content}: {}", ran.stderr);
    }
    let missing = run(&["sbom", "no-such-file"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("no-such-file"), "{}", missing.stderr);
}

#[test]
fn components_that_cannot_be_judged_are_not_clean() {
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [
            {"type": "library", "name": "left-pad", "version": "1.3.0"},
            {"type": "library", "name": "lodash", "version": "4.17.15",
             "purl": "pkg:npm/lodash@4.17.15"},
            {"type": "file", "name": "/app/index.js"},
        ],
    });
    let input = document.to_string();
    let ran = ran_with_input(lazaret().args(["sbom", "-", "-f", "json"]), &input);
    let report = ran.json();
    let problems = report["inventory"]["problems"].as_array().unwrap();
    let said = |problem: &&Value| {
        text(&problem["message"]).starts_with("1 component could not be checked")
    };
    assert_eq!(problems.iter().filter(said).count(), 1, "{problems:?}");
    let ids: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
    // GHSA-p6mc-m468-83gw: lodash before 4.17.19.
    assert!(ids.contains(&"CVE-2020-8203"), "{ids:?}");
    let incomplete =
        ran_with_input(lazaret().args(["sbom", "-", "--fail-on", "incomplete"]), &input);
    assert_eq!(incomplete.code, 2);
}

fn path(text: &str) -> ImagePath {
    ImagePath::parse(text.as_bytes()).unwrap()
}

/// A report of which every field of a package is used, and whose texts try every format.
fn tricky() -> Report {
    let location = |layer, file: &str, lines: Option<(u32, u32)>| Location {
        layer: LayerIndex(layer),
        path: path(file),
        lines: lines.map(|(start, end)| LineRange { start, end }),
    };
    let os = Os {
        id: "rocky".into(),
        version: Some("9.4".into()),
        codename: Some("onyx".into()),
        pretty_name: Some("Rocky <Linux> & \"friends\"".into()),
        id_like: vec!["rhel".into(), "centos".into()],
    };
    let mut node = Package::installed(Ecosystem::Rpm, "nodejs", "1:18.2-3.module+el9");
    node.purl = "pkg:rpm/rocky/nodejs@18.2-3.module%2Bel9?distro=rocky-9.4&epoch=1".into();
    node.arch = Some("x86_64".into());
    node.source = Some(SourcePackage { name: "nodejs".into(), version: "18.2-3".into() });
    node.module = Some("nodejs:18".into());
    node.vendor = Some("Somebody <a@b> \\ & Co".into());
    node.licenses = vec!["MIT and BSD".into(), "MIT and BSD".into(), String::new()];
    node.locations = vec![location(0, "var/lib/rpm/rpmdb.sqlite", None)];
    node.found_by = vec!["rpm/sqlite".into()];
    let mut owned = Package::installed(Ecosystem::Npm, "@scope/na me", "1.0.0 beta");
    owned.purl = "pkg:npm/%40scope/na%20me@1.0.0%20beta".into();
    owned.layer = LayerIndex(1);
    owned.owner = Some(PackageId(2));
    owned.presence = Presence::DeclaredDev;
    owned.direct = Some(true);
    owned.licenses = vec!["MIT OR Apache-2.0".into(), " custom <text>words</text> ".into()];
    owned.locations = vec![
        location(1, "app/a\\n b/package-lock.json", Some((7, 9))),
        location(0, "app/x: y/package.json", None),
    ];
    owned.locations.sort();
    owned.found_by = vec!["npm/package-lock".into(), "npm/package-json".into()];
    let mut second = owned.clone();
    second.locations = vec![location(1, "app/second/package.json", None)];
    second.owner = None;
    second.direct = Some(false);
    second.removed_in = Some(LayerIndex(1));
    let mut jar = Package::installed(Ecosystem::Maven, "org.x:y", "");
    jar.purl = "pkg:maven/org.x/y".into();
    jar.third_party = Some("NVIDIA".into());
    jar.presence = Presence::Described;
    let mut packages = vec![jar, owned, node, second];
    packages.sort_by(|a, b| {
        (a.ecosystem, &a.name, &a.version, &a.locations).cmp(&(
            b.ecosystem,
            &b.name,
            &b.version,
            &b.locations,
        ))
    });
    let at = |ecosystem, direct| {
        let mut all = packages.iter().enumerate();
        let found = all.find(|(_, one)| one.ecosystem == ecosystem && one.direct == direct);
        PackageId::at(found.unwrap().0)
    };
    let (node, owned) = (at(Ecosystem::Rpm, None), at(Ecosystem::Npm, Some(true)));
    let second = at(Ecosystem::Npm, Some(false));
    packages[owned.index()].owner = Some(node);
    let mut relations = vec![
        Relation { from: node, to: owned, kind: RelationKind::Owns },
        Relation { from: owned, to: second, kind: RelationKind::DependsOn },
        Relation { from: second, to: owned, kind: RelationKind::DependsOn },
    ];
    relations.sort();
    let layer = |created_by: &str| LayerInfo {
        blob_digest: None,
        diff_id: format!("sha256:{}", "a".repeat(64)).parse().ok(),
        size_bytes: 7,
        created_by: Some(created_by.into()),
        base: Some(true),
    };
    let mut problems = vec![
        Problem::general(ProblemKind::Limit, "too much: <b>"),
        Problem {
            location: Some(location(1, "app/x.json", Some((1, 2)))),
            extractor: Some("npm/package-lock".into()),
            ..Problem::general(ProblemKind::Parse, "not JSON\nat all")
        },
    ];
    problems.sort();
    let found = OsFound { os, location: location(0, "usr/lib/os-release", None) };
    Report {
        target: TargetKind::Image,
        image: Image {
            name: "registry.example/a:1".into(),
            layers: (0..12).map(|n| layer(&format!("RUN {n} && \\\n  more"))).collect(),
            ..Image::default()
        },
        inventory: Inventory { os: Some(found), packages, relations, problems },
        end_of_life: None,
        findings: vec![],
        rules: BTreeMap::new(),
        compliance: None,
        verdict: Verdict::default(),
        provenance: Provenance {
            tool: "lazaret".into(),
            version: "1".into(),
            looked_for: Vec::new(),
            database: None,
            attached: Vec::new(),
        },
    }
}

#[test]
fn every_field_of_an_inventory_comes_back_from_every_format() {
    let report = tricky();
    for format in FORMATS {
        let mut out = Vec::new();
        write(format, &Reports(vec![report.clone()]), &WriteOptions::default(), &mut out).unwrap();
        let back = describe(&out).unwrap_or_else(|error| panic!("{format}: {error}"));
        assert_eq!(back.inventory, report.inventory, "{format}");
        assert_eq!(back.image, report.image, "{format}");
    }
}
