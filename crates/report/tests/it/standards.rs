//! The formats that others defined: what their readers and schemas demand.

use crate::recipe::{Recipe, everything, shop, suppress};
use lazaret_core::problem::ProblemKind;
use lazaret_core::report::Report;
use lazaret_report::{Format, Reports, WriteError, WriteOptions, write};
use serde_json::Value;

/// The shop's image with one finding suppressed, one problem, and names that try things.
pub(crate) fn hostile() -> Report {
    let mut shop = shop();
    let evil = shop.npm(4, "ev\u{1b}[2Jil<b>\"'&|`](x)\u{202e}", "1.0\n2");
    shop.finding(evil, "CVE-2024-0001", 6.1, &[]);
    shop.problem(ProblemKind::Parse, Some((4, "app/a b#c.json")), "not JSON: <\u{9b}>");
    shop.problem(ProblemKind::Coverage, None, "no source covers 3 packages");
    shop.report.inventory.packages[0].licenses =
        vec!["GPL-2.0-or-later".into(), "my own <words>".into()];
    shop.report.inventory.packages[1].licenses = vec!["MIT OR Apache-2.0".into()];
    shop.report.inventory.packages[2].licenses = vec!["MIT OR Apache-2.0".into(), "Zlib".into()];
    shop.report.inventory.packages[3].owner = Some(lazaret_core::package::PackageId(4));
    let finding = &mut shop.report.findings[0];
    suppress(finding, "policy", "does not apply", Some("2027-01-31"));
    shop.build()
}

