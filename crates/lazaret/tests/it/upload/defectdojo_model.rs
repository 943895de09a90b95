//! DefectDojo in small: what its API takes and refuses, how it finds products, engagements and
//! tests, and what a re-import does to findings. Written after its serializers
//! (`CommonImportScanSerializer` and those below it), `AutoCreateContextManager`,
//! `DefaultReImporter`, `GenericJSONParser` and the default settings.

use super::multipart::{Part, parts};
use super::server::{Reply, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Fields both endpoints know.
const COMMON: [&str; 32] = [
    "active",
    "api_scan_configuration",
    "apply_tags_to_endpoints",
    "apply_tags_to_findings",
    "auto_create_context",
    "branch_tag",
    "build_id",
    "close_old_findings",
    "close_old_findings_product_scope",
    "commit_hash",
    "create_finding_groups_for_all_findings",
    "deduplication_execution_mode",
    "deduplication_on_engagement",
    "endpoint_to_add",
    "engagement_end_date",
    "engagement_name",
    "environment",
    "file",
    "group_by",
    "lead",
    "minimum_severity",
    "product_name",
    "product_type_name",
    "push_to_jira",
    "scan_date",
    "scan_type",
    "service",
    "source_code_management_uri",
    "tags",
    "test_title",
    "verified",
    "version",
];

const BOOLEANS: [&str; 12] = [
    "active",
    "apply_tags_to_endpoints",
    "apply_tags_to_findings",
    "auto_create_context",
    "close_old_findings",
    "close_old_findings_product_scope",
    "create_finding_groups_for_all_findings",
    "deduplication_on_engagement",
    "do_not_reactivate",
    "push_to_jira",
    "verified",
    "",
];

const SCAN_TYPES: [&str; 10] = [
    "Anchore Grype",
    "CycloneDX Scan",
    "Generic Findings Import",
    "GitLab Container Scan",
    "OSV Scan",
    "OpenVEX Scan",
    "SARIF",
    "SPDX Scan",
    "Trivy Scan",
    "Hadolint Dockerfile check",
];

/// What the parser of generic findings takes (`allowed`, and what is taken out before).
const FINDING: [&str; 31] = [
    "active",
    "component_name",
    "component_version",
    "cvssv3",
    "cvssv3_score",
    "cvssv4",
    "cvssv4_score",
    "cwe",
    "date",
    "description",
    "dynamic_finding",
    "epss_percentile",
    "epss_score",
    "file_path",
    "fix_available",
    "fix_version",
    "impact",
    "is_mitigated",
    "kev_date",
    "known_exploited",
    "line",
    "mitigation",
    "publish_date",
    "ransomware_used",
    "references",
    "severity",
    "severity_justification",
    "static_finding",
    "tags",
    "title",
    "vuln_id_from_tool",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) title: String,
    pub(super) is_mitigated: bool,
    pub(super) active: bool,
}

#[derive(Debug, Default)]
pub(super) struct Test {
    pub(super) title: Option<String>,
    scan_type: String,
    product: String,
    engagement: String,
    /// By hash.
    pub(super) findings: BTreeMap<String, Stored>,
}

/// What the server knows.
#[derive(Debug, Default)]
pub(super) struct Dojo {
    /// By name, with the type of each.
    pub(super) products: BTreeMap<String, String>,
    pub(super) tests: Vec<Test>,
}

type Outcome<T> = Result<T, Reply>;

fn refused(status: u16, field: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ field: [message] }))
}

impl Dojo {
    /// Answers a request.
    pub(super) fn answer(&mut self, request: &Request) -> Reply {
        if request.header("authorization") != Some(&format!("Token {}", super::TOKEN)) {
            return Reply::json(401, &json!({"detail": "Invalid token."}));
        }
        assert_eq!(request.method, "POST");
        let re = match request.path.as_str() {
            "/api/v2/import-scan/" => false,
            "/api/v2/reimport-scan/" => true,
            _ => return Reply::new(404, "<html>no such page</html>"),
        };
        match self.import(&parts(request), re) {
            Ok(reply) | Err(reply) => reply,
        }
    }

