//! Reports of other scanners: what is taken over, and what is said to be missing. The documents are
//! written by hand after each tool's own description of its output.

use crate::recipe::shop;
use crate::standards::text;
use lazaret_core::advisory::Status;
use lazaret_core::finding::{Finding, Place, State};
use lazaret_core::package::Ecosystem;
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use lazaret_report::Format;
use lazaret_report::foreign::{Foreign, ForeignError, Scanner, read};

fn parsed(text: &str) -> Foreign {
    read(text.as_bytes()).unwrap_or_else(|error| panic!("{error:?}"))
}

/// `id severity package version [fixed] open` of every finding.
fn lines(report: &Report) -> Vec<String> {
    let line = |finding: &Finding| {
        let Some(found) = finding.vulnerability() else {
            let place = finding.place().and_then(Place::location).unwrap();
            return format!("{} {} in {}", finding.id, finding.severity, place.path);
        };
        let package = report.inventory.package(found.package).unwrap();
        let state = if finding.state.is_open() { "open" } else { "suppressed" };
        format!(
            "{} {} {} {} {:?} {state}",
            finding.id, finding.severity, package.name, package.version, found.fixed_versions
        )
    };
    report.findings.iter().map(line).collect()
}

fn problems(report: &Report) -> Vec<&str> {
    report.inventory.problems.iter().map(|problem| problem.message.as_str()).collect()
}

const TRIVY: &str = r#"{"SchemaVersion": 2, "Trivy": {"Version": "0.60.0"},
 "CreatedAt": "2024-06-15T10:00:00Z", "ArtifactName": "alpine:3.14", "ArtifactType": "container_image",
 "Metadata": {"OS": {"Family": "alpine", "Name": "3.14.2", "EOSL": true},
  "ImageID": "sha256:1111111111111111111111111111111111111111111111111111111111111111",
  "RepoDigests": ["alpine@sha256:2222222222222222222222222222222222222222222222222222222222222222"],
  "Layers": [{"Size": 5, "DiffID": "sha256:3333333333333333333333333333333333333333333333333333333333333333"},
             {"Size": 7, "DiffID": "sha256:4444444444444444444444444444444444444444444444444444444444444444"}],
  "ImageConfig": {"architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z",
   "config": {"User": "app", "ExposedPorts": {"80/tcp": {}}, "Labels": {"a": "b"}}}},
 "Results": [
  {"Target": "alpine:3.14 (alpine 3.14.2)", "Class": "os-pkgs", "Type": "alpine",
   "Packages": [{"Name": "musl", "Version": "1.2.2-r3", "SrcName": "musl", "SrcVersion": "1.2.2-r3",
     "Licenses": ["MIT"], "Identifier": {"PURL": "pkg:apk/alpine/musl@1.2.2-r3?distro=3.14.2"}}],
   "Vulnerabilities": [
    {"VulnerabilityID": "CVE-2021-0001", "VendorIDs": ["ALPINE-1"], "PkgName": "busybox",
     "InstalledVersion": "1.33.1-r3", "FixedVersion": "1.33.1-r4, 1.34.0-r0", "Status": "fixed",
     "PkgIdentifier": {"PURL": "pkg:apk/alpine/busybox@1.33.1-r3?distro=3.14.2"},
     "Layer": {"DiffID": "sha256:4444444444444444444444444444444444444444444444444444444444444444"},
     "SeveritySource": "nvd", "Severity": "HIGH", "CweIDs": ["CWE-787"],
     "CVSS": {"nvd": {"V2Score": 5.0, "V3Vector": "CVSS:3.1/AV:N", "V3Score": 7.8}},
     "PublishedDate": "2021-08-01T00:00:00Z"},
    {"VulnerabilityID": "CVE-2021-0002", "PkgName": "busybox", "InstalledVersion": "1.33.1-r3",
     "Status": "will_not_fix", "Severity": "UNKNOWN",
     "PkgIdentifier": {"PURL": "pkg:apk/alpine/busybox@1.33.1-r3?distro=3.14.2"}}],
   "ExperimentalModifiedFindings": [{"Type": "vulnerability", "Status": "not_affected",
     "Statement": "vulnerable_code_not_present", "Source": "OpenVEX",
     "Finding": {"VulnerabilityID": "CVE-2021-0003", "PkgName": "musl", "InstalledVersion": "1.2.2-r3", "Severity": "LOW"}}]},
  {"Target": "app/package-lock.json", "Class": "lang-pkgs", "Type": "npm",
   "Vulnerabilities": [{"VulnerabilityID": "GHSA-1111-2222-3333", "PkgName": "left",
     "InstalledVersion": "1.0.0", "FixedVersion": "1.0.1", "Severity": "CRITICAL"}]},
  {"Target": "app/.env", "Class": "secret", "Secrets": [{"RuleID": "aws-access-key-id"}]},
  {"Target": "Dockerfile", "Class": "config", "Type": "dockerfile",
   "Misconfigurations": [{"ID": "DS002", "Status": "FAIL"}, {"ID": "DS001", "Status": "PASS"}]}]}"#;

