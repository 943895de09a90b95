//! What is known beyond the record that found a vulnerability, in every format that has a place
//! for it.

use crate::recipe::Recipe;
use crate::standards::text;
use lazaret_core::advisory::Score;
use lazaret_core::finding::{Detail, Epss, Exploited, Finding};
use lazaret_core::report::{EndOfLife, Report};
use lazaret_core::severity::Severity;
use lazaret_report::{Format, Reports, TableOptions, WriteOptions, write};
use serde_json::{Value, json as value};

const V31: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
const V4: &str = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
const V2: &str = "AV:N/AC:L/Au:N/C:P/I:P/A:P";

fn score(source: &str, vector: &str, score: f64) -> Score {
    Score { vector: vector.into(), score, source: Some(source.into()) }
}

/// An image of a Debian that is over, with a vulnerability everybody knows and a plain one.
fn old() -> Report {
    let mut recipe = Recipe::debian();
    let xz = recipe.deb(0, "xz-utils", "liblzma5", "5.2.4-1");
    enrich(recipe.finding(xz, "CVE-2024-0001", 7.5, &["5.2.4-1+deb10u1"]));
    recipe.finding(xz, "CVE-2024-0002", 5.0, &[]);
    let mut report = recipe.build();
    let os = &mut report.inventory.os.as_mut().unwrap().os;
    os.version = Some("10".into());
    os.pretty_name = Some("Debian GNU/Linux 10 (buster)".into());
    report.end_of_life = Some(EndOfLife { date: "2024-06-30".into(), extended: None });
    report
}

fn enrich(finding: &mut Finding) {
    finding.severity_source = Some("debian".into());
    let Detail::Vulnerability(vulnerability) = &mut finding.detail else { return };
    vulnerability.severities = [
        ("debian".to_owned(), Severity::High),
        ("nvd".to_owned(), Severity::Critical),
        ("redhat".to_owned(), Severity::Medium),
    ]
    .into();
    vulnerability.scores = vec![
        score("debian", V31, 7.5),
        score("nvd", V31, 7.5),
        score("nvd", V4, 9.3),
        score("nvd", V2, 7.5),
    ];
    vulnerability.epss = Some(Epss { score: 0.943_58, percentile: 0.999_99 });
    vulnerability.exploited = Some(Exploited {
        added: "2024-04-01".into(),
        due: Some("2024-04-22".into()),
        ransomware: false,
    });
}

fn on(day: &str) -> WriteOptions {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let today = Some(time::Date::parse(day, format).unwrap());
    WriteOptions {
        table: TableOptions { today, ..TableOptions::default() },
        ..WriteOptions::default()
    }
}