    fn import(&mut self, parts: &[Part], re: bool) -> Outcome<Reply> {
        let form = check(parts, re)?;
        let field = |name: &str| form.get(name).copied();
        let flag = |name: &str| field(name).map(|value| value == "true");
        let scan_type = field("scan_type").unwrap();
        let file = parts.iter().find(|part| part.name == "file").unwrap();
        let reported = findings(scan_type, file);
        let position = self.position(&form, re)?;
        let created_test = self.tests[position].findings.is_empty();
        let test = &mut self.tests[position];

        let mut counts = BTreeMap::from([("created", 0), ("closed", 0), ("reactivated", 0)]);
        let mut untouched = 0;
        let mut seen = Vec::new();
        for finding in &reported {
            let hash = hash(finding);
            let mitigated = finding["is_mitigated"] == true;
            seen.push(hash.clone());
            match test.findings.get_mut(&hash) {
                None => {
                    let stored = Stored {
                        title: finding["title"].as_str().unwrap().to_owned(),
                        is_mitigated: mitigated,
                        active: flag("active").unwrap_or(finding["active"] != false),
                    };
                    test.findings.insert(hash, stored);
                    *counts.get_mut("created").unwrap() += 1;
                }
                Some(stored) if stored.is_mitigated && !mitigated => {
                    if flag("do_not_reactivate") != Some(true) {
                        (stored.is_mitigated, stored.active) = (false, true);
                        *counts.get_mut("reactivated").unwrap() += 1;
                    }
                }
                Some(stored) if !stored.is_mitigated && mitigated => {
                    (stored.is_mitigated, stored.active) = (true, false);
                    *counts.get_mut("closed").unwrap() += 1;
                }
                Some(_) => untouched += 1,
            }
        }
        if re && flag("close_old_findings").unwrap_or(true) {
            let gone = test.findings.iter_mut().filter(|(hash, _)| !seen.contains(hash));
            for (_, stored) in gone.filter(|(_, stored)| !stored.is_mitigated) {
                (stored.is_mitigated, stored.active) = (true, false);
                *counts.get_mut("closed").unwrap() += 1;
            }
        }
        let total =
            |n: usize| json!({"critical": {"total": 0}, "total": {"active": n, "total": n}});
        let mut statistics = json!({"after": total(test.findings.len())});
        if re && !created_test {
            statistics["before"] = total(0);
            statistics["delta"] = json!({
                "created": total(counts["created"]),
                "closed": total(counts["closed"]),
                "reactivated": total(counts["reactivated"]),
                "left untouched": total(untouched),
            });
        }
        Ok(Reply::json(
            201,
            &json!({
                "scan_type": scan_type,
                "test": position + 1,
                "test_id": position + 1,
                "engagement_id": 7,
                "product_id": 3,
                "product_type_id": 2,
                "statistics": statistics,
            }),
        ))
    }

    /// The test that findings go to.
    fn position(&mut self, form: &BTreeMap<&str, &str>, re: bool) -> Outcome<usize> {
        let field = |name: &str| form.get(name).map(|value| (*value).to_owned());
        if let Some(id) = field("test") {
            let id: usize = id.parse().unwrap();
            if id == 0 || id > self.tests.len() {
                let message = format!("Invalid pk \"{id}\" - object does not exist.");
                return Err(refused(400, "test", &message));
            }
            return Ok(id - 1);
        }
        let (product, engagement) = (field("product_name"), field("engagement_name"));
        let (Some(product), Some(engagement)) = (product, engagement) else {
            return Err(refused(400, "message", "product_name parameter missing"));
        };
        let (title, scan_type) = (field("test_title"), field("scan_type").unwrap());
        let found = self.tests.iter().rposition(|test| {
            test.product == product
                && test.engagement == engagement
                && test.scan_type == scan_type
                && (title.is_none() || test.title == title)
        });
        if let (Some(found), true) = (found, re) {
            return Ok(found);
        }
        let creates = field("auto_create_context").as_deref() == Some("true");
        match (self.products.get(&product), field("product_type_name")) {
            (Some(known), Some(given)) if *known != given => {
                let message = format!(
                    "The fetched product has a conflict with the supplied product type name: \
                     existing product type name - {known} vs supplied product type name - {given}"
                );
                return Err(Reply::json(400, &json!([message])));
            }
            (Some(_), _) => {}
            (None, _) if !creates => {
                let message = "auto_create_context not True, unable to create non-existing product";
                return Err(Reply::json(400, &json!([message])));
            }
            (None, None) => {
                let message = format!(
                    "Product \"{product}\" does not exist and no product_type_name provided to \
                     create the new product in"
                );
                return Err(Reply::json(400, &json!([message])));
            }
            (None, Some(given)) => {
                self.products.insert(product.clone(), given);
            }
        }
        let findings = BTreeMap::new();
        self.tests.push(Test { title, scan_type, product, engagement, findings });
        Ok(self.tests.len() - 1)
    }
}