#[test]
fn trivy_tells_nearly_everything() {
    let Foreign { scanner, report } = parsed(TRIVY);
    assert_eq!(scanner, Scanner::Trivy);
    assert_eq!(
        lines(&report),
        [
            r#"GHSA-1111-2222-3333 CRITICAL left 1.0.0 ["1.0.1"] open"#,
            r#"CVE-2021-0001 HIGH busybox 1.33.1-r3 ["1.33.1-r4", "1.34.0-r0"] open"#,
            "CVE-2021-0003 LOW musl 1.2.2-r3 [] suppressed",
            "CVE-2021-0002 UNKNOWN busybox 1.33.1-r3 [] open",
            "DS002 UNKNOWN in Dockerfile",
            "aws-access-key-id UNKNOWN in app/.env",
        ]
    );
    assert_eq!(problems(&report), Vec::<&str>::new());
    let found = report.findings[1].vulnerability().unwrap();
    assert_eq!(found.aliases, ["ALPINE-1"]);
    assert_eq!(found.scores.len(), 2);
    assert_eq!(report.findings[3].vulnerability().unwrap().status, Status::WillNotFix);
    let package = report.inventory.package(found.package).unwrap();
    assert_eq!((package.ecosystem, package.layer.0), (Ecosystem::Apk, 1));
    let left = report.inventory.packages.iter().find(|package| package.name == "left").unwrap();
    assert_eq!(left.ecosystem, Ecosystem::Npm);
    assert_eq!(left.locations[0].path.as_str(), "app/package-lock.json");
    assert_eq!(report.image.name, "alpine:3.14");
    assert_eq!(report.image.digest.as_ref().unwrap().short(), "222222222222");
    assert_eq!(report.image.config.user.as_deref(), Some("app"));
    assert_eq!(report.image.config.exposed_ports, ["80/tcp"]);
    // It was over when Trivy looked.
    assert!(report.end_of_life.as_ref().unwrap().is_over("2024-06-15"));
    let State::Suppressed { by, reason, .. } = &report.findings[2].state else { panic!("open") };
    assert_eq!((by.as_str(), reason.as_str()), ("trivy: OpenVEX", "vulnerable_code_not_present"));
}

const GRYPE: &str = r#"{"matches": [
  {"vulnerability": {"id": "GHSA-1111-2222-3333", "namespace": "github:language:javascript",
    "severity": "High", "fix": {"versions": ["4.17.21"], "state": "fixed",
      "available": [{"version": "4.17.21", "date": "2021-02-20"}]},
    "epss": [{"cve": "CVE-2021-0001", "epss": 0.02, "percentile": 0.8, "date": "2024-06-01"}],
    "knownExploited": [{"cve": "CVE-2021-0001", "dateAdded": "2022-01-10", "dueDate": "2022-07-10",
      "knownRansomwareCampaignUse": "Known"}]},
   "relatedVulnerabilities": [{"id": "CVE-2021-0001",
     "cvss": [{"source": "nvd@nist.gov", "version": "3.1", "vector": "CVSS:3.1/AV:N", "metrics": {"baseScore": 7.2}}]}],
   "artifact": {"name": "lodash", "version": "4.17.20", "type": "npm", "purl": "pkg:npm/lodash@4.17.20",
     "locations": [{"path": "/app/package-lock.json",
       "layerID": "sha256:4444444444444444444444444444444444444444444444444444444444444444"}],
     "licenses": ["MIT"], "upstreams": []}},
  {"vulnerability": {"id": "CVE-2020-0002", "namespace": "debian:distro:debian:12",
    "severity": "Negligible", "fix": {"versions": [], "state": "wont-fix"}},
   "artifact": {"name": "libssl3", "version": "3.0.1", "type": "deb", "purl": "pkg:deb/debian/libssl3@3.0.1",
     "locations": [], "licenses": [{"value": "Apache-2.0"}], "upstreams": [{"name": "openssl"}]}}],
 "ignoredMatches": [
  {"vulnerability": {"id": "CVE-2020-0003", "severity": "Critical", "fix": {"state": "unknown"}},
   "artifact": {"name": "bash", "version": "5", "type": "deb", "purl": ""},
   "appliedIgnoreRules": [{"vulnerability": "CVE-2020-0003", "reason": "no shell"}]}],
 "source": {"type": "image", "target": {"userInput": "web:1",
   "manifestDigest": "sha256:2222222222222222222222222222222222222222222222222222222222222222",
   "layers": [{"digest": "sha256:3333333333333333333333333333333333333333333333333333333333333333", "size": 1},
              {"digest": "sha256:4444444444444444444444444444444444444444444444444444444444444444", "size": 2}],
   "architecture": "arm64", "os": "linux"}},
 "distro": {"name": "debian", "version": "12"}, "descriptor": {"name": "grype", "version": "0.90.0"}}"#;