/// What a format writes of some reports.
pub(crate) fn text(format: Format, reports: Vec<Report>) -> String {
    let mut out = Vec::new();
    write(format, &Reports(reports), &WriteOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What a JSON format writes of a report.
pub(crate) fn document(format: Format, report: Report) -> Value {
    serde_json::from_str(&text(format, vec![report])).unwrap()
}

/// Every format but the table, which has tests of its own.
fn others() -> impl Iterator<Item = Format> {
    Format::ALL.iter().copied().filter(|format| *format != Format::Table)
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in others() {
        for report in [hostile(), everything().build()] {
            let written = text(format, vec![report.clone()]);
            assert_eq!(written, text(format, vec![report]), "{format}");
        }
        let written = text(format, vec![hostile()]);
        assert!(written.ends_with('\n'), "{format}");
    }
}

#[test]
fn nothing_reaches_a_terminal_that_acts_on_it() {
    for format in others() {
        let written = text(format, vec![hostile()]);
        for c in ['\u{1b}', '\u{9b}', '\u{202e}', '\r'] {
            assert!(!written.contains(c), "{format}: {c:?}");
        }
    }
}

#[test]
fn documents_of_one_image_refuse_several() {
    for format in [
        Format::TrivyJson,
        Format::Cyclonedx,
        Format::CyclonedxXml,
        Format::SpdxJson,
        Format::Spdx,
        Format::Spdx3,
        Format::SyftJson,
        Format::CosignVuln,
    ] {
        for reports in [vec![], vec![shop().build(), shop().build()]] {
            let images = reports.len();
            let written =
                write(format, &Reports(reports), &WriteOptions::default(), &mut Vec::new());
            let error = written.unwrap_err();
            assert!(matches!(error, WriteError::OneImage { .. }));
            let said = error.to_string();
            assert!(said.starts_with(&format!("`{format}` describes one image")), "{said}");
            assert!(said.contains(&images.to_string()) && said.contains("--platform"), "{said}");
        }
    }
}

#[test]
fn an_empty_image_is_written_in_every_format() {
    for format in others() {
        assert!(!text(format, vec![Recipe::debian().build()]).is_empty(), "{format}");
    }
}

#[test]
fn a_date_that_is_asked_for_is_the_document_s() {
    let options = WriteOptions { source_date: Some(1_700_000_000), ..WriteOptions::default() };
    for (format, at) in [
        (Format::Cyclonedx, "/metadata/timestamp"),
        (Format::SpdxJson, "/creationInfo/created"),
        (Format::TrivyJson, "/CreatedAt"),
    ] {
        let mut out = Vec::new();
        write(format, &Reports(vec![shop().build()]), &options, &mut out).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(document.pointer(at).unwrap(), "2023-11-14T22:13:20Z", "{format}");
        // Else it is when the image was made.
        let document = self::document(format, shop().build());
        assert_eq!(document.pointer(at).unwrap(), "2024-02-13T08:00:00Z", "{format}");
    }
}

#[test]
fn severities_that_are_not_shown_are_left_out_of_lists_and_kept_in_sboms() {
    use lazaret_core::severity::Severity;
    let mut options = WriteOptions::default();
    options.table.severities = [Severity::Critical].into();
    let count = |format, at: &str| {
        let mut out = Vec::new();
        write(format, &Reports(vec![shop().build()]), &options, &mut out).unwrap();
        let document: Value = serde_json::from_slice(&out).unwrap();
        document.pointer(at).unwrap().as_array().unwrap().len()
    };
    // Two of openssl, and one each of zlib, Django and minimist.
    assert_eq!(count(Format::Sarif, "/runs/0/results"), 5);
    assert_eq!(count(Format::Gitlab, "/vulnerabilities"), 5);
    assert_eq!(count(Format::GitlabCodequality, ""), 5);
    assert!(count(Format::Cyclonedx, "/vulnerabilities") > 5);
}

#[test]
fn cyclonedx_is_valid_and_refers_to_what_is_there() {
    let schema = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let registry = jsonschema::Registry::new()
        .add(
            "http://cyclonedx.org/schema/spdx.schema.json",
            schema(include_str!("../../../../docs/schemas/spdx.schema.json")),
        )
        .unwrap()
        .add(
            "http://cyclonedx.org/schema/jsf-0.82.schema.json",
            schema(include_str!("../../../../docs/schemas/jsf-0.82.schema.json")),
        )
        .unwrap()
        .prepare()
        .unwrap();
    let validator = jsonschema::options()
        .with_registry(&registry)
        .build(&schema(include_str!("../../../../docs/schemas/bom-1.6.schema.json")))
        .unwrap();
    for report in [hostile(), shop().build(), Recipe::debian().build()] {
        let bom = document(Format::Cyclonedx, report);
        let errors: Vec<String> = validator.iter_errors(&bom).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        let mut refs: Vec<&str> = bom["components"]
            .as_array()
            .unwrap()
            .iter()
            .chain([&bom["metadata"]["component"]])
            .map(|component| component["bom-ref"].as_str().unwrap())
            .collect();
        refs.sort_unstable();
        assert!(refs.windows(2).all(|pair| pair[0] != pair[1]));
        for vulnerability in bom["vulnerabilities"].as_array().unwrap() {
            for affected in vulnerability["affects"].as_array().unwrap() {
                assert!(refs.binary_search(&affected["ref"].as_str().unwrap()).is_ok());
            }
        }
        for dependency in bom["dependencies"].as_array().unwrap() {
            assert!(refs.binary_search(&dependency["ref"].as_str().unwrap()).is_ok());
        }
    }
    let mut broken = document(Format::Cyclonedx, shop().build());
    broken["components"][0]["type"] = "packet".into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn cyclonedx_joins_packages_of_which_the_same_is_said() {
    let bom = document(Format::Cyclonedx, shop().build());
    let openssl = bom["vulnerabilities"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["id"] == "CVE-2024-5535")
        .unwrap();
    assert_eq!(openssl["affects"].as_array().unwrap().len(), 2);
    assert_eq!(openssl["cwes"], serde_json::json!([79]));
    assert_eq!(openssl["recommendation"], "Upgrade openssl to 3.0.15-1~deb12u1");
    assert_eq!(openssl["ratings"][1]["method"], "CVSSv31");
}

#[test]
fn serial_numbers_change_with_the_report() {
    let serial = |report| document(Format::Cyclonedx, report)["serialNumber"].clone();
    assert_eq!(serial(shop().build()), serial(shop().build()));
    assert_ne!(serial(shop().build()), serial(hostile()));
}

#[test]
fn spdx_contains_every_package_once() {
    let report = hostile();
    let spdx = document(Format::SpdxJson, report.clone());
    assert_eq!(spdx["spdxVersion"], "SPDX-2.3");
    let packages = spdx["packages"].as_array().unwrap();
    // The image and its operating system are packages too.
    assert_eq!(packages.len(), report.inventory.packages.len() + 2);
    let contained = spdx["relationships"].as_array().unwrap().iter();
    let contained = contained
        .filter(|r| r["relationshipType"] == "CONTAINS" && r["spdxElementId"] == "SPDXRef-Image");
    assert_eq!(contained.count(), report.inventory.packages.len() + 1);
    let apt = &packages[2];
    assert_eq!(apt["name"], "apt");
    assert_eq!(apt["supplier"], "Organization: debian");
    assert_eq!(apt["licenseDeclared"], "GPL-2.0-or-later AND LicenseRef-1");
    assert_eq!(apt["externalRefs"][0]["referenceLocator"], report.inventory.packages[0].purl);
    let extracted = &spdx["hasExtractedLicensingInfos"][0];
    assert_eq!(extracted["licenseId"], "LicenseRef-1");
    assert_eq!(extracted["name"], "my own <words>");
}

#[test]
fn trivy_s_words_and_order_are_used() {
    let written = text(Format::TrivyJson, vec![hostile()]);
    // Go's encoder escapes these, and every package url of a distribution has one.
    assert!(!written.contains(['<', '>', '&']));
    assert!(written.contains("?arch=amd64\\u0026distro=debian-12"));
    let trivy: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(trivy["SchemaVersion"], 2);
    assert_eq!(trivy["ArtifactType"], "container_image");
    assert_eq!(trivy["Metadata"]["OS"]["Family"], "debian");
    assert_eq!(trivy["Metadata"]["RepoTags"][0], "registry.example/shop/web:1.4");
    let results: Vec<[&str; 3]> = trivy["Results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| ["Target", "Class", "Type"].map(|key| result[key].as_str().unwrap()))
        .collect();
    assert_eq!(
        results,
        [
            ["registry.example/shop/web:1.4 (debian 12)", "os-pkgs", "debian"],
            ["app/package-lock.json", "lang-pkgs", "npm"],
            ["Python", "lang-pkgs", "python-pkg"],
        ]
    );
    let python = trivy["Results"][2]["Vulnerabilities"].as_array().unwrap();
    let order: Vec<&str> =
        python.iter().map(|entry| entry["VulnerabilityID"].as_str().unwrap()).collect();
    assert_eq!(
        order,
        ["CVE-2022-28346", "CVE-2021-31542", "CVE-2019-12781", "CVE-2021-33503", "CVE-2023-45803"]
    );
    assert_eq!(python[0]["FixedVersion"], "2.2.28, 3.2.13, 4.0.4");
    assert_eq!(python[0]["PkgID"], "Django@2.2.1");
    assert_eq!(python[0]["Status"], "fixed");
    assert_eq!(python[0]["Severity"], "CRITICAL");
    assert_eq!(python[0]["PkgIdentifier"]["PURL"], "pkg:pypi/django@2.2.1");
    assert_eq!(
        python[0]["PkgPath"],
        "usr/local/lib/python3.11/dist-packages/Django-2.2.1.dist-info/METADATA"
    );
    let packages = trivy["Results"][0]["Packages"].as_array().unwrap();
    let zlib = packages.iter().find(|package| package["Name"] == "zlib1g").unwrap();
    assert_eq!(zlib["Version"], "1.2.13.dfsg");
    assert_eq!(zlib["Release"], "1");
    assert_eq!(zlib["Epoch"], 1);
    let suppressed = trivy["Results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|result| result["ExperimentalModifiedFindings"].as_array())
        .flatten();
    let suppressed: Vec<&Value> = suppressed.collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["Status"], "ignored");
    assert_eq!(suppressed[0]["Statement"], "does not apply");
}

#[test]
fn junit_counts_what_it_holds() {
    let junit = text(Format::Junit, vec![hostile()]);
    let findings = hostile().findings.len();
    let counts = format!(r#"tests="{}" failures="{}" errors="2""#, findings + 2, findings - 1);
    assert_eq!(junit.matches(&counts).count(), 2, "{junit}");
    assert_eq!(junit.matches(r#" skipped="1">"#).count(), 1, "{junit}");
    assert_eq!(junit.matches("<testcase ").count(), findings + 2);
    assert_eq!(junit.matches("<failure ").count(), findings - 1);
    assert_eq!(junit.matches("<error ").count(), 2);
    let clean = text(Format::Junit, vec![Recipe::debian().build()]);
    assert!(clean.contains(r#"name="no findings"/>"#), "{clean}");
}

#[test]
fn code_quality_issues_have_what_gitlab_reads() {
    let issues = document(Format::GitlabCodequality, hostile());
    let issues = issues.as_array().unwrap();
    assert_eq!(issues.len(), hostile().findings.len() - 1);
    for issue in issues {
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
        assert!(issue["fingerprint"].is_string());
        assert_eq!(issue["location"]["lines"]["begin"], 1);
        assert!(issue["location"]["path"].is_string());
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
    }
}

#[test]
fn markdown_is_a_table_that_names_cannot_leave() {
    let page = text(Format::Markdown, vec![hostile()]);
    assert!(page.starts_with("## `registry.example/shop/web:1.4`\n\n**Fail** · "), "{page}");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).collect();
    for row in &rows {
        let bars = row.replace("\\|", "").matches('|').count();
        assert!(bars == 6 || bars == 7, "{row}");
    }
    assert!(page.contains("[CVE-2024-5535](https://nvd.nist.gov/vuln/detail/CVE-2024-5535)"));
    assert!(page.contains("<details><summary>1 suppressed</summary>"));
    assert!(page.contains("Not everything could be read:"));
    assert!(!page.contains("<b>"));
}

#[test]
fn every_kind_is_in_every_list() {
    let report = || everything().build();
    let junit = text(Format::Junit, vec![report()]);
    let issues = document(Format::GitlabCodequality, report());
    let page = text(Format::Markdown, vec![report()]);
    assert_eq!(junit.matches("<failure ").count(), 32);
    assert_eq!(issues.as_array().unwrap().len(), 32);
    for case in [
        r#"<testcase classname="app/.env" name="[CRITICAL] SEC-github-token line 3">"#,
        r#"<testcase classname="the variable TOKEN" name="[CRITICAL] SEC-github-token">"#,
        r#"<testcase classname="app/Dockerfile" name="[MEDIUM] DF001 line 7">"#,
        r#"<testcase classname="Django-2.2.1" name="[HIGH] GPL-3.0-only">"#,
        r#"<testcase classname="app/COPYING" name="[HIGH] AGPL-3.0-only">"#,
    ] {
        assert!(junit.contains(case), "{case}\n{junit}");
    }
    let issue = |path: &str| {
        let mut issues = issues.as_array().unwrap().iter();
        issues.find(|issue| issue["location"]["path"] == path).unwrap().clone()
    };
    assert_eq!(issue("app/Dockerfile")["location"]["lines"]["begin"], 7);
    assert_eq!(issue("app/Dockerfile")["description"], "DF001: This breaks [DF001]");
    assert_eq!(
        issue("root/key.tar")["description"],
        "SEC-github-token: GitHub personal access token in root/key.tar (home/id_rsa): ghp_****; \
         layer 3 deleted the file, which hides nothing"
    );
    for row in [
        "| Critical | GitHub personal access token | SEC-github-token | `app/.env` | 3 | `ghp_****` |",
        "| Medium | The title of DF001 | DF001 | `app/Dockerfile` | 7 | This breaks \\[DF001\\] |",
        "| High | AGPL-3.0-only | restricted | `app/COPYING` |  | `app/COPYING` |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
    // Four tables.
    assert_eq!(page.matches("| --- | --- | --- | --- |").count(), 4);
}

#[test]
fn secrets_are_shown_where_only_fixable_vulnerabilities_are() {
    let mut options = WriteOptions::default();
    options.table.ignore_unfixed = true;
    let mut out = Vec::new();
    let reports = Reports(vec![everything().build()]);
    write(Format::GitlabCodequality, &reports, &options, &mut out).unwrap();
    let issues: Value = serde_json::from_slice(&out).unwrap();
    let secrets = issues.as_array().unwrap().iter();
    assert_eq!(secrets.filter(|issue| issue["check_name"] == "SEC-github-token").count(), 5);
}