/// Checks every field as the serializer does, and that there are no others.
fn check(parts: &[Part], re: bool) -> Outcome<BTreeMap<&str, &str>> {
    let mut form = BTreeMap::new();
    for part in parts {
        let name = part.name.as_str();
        let own = if re { ["do_not_reactivate", "test"] } else { ["engagement", "engagement"] };
        assert!(
            COMMON.contains(&name) || own.contains(&name) || name == "engagement",
            "DefectDojo knows no field {name}"
        );
        if name == "file" {
            assert!(part.file_name.is_some(), "a file without a name");
            continue;
        }
        assert_eq!((&part.file_name, &part.media_type), (&None, &None), "{name} is no file");
        let value = part.text();
        assert!(form.insert(name, value).is_none() || name == "tags", "{name} is there twice");
        if BOOLEANS.contains(&name) {
            assert!(matches!(value, "true" | "false"), "{name}: {value}");
        }
        if matches!(name, "scan_date" | "engagement_end_date") {
            assert_eq!(value.len(), "2026-01-31".len(), "{value}");
        }
    }
    let choice = |name: &str, choices: &[&str]| match form.get(name) {
        Some(value) if !choices.contains(value) => {
            Err(refused(400, name, &format!("\"{value}\" is not a valid choice.")))
        }
        _ => Ok(()),
    };
    if !form.contains_key("scan_type") {
        return Err(refused(400, "scan_type", "This field is required."));
    }
    choice("scan_type", &SCAN_TYPES)?;
    choice("minimum_severity", &["Info", "Low", "Medium", "High", "Critical"])?;
    choice(
        "group_by",
        &[
            "component_name",
            "component_name+component_version",
            "file_path",
            "finding_title",
            "vulnerability_ids",
        ],
    )?;
    Ok(form)
}

/// The findings of a file, checked as the parser of generic findings does.
fn findings(scan_type: &str, file: &Part) -> Vec<Value> {
    let document: Value = serde_json::from_slice(&file.content).unwrap();
    if scan_type != "Generic Findings Import" {
        return Vec::new();
    }
    let name = file.file_name.as_deref().unwrap();
    assert_eq!(Path::new(name).extension(), Some("json".as_ref()), "{name} would be read as CSV");
    let findings = document["findings"].as_array().unwrap().clone();
    for finding in &findings {
        for key in finding.as_object().unwrap().keys() {
            let key = key.as_str();
            let known = FINDING.contains(&key)
                || matches!(key, "unique_id_from_tool" | "vulnerability_ids");
            assert!(known, "Not allowed fields are present: {key}");
        }
        for key in ["title", "severity", "description"] {
            assert!(finding[key].is_string(), "Required fields are missing: {key}");
        }
        let severity = finding["severity"].as_str().unwrap();
        assert!(["Info", "Low", "Medium", "High", "Critical"].contains(&severity), "{severity}");
    }
    findings
}

/// What tells findings apart when nothing else is set up (`compute_hash_code_legacy`).
fn hash(finding: &Value) -> String {
    ["title", "cwe", "line", "file_path", "description"]
        .map(|key| finding[key].to_string().to_lowercase())
        .join("|")
}