#[test]
fn grype_tells_exploits_too() {
    let Foreign { scanner, report } = parsed(GRYPE);
    assert!(scanner.knows_exploited());
    assert_eq!(
        lines(&report),
        [
            "CVE-2020-0003 CRITICAL bash 5 [] suppressed",
            r#"CVE-2021-0001 HIGH lodash 4.17.20 ["4.17.21"] open"#,
            "CVE-2020-0002 LOW libssl3 3.0.1 [] open",
        ]
    );
    let found = report.findings[1].vulnerability().unwrap();
    assert_eq!(found.aliases, ["GHSA-1111-2222-3333"]);
    assert_eq!(found.epss.unwrap().percentile.to_string(), "0.8");
    assert_eq!(found.fix_first_seen.as_deref(), Some("2021-02-20"));
    assert!(found.exploited.as_ref().unwrap().ransomware);
    assert_eq!(found.scores[0].score.to_string(), "7.2");
    let package = report.inventory.package(found.package).unwrap();
    assert_eq!((package.layer.0, package.locations[0].path.as_str()), (1, "app/package-lock.json"));
    let ssl = report.inventory.packages.iter().find(|one| one.name == "libssl3").unwrap();
    assert_eq!(ssl.source.as_ref().unwrap().name, "openssl");
    assert_eq!(ssl.licenses, ["Apache-2.0"]);
    assert_eq!(problems(&report), [""; 0]);
}

#[test]
fn osv_scanner_has_one_finding_for_a_group() {
    let report = parsed(
        r#"{"results": [{"source": {"path": "/app/package-lock.json", "type": "lockfile"}, "packages": [
          {"package": {"name": "lodash", "version": "4.17.20", "ecosystem": "npm"},
           "groups": [{"ids": ["GHSA-1", "CVE-2021-0001"], "aliases": ["CVE-2021-0001", "GHSA-1"], "max_severity": "7.2"},
                      {"ids": ["MAL-1"], "aliases": [], "max_severity": ""}],
           "vulnerabilities": [
            {"id": "GHSA-1", "aliases": ["CVE-2021-0001"], "published": "2021-05-06T16:05:51Z",
             "database_specific": {"severity": "HIGH"},
             "affected": [{"package": {"name": "lodash", "ecosystem": "npm"},
               "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.21"}]},
                          {"type": "GIT", "events": [{"fixed": "c0ffee"}]}]},
              {"package": {"name": "lodash-es", "ecosystem": "npm"},
               "ranges": [{"type": "SEMVER", "events": [{"fixed": "9.9.9"}]}]}]},
            {"id": "CVE-2021-0001", "affected": []},
            {"id": "MAL-1", "database_specific": {"severity": "CRITICAL"}}]}]}]}"#,
    )
    .report;
    assert_eq!(
        lines(&report),
        [
            "MAL-1 CRITICAL lodash 4.17.20 [] open",
            r#"CVE-2021-0001 HIGH lodash 4.17.20 ["4.17.21"] open"#,
        ]
    );
    assert_eq!(report.inventory.packages[0].ecosystem, Ecosystem::Npm);
    assert_eq!(parsed(r#"{"results": []}"#).report.findings.len(), 0);
}

#[test]
fn sarif_tells_what_its_messages_tell() {
    let message = |lines: &str| lines.replace('\n', "\\n");
    let log = format!(
        r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "Trivy", "rules": [
            {{"id": "CVE-2021-0001", "properties": {{"security-severity": "8.1"}}}},
            {{"id": "CVE-2021-0002-curl", "defaultConfiguration": {{"level": "note"}}}}]}}}},
          "results": [
           {{"ruleId": "CVE-2021-0001", "ruleIndex": 0, "level": "error", "message": {{"text": "{}"}},
             "locations": [{{"physicalLocation": {{"artifactLocation": {{"uri": "library/web"}}}}}}]}},
           {{"ruleId": "CVE-2021-0002-curl", "message": {{"text": "A finding in curl"}},
             "suppressions": [{{"kind": "external", "justification": "not used"}}],
             "locations": [{{"physicalLocation": {{"artifactLocation": {{"uri": "usr/bin/curl"}}}}}}]}},
           {{"ruleId": "DS002", "level": "error", "message": {{"text": "root"}}}},
           {{"ruleId": "CVE-2021-0003", "kind": "pass", "message": {{"text": "x"}}}}]}}]}}"#,
        message(
            "Package: musl\nInstalled Version: 1.2.2\nVulnerability CVE-2021-0001\nSeverity: CRITICAL\nFixed Version: 1.2.3"
        )
    );
    let report = parsed(&log).report;
    assert_eq!(
        lines(&report),
        [
            r#"CVE-2021-0001 CRITICAL musl 1.2.2 ["1.2.3"] open"#,
            "CVE-2021-0002 LOW usr/bin/curl  [] suppressed",
        ]
    );
    assert_eq!(
        problems(&report),
        [
            "the report does not say whether 1 of its results have a fix",
            "the report has 1 results that are no vulnerabilities, which are not judged",
        ]
    );
}