fn written(format: Format, report: Report, options: &WriteOptions) -> String {
    let mut out = Vec::new();
    write(format, &Reports(vec![report]), options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn document(format: Format) -> Value {
    serde_json::from_str(&written(format, old(), &on("2026-11-21"))).unwrap()
}

#[test]
fn the_table_says_what_is_exploited_and_what_is_over() {
    insta::assert_snapshot!(written(Format::Table, old(), &on("2026-11-21")));
}

#[test]
fn support_is_over_from_the_day_after_its_last() {
    let table = |options: &WriteOptions| written(Format::Table, old(), options);
    assert!(!table(&on("2024-06-30")).contains("supported"));
    assert!(table(&on("2024-07-01")).contains("Debian 10: no longer supported since 2024-06-30\n"));
    assert!(!table(&WriteOptions::default()).contains("supported"));
}

#[test]
fn support_for_subscribers_is_mentioned() {
    let mut report = old();
    let end = report.end_of_life.as_mut().unwrap();
    end.extended = Some("2027-01-31".into());
    for (day, words) in [
        ("2026-11-21", "since 2024-06-30; support for subscribers lasts until 2027-01-31\n"),
        ("2027-02-01", "since 2024-06-30; support for subscribers ended on 2027-01-31\n"),
    ] {
        let table = written(Format::Table, report.clone(), &on(day));
        let table = table.replace("\n    ", " ");
        assert!(table.contains(words), "{table}");
    }
}

#[test]
fn trivy_s_json_has_every_source_and_the_end_of_the_system() {
    let trivy = document(Format::TrivyJson);
    assert_eq!(trivy["Metadata"]["OS"], value!({"Family": "debian", "Name": "10", "EOSL": true}));
    let vulnerability = &trivy["Results"][0]["Vulnerabilities"][0];
    assert_eq!(vulnerability["SeveritySource"], "debian");
    assert_eq!(vulnerability["Severity"], "HIGH");
    assert_eq!(vulnerability["VendorSeverity"], value!({"debian": 3, "nvd": 4, "redhat": 2}));
    assert_eq!(
        vulnerability["CVSS"],
        value!({
            "debian": {"V3Vector": V31, "V3Score": 7.5},
            "nvd": {
                "V2Vector": V2, "V3Vector": V31, "V40Vector": V4,
                "V2Score": 7.5, "V3Score": 7.5, "V40Score": 9.3
            }
        })
    );
    // On a day when the system was looked after, Trivy leaves the field out.
    let trivy = written(Format::TrivyJson, old(), &on("2024-06-30"));
    let trivy: Value = serde_json::from_str(&trivy).unwrap();
    assert_eq!(trivy["Metadata"]["OS"], value!({"Family": "debian", "Name": "10"}));
}

#[test]
fn cyclonedx_rates_by_source() {
    let bom = document(Format::Cyclonedx);
    let entry = &bom["vulnerabilities"][0];
    let ratings: Vec<(&str, &str, &Value)> = entry["ratings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rating| {
            let source = rating["source"]["name"].as_str().unwrap();
            (source, rating["severity"].as_str().unwrap(), &rating["score"])
        })
        .collect();
    let (none, high, worst) = (Value::Null, value!(7.5), value!(9.3));
    assert_eq!(
        ratings,
        [
            ("debian", "high", &none),
            ("debian", "high", &high),
            ("nvd", "high", &high),
            ("nvd", "critical", &worst),
            ("nvd", "high", &high),
            ("redhat", "medium", &none),
        ]
    );
    let property = |name: &str| {
        let properties = entry["properties"].as_array().unwrap();
        let found = properties.iter().find(|property| property["name"] == name);
        found.map(|property| property["value"].as_str().unwrap())
    };
    assert_eq!(property("lazaret:exploited_since"), Some("2024-04-01"));
    assert_eq!(property("lazaret:epss_score"), Some("0.94358"));
    assert_eq!(property("lazaret:epss_percentile"), Some("0.99999"));
}

#[test]
fn sarif_results_say_it_in_words_and_properties() {
    let sarif = document(Format::Sarif);
    let results = &sarif["runs"][0]["results"];
    let properties = &results[0]["properties"];
    assert_eq!(properties["severitySource"], "debian");
    assert_eq!(properties["epssScore"], 0.943_58);
    assert_eq!(properties["epssPercentile"], 0.999_99);
    assert_eq!(properties["exploitedSince"], "2024-04-01");
    let message = results[0]["message"]["text"].as_str().unwrap();
    assert!(message.contains("\nKnown exploited since 2024-04-01\n"), "{message}");
    assert_eq!(results[1]["properties"]["exploitedSince"], Value::Null);
}

#[test]
fn markdown_marks_what_is_exploited() {
    let page = written(Format::Markdown, old(), &on("2026-11-21"));
    assert_eq!(page.matches("**known exploited**").count(), 1, "{page}");
    assert!(page.contains("**Debian 10&#58; no longer supported since 2024-06-30**\n"), "{page}");
}

#[test]
fn json_has_all_of_it_and_reads_it_back() {
    let json = text(Format::Json, vec![old()]);
    assert_eq!(lazaret_report::json::read(json.as_bytes()).unwrap(), Reports(vec![old()]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["end_of_life"], value!({"date": "2024-06-30"}));
    assert_eq!(
        json["findings"][0]["exploited"],
        value!({"added": "2024-04-01", "due": "2024-04-22", "ransomware": false})
    );
}
