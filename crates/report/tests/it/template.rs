//! Templates of the user's own, over whole reports. What Go's language means is held against Go
//! itself, in the crate's own tests.

use crate::arbitrary;
use crate::recipe::{everything, suppress};
use crate::standards::{document, hostile};
use lazaret_core::report::Report;
use lazaret_report::{
    AwsOptions, Format, Reports, Template, TemplateError, WriteError, WriteOptions, contrib,
    write_template,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

fn written_with(
    name: &str,
    text: &str,
    reports: &Reports,
    options: &WriteOptions,
) -> Result<String, WriteError> {
    let template = Template::parse(name, text).unwrap();
    let mut out = Vec::new();
    write_template(&template, &Arc::new(reports.clone()), options, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn written(text: &str, report: Report) -> String {
    let reports = Reports(vec![report]);
    written_with("template", text, &reports, &WriteOptions::default()).unwrap()
}

/// What is wrong with a template that cannot be read, or that stops.
fn fault(name: &str, text: &str) -> TemplateError {
    let template = match Template::parse(name, text) {
        Ok(template) => template,
        Err(fault) => return fault,
    };
    let reports = Arc::new(Reports(vec![everything().build()]));
    match write_template(&template, &reports, &WriteOptions::default(), &mut Vec::new()) {
        Err(WriteError::Template(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

/// A finding of each kind, and of each one that does not count.
fn with_suppressed() -> Report {
    let mut report = everything().build();
    let count = report.findings.len();
    report.findings.extend_from_within(..);
    for finding in report.findings.iter_mut().skip(count) {
        finding.id.push_str("-again");
        suppress(finding, "policy", "accepted", None);
    }
    report
}

#[test]
fn go_templates_see_all_that_trivy_s_json_has() {
    let report = with_suppressed();
    let trivy = document(Format::TrivyJson, report.clone());
    let seen: Value = serde_json::from_str(&written("{{ toJson . }}", report)).unwrap();
    let (seen_results, results) = (seen.as_array().unwrap(), trivy["Results"].as_array().unwrap());
    assert_eq!(seen_results.len(), results.len());
    for (seen, result) in seen_results.iter().zip(results) {
        for (key, value) in result.as_object().unwrap() {
            assert_eq!(seen[key], *value, "{key}");
        }
        assert_eq!(seen, result);
    }
    for field in [
        "Packages",
        "Vulnerabilities",
        "Misconfigurations",
        "Secrets",
        "Licenses",
        "ExperimentalModifiedFindings",
    ] {
        let results = seen.as_array().unwrap();
        assert!(results.iter().any(|result| result[field].is_array()), "{field}");
    }
}

#[test]
fn what_a_result_does_not_have_is_empty() {
    let text = "{{ range . }}{{ if eq .Class \"secret\" }}{{ len .Vulnerabilities }} {{ .Type }}|\
                {{ if .MisconfSummary }}sum{{ end }}{{ end }}{{ end }}";
    assert_eq!(written(text, everything().build()), "0 |0 |0 |");
    let text = "{{ range . }}{{ range .Vulnerabilities }}{{ .Title }}{{ .Description }}{{ end }}\
                {{ range .ModifiedFindings }}{{ .Finding.Severity }} {{ end }}{{ end }}";
    assert_eq!(written(text, everything().build()).trim(), "");
}

/// The shape that GitLab's code quality is written in by template: commas between elements.
const ISSUES: &str = r#"[
{{- $first := true }}
{{- range . }}
{{- $target := .Target }}
  {{- range .Vulnerabilities -}}
    {{- if $first -}}{{- $first = false -}}{{ else -}},{{- end }}
  {
    "check_name": {{ .VulnerabilityID | toJson }},
    "description": {{ list .VulnerabilityID .PkgName .InstalledVersion | join " - " | printf "%q" }},
    "fingerprint": "{{ list .VulnerabilityID .PkgName .InstalledVersion $target | join "" | sha1sum }}",
    "severity": {{ if eq .Severity "LOW" -}}
        "info"
      {{- else if eq .Severity "MEDIUM" -}}
        "minor"
      {{- else -}}
        "major"
      {{- end }},
    "score": {{ (index .CVSS "nvd").V3Score }},
    "location": {"path": {{ $target | toJson }}, "lines": {"begin": 0}}
  }
  {{- end }}
{{- end }}
]
"#;

#[test]
fn a_template_of_json_gives_json() {
    let report = everything().build();
    let trivy = document(Format::TrivyJson, report.clone());
    let expected: Vec<&Value> = trivy["Results"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|result| result["Vulnerabilities"].as_array().into_iter().flatten())
        .map(|found| &found["VulnerabilityID"])
        .collect();
    let issues: Vec<Value> = serde_json::from_str(&written(ISSUES, report)).unwrap();
    let ids: Vec<&Value> = issues.iter().map(|issue| &issue["check_name"]).collect();
    assert_eq!(ids, expected);
    assert!(ids.len() > 3, "{ids:?}");
    assert_eq!(issues[0]["fingerprint"].as_str().unwrap().len(), 40);
}

#[test]
fn minijinja_sees_our_own_report() {
    let report = everything().build();
    let own = document(Format::Json, report.clone());
    let text = "{% for finding in findings %}{{ finding.id }} {{ finding.severity }}\n{% endfor %}";
    let found = own["findings"].as_array().unwrap().iter();
    let expected: Vec<String> = found
        .map(|f| format!("{} {}\n", f["id"].as_str().unwrap(), f["severity"].as_str().unwrap()))
        .collect();
    assert_eq!(written(text, report.clone()), expected.concat());
    let reports = Reports(vec![report.clone(), report]);
    let text = "{{ schema_version }} {{ reports|length }} {{ reports[1].image.name }}";
    let written = written_with("own.j2", text, &reports, &WriteOptions::default()).unwrap();
    assert_eq!(written, "1 2 registry.example/shop/web:1.4");
}

#[test]
fn minijinja_sees_all_that_our_own_json_has() {
    for report in [with_suppressed(), hostile()] {
        let mut own = document(Format::Json, report.clone());
        let keys = "{{ schema_version }}{% for key in inventory %} {{ key }}{% endfor %}";
        let seen = written(keys, report.clone());
        for key in own["inventory"].as_object().unwrap().keys() {
            assert!(seen.contains(key.as_str()), "{key} is missing from {seen}");
        }
        for key in ["provenance", "image", "verdict", "findings", "inventory", "rules"] {
            let text = format!("{{% if true %}}{{{{ {key}|tojson }}}}{{% endif %}}");
            let seen: Value = serde_json::from_str(&written(&text, report.clone())).unwrap();
            assert_eq!(seen, own[key].take(), "{key}");
        }
    }
}

#[test]
fn several_images_are_one_list_of_results() {
    let report = everything().build();
    let count = document(Format::TrivyJson, report.clone())["Results"].as_array().unwrap().len();
    let reports = Reports(vec![report.clone(), report]);
    let text = "{{ len . }}";
    let written = written_with("template", text, &reports, &WriteOptions::default()).unwrap();
    assert_eq!(written, (2 * count).to_string());
}

#[test]
fn what_is_not_shown_is_not_given() {
    let mut options = WriteOptions::default();
    options.table.severities = [lazaret_core::severity::Severity::Critical].into();
    let text = "{{ range . }}{{ range .Vulnerabilities }}{{ .Severity }} {{ end }}{{ end }}";
    let reports = Reports(vec![everything().build()]);
    let all = written_with("template", text, &reports, &WriteOptions::default()).unwrap();
    assert!(all.contains("HIGH"), "{all}");
    let shown = written_with("template", text, &reports, &options).unwrap();
    assert!(shown.split_whitespace().all(|word| word == "CRITICAL"), "{shown}");
}

#[test]
fn nothing_reaches_a_terminal_that_acts_on_it() {
    for text in [
        "{{ . }}",
        "{{ range . }}{{ range .Packages }}{{ .Name }}\n{{ end }}{{ end }}",
        "{% for package in inventory.packages %}{{ package.name }}\n{% endfor %}",
    ] {
        let written = written(text, hostile());
        for c in ['\u{1b}', '\u{9b}', '\u{202e}', '\r'] {
            assert!(!written.contains(c), "{text}: {c:?}");
        }
        assert!(written.contains("ev\\u{1b}[2Jil"), "{written}");
    }
}

#[test]
fn the_time_is_that_of_the_options_or_the_image() {
    let text = "{{ now | date \"2006-01-02T15:04:05Z07:00\" }}";
    let mut report = everything().build();
    report.image.config.created = Some("2024-02-13T08:00:00Z".into());
    let reports = Reports(vec![report]);
    let mut options = WriteOptions::default();
    let now = |options: &WriteOptions| written_with("t", text, &reports, options).unwrap();
    assert_eq!(now(&options), "2024-02-13T08:00:00Z");
    options.table.today = Some(time::macros::date!(2026 - 11 - 21));
    assert_eq!(now(&options), "2026-11-21T00:00:00Z");
    options.source_date = Some(1_700_000_000);
    assert_eq!(now(&options), "2023-11-14T22:13:20Z");
    let ids = "{{ uuidv4 }} {{ uuidv4 }}";
    let once = written_with("t", ids, &reports, &options).unwrap();
    assert_eq!(once, written_with("t", ids, &reports, &options).unwrap());
    let (first, second) = once.split_once(' ').unwrap();
    assert_ne!(first, second);
}

#[test]
fn of_the_environment_templates_know_the_account_of_aws_only() {
    let aws = AwsOptions { account: "123456789012".into(), region: "eu-central-1".into() };
    let options = WriteOptions { aws, ..WriteOptions::default() };
    let text = "{{ env \"AWS_ACCOUNT_ID\" }} {{ env \"AWS_REGION\" }}";
    let written = written_with("t", text, &Reports::default(), &options).unwrap();
    assert_eq!(written, "123456789012 eu-central-1");
    let fault = fault("t", "{{ env \"GITHUB_TOKEN\" }}");
    assert!(fault.message.contains("are not told the environment"), "{fault}");
}

#[test]
fn an_error_says_where_and_what_there_is() {
    for (name, text, place, parts) in [
        (
            "a.tpl",
            "one\n  {{ nosuch 1 }}",
            "a.tpl:2:6: ",
            &["no function `nosuch`", "escapeXML"][..],
        ),
        (
            "a.tpl",
            "{{ range . }}\n{{ .Targt }}{{ end }}",
            "a.tpl:2:4: ",
            &["no field `Targt`", "Target, Class"],
        ),
        ("a.tpl", "x\n{{ if . }}y", "a.tpl:2:1: ", &["has no `end`"]),
        ("a.tpl", "{{ .Results }}", "a.tpl:1:4: ", &["[]types.Result has no field `Results`"]),
        ("a.tpl", "{{ upper 1 }}", "a.tpl:1:4: ", &["upper: a text is wanted"]),
        ("a.tpl", "é {{ trunc }}", "a.tpl:1:6: ", &["`trunc` takes 2 arguments, not 0"]),
        ("a.j2", "a\n{{ nosuch() }}", "a.j2:2", &["nosuch"]),
        ("a.j2", "a\n\n{% if %}", "a.j2:3", &["syntax error"]),
        ("evil\u{1b}.tpl", "{{", "evil\\u{1b}.tpl:1:1: ", &["not closed"]),
    ] {
        let told = fault(name, text).to_string();
        assert!(told.starts_with(place), "{told}");
        for part in parts {
            assert!(told.contains(part), "`{part}` is missing from {told}");
        }
    }
}

#[test]
fn a_run_is_bounded() {
    for (text, part) in [
        (
            "{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" . }}",
            "inside of each other",
        ),
        ("{{ $x := \"ab\" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}", "16 MiB"),
        ("{{ repeat 1000000 (repeat 1000000 \"x\") }}", "16 MiB"),
        ("{{ indent 900000000000 \"x\" }}", "16 MiB"),
        ("{{ until 9000000000 }}", "4 GiB"),
        ("{{ seq 9000000000 }}", "16 MiB"),
        ("{{ printf \"%99999999d\" 1 }}", "too much"),
        (
            "{{ $l := list }}{{ range until 1000 }}{{ $l = list $l }}{{ end }}",
            "inside of each other",
        ),
        ("{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ $d }}", "holds itself"),
        ("{{ $d := dict }}{{ $_ := set $d \"x\" $d }}{{ toJson $d }}", "holds itself"),
        (
            "{{ regexMatch \"((a{99}){99}){99}\" \"a\" | not }}{{ mustRegexMatch \"((a{99}){99}){99}\" \"a\" }}",
            "too large",
        ),
        (
            "{{ $x := repeat 1000000 \"a\" }}{{ regexReplaceAll \"(a*)\" $x \"$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1\" }}",
            "16 MiB",
        ),
    ] {
        let fault = fault("t", text);
        assert!(fault.message.contains(part), "{fault}");
    }
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    assert!(fault("t", &format!("{{{{ print {deep} }}}}")).message.contains("nested"));
    let deep = format!("{}{}", "{{ if 1 }}".repeat(5000), "{{ end }}".repeat(5000));
    assert!(fault("t", &deep).message.contains("nested"));
    let loops = "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}";
    assert!(fault("t.j2", loops).message.contains("recursion"), "{}", fault("t.j2", loops));
}

#[test]
fn a_long_chain_of_dictionaries_is_let_go_of() {
    let text = "{{ $first := dict }}{{ $last := $first }}{{ range until 200000 }}{{ $next := dict }}\
                {{ $_ := set $last \"next\" $next }}{{ $last = $next }}{{ end }}done";
    assert_eq!(written(text, everything().build()), "done");
}

#[test]
fn appending_again_and_again_does_not_copy_again_and_again() {
    let text = "{{ $all := list }}{{ range until 100000 }}{{ $all = append $all \"x\" }}{{ end }}\
                {{ len $all }}";
    assert_eq!(written(text, everything().build()), "100000");
}

#[test]
fn a_full_disk_is_told() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let reports = Arc::new(Reports(vec![everything().build()]));
    let long = "x".repeat(100_000);
    for text in [long.clone(), format!("{{% if true %}}{long}{{% endif %}}"), "short".to_owned()] {
        let template = Template::parse("t", &text).unwrap();
        let error =
            write_template(&template, &reports, &WriteOptions::default(), &mut Full).unwrap_err();
        assert!(
            matches!(&error, WriteError::Io(e) if e.kind() == std::io::ErrorKind::StorageFull),
            "{error:?}"
        );
    }
}

#[test]
fn a_finding_without_its_package_is_not_written() {
    let mut report = everything().build();
    report.inventory.packages.clear();
    let error = written_with("t", "{{ . }}", &Reports(vec![report]), &WriteOptions::default());
    assert!(matches!(error, Err(WriteError::Package { .. })), "{error:?}");
}

#[test]
fn a_template_that_trivy_brings_along_has_its_format() {
    for (file, format) in [
        ("asff.tpl", Some(Format::Asff)),
        ("gitlab.tpl", Some(Format::Gitlab)),
        ("gitlab-codequality.tpl", Some(Format::GitlabCodequality)),
        ("html.tpl", Some(Format::Html)),
        ("junit.tpl", Some(Format::Junit)),
        ("sarif.tpl", Some(Format::Sarif)),
        ("own.tpl", None),
    ] {
        assert_eq!(contrib(file), format, "{file}");
    }
}

#[test]
fn what_is_not_a_template_is_refused() {
    assert!(Template::parse("t", &"x".repeat(5 << 20)).is_err());
    // A byte order mark is no text.
    let reports = Reports::default();
    let written = written_with("t", "\u{feff}{{ len . }}", &reports, &WriteOptions::default());
    assert_eq!(written.unwrap(), "0");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_reported_templates_see_all_of_it(reports in arbitrary::reports()) {
        let text = "{{ range . }}{{ range .Vulnerabilities }}{{ .VulnerabilityID | len }},{{ end }}\
                    {{ range .Packages }}{{ .Name }}{{ end }}{{ end }}{{ toJson . | len }}";
        written_with("t", text, &reports, &WriteOptions::default()).unwrap();
        let json = written_with("t", "{{ toJson . }}", &reports, &WriteOptions::default()).unwrap();
        let seen: Vec<Value> = serde_json::from_str(&json).unwrap();
        let count: usize = seen
            .iter()
            .flat_map(|result| ["Vulnerabilities", "Misconfigurations", "Secrets", "Licenses", "ExperimentalModifiedFindings"].map(|field| &result[field]))
            .map(|found| found.as_array().map_or(0, Vec::len))
            .sum();
        let findings: usize = reports.0.iter().map(|report| report.findings.len()).sum();
        prop_assert_eq!(count, findings);
        prop_assert!(seen.iter().all(|result| result != &json!(null)));
    }

    #[test]
    fn whatever_is_typed_is_no_panic(text in "(\\{\\{-? ?|-?\\}\\}|if |range |end|else |with |define \"a\"|template \"a\" |block |\\.A|\\.|\\$x|:=|=|\\||\\(|\\)|\"a\"|`|'|1|-|0x|1e9|printf \"%d%q\" |len |index |slice |[ a-z\\n\"/*é]){0,40}") {
        if let Ok(template) = Template::parse("t", &text) {
            let reports = Arc::new(Reports(vec![everything().build()]));
            drop(write_template(&template, &reports, &WriteOptions::default(), &mut Vec::new()));
        }
    }
}