#[test]
fn cyclonedx_tells_the_fix_only_in_words() {
    let report = parsed(
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6",
          "metadata": {"component": {"type": "container", "bom-ref": "root", "name": "web:1"}},
          "components": [
           {"type": "operating-system", "bom-ref": "os", "name": "debian", "version": "12"},
           {"type": "library", "bom-ref": "a", "name": "libssl3", "version": "3.0.1",
            "purl": "pkg:deb/debian/libssl3@3.0.1", "licenses": [{"license": {"id": "Apache-2.0"}}]},
           {"type": "library", "bom-ref": "b", "name": "zlib1g", "version": "1.2", "purl": "pkg:deb/debian/zlib1g@1.2"}],
          "vulnerabilities": [
           {"id": "CVE-1", "source": {"name": "debian"}, "cwes": [79],
            "ratings": [{"source": {"name": "nvd"}, "score": 9.8, "severity": "critical"},
                        {"source": {"name": "debian"}, "severity": "medium"}],
            "recommendation": "Upgrade libssl3 to version 3.0.2", "affects": [{"ref": "a"}]},
           {"id": "CVE-2", "ratings": [{"score": 7.5}], "affects": [{"ref": "b"}]},
           {"id": "CVE-3", "ratings": [{"severity": "low"}], "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
            "affects": [{"ref": "b", "versions": [{"version": "1.3", "status": "unaffected"}]}]}]}"#,
    )
    .report;
    assert_eq!(
        lines(&report),
        [
            "CVE-2 HIGH zlib1g 1.2 [] open",
            r#"CVE-1 MEDIUM libssl3 3.0.1 ["3.0.2"] open"#,
            r#"CVE-3 LOW zlib1g 1.2 ["1.3"] suppressed"#,
        ]
    );
    assert_eq!(
        problems(&report),
        ["the report does not say whether 1 of its vulnerabilities have a fix"]
    );
    assert_eq!(report.inventory.os.as_ref().unwrap().os.id, "debian");
    // A list of packages nobody checked is not clean.
    let sbom = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}"#;
    assert!(matches!(read(sbom.as_bytes()), Err(ForeignError::NoFindings)));
}

#[test]
fn our_own_documents_in_their_formats_say_the_same() {
    let report = shop().build();
    let mut open: Vec<String> =
        lines(&report).into_iter().filter(|line| line.ends_with(" open")).collect();
    open.sort();
    let mut found = lines(&parsed(&text(Format::TrivyJson, vec![report])).report);
    found.retain(|line| line.ends_with(" open"));
    found.sort();
    assert_eq!(found, open);
}

#[test]
fn what_is_no_report_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        "{\"SchemaVersion\": 1}",
        "{\"SchemaVersion\": 2, \"Results\": 1}",
        "{\"matches\": {}, \"descriptor\": {}}",
        "{\"runs\": []}",
        "{\"spdxVersion\": \"SPDX-2.3\"}",
        "{\"results\": [{\"packages\": [{}]}]}",
    ] {
        assert!(read(text.as_bytes()).is_err(), "{text}");
    }
    let deep = "{\"bomFormat\": \"CycloneDX\", \"components\": ".to_owned()
        + &"[{\"components\": ".repeat(200_000);
    assert!(read(deep.as_bytes()).is_err());
    assert_eq!(parsed(TRIVY).report.findings[0].severity, Severity::Critical);
}
