//! What each input makes of the scan.

use super::{Runner, has_bash};
use serde_json::Value;
use std::fs;

/// Inputs of a step.
type With<'a> = &'a [(&'a str, &'a str)];

/// Four of the example's findings are CRITICAL and eighteen are HIGH; all have fixes.
const HIGH: &str = "HIGH,CRITICAL";

#[test]
fn without_inputs_the_image_is_scanned_shown_and_summed_up() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let step = runner.scan(&[]);
    assert_eq!(step.ran.code, 0, "{}{}", step.ran.stdout, step.ran.stderr);
    assert!(step.ran.stdout.contains("87 findings: 4 critical, 18 high, 21 medium, 44 unknown"));
    assert_eq!(step.outputs["exit-code"], "0");
    assert_eq!(step.outputs["verdict"], "pass");
    let report: Value =
        serde_json::from_str(&fs::read_to_string(&step.outputs["report"]).unwrap()).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 87);
    assert!(step.summary.starts_with("## `example.test/ferry:1.4`\n"), "{}", step.summary);
    assert!(step.summary.ends_with("**Verdict: pass** (exit code 0)\n"), "{}", step.summary);
    // What was not given is for the environment and lazaret.yaml to say.
    let flags: Vec<&String> = step.calls[0].iter().filter(|word| word.starts_with('-')).collect();
    assert_eq!(
        flags,
        ["--no-progress", "--cache-dir", "--format", "--report", "--input"],
        "{:?}",
        step.calls
    );
}

#[test]
fn each_input_becomes_its_flag_and_the_exit_code_is_the_programs() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    runner.write("rules.rego", "package trivy\n");
    runner.write("vex.json", VEX);
    let cases: &[(With<'_>, &[&str], i32)] = &[
        (&[("exit-code", "3")], &["--exit-code", "3"], 3),
        (&[("exit-code", "0")], &["--exit-code", "0"], 0),
        (&[("exit-code", "1"), ("severity", "CRITICAL")], &["--severity", "CRITICAL"], 1),
        (&[("exit-code", "1"), ("severity", "LOW")], &["--severity", "LOW"], 0),
        (&[("exit-code", "1"), ("severity", HIGH)], &["--severity", HIGH], 1),
        (&[("exit-code", "soon")], &["--exit-code", "soon"], 2),
        (&[("fail-on", "HIGH")], &["--fail-on", "HIGH"], 1),
        (&[("fail-on", "CRITICAL")], &["--fail-on", "CRITICAL"], 1),
        (&[("fail-on", "incomplete")], &["--fail-on", "incomplete"], 2),
        (&[("ignore-unfixed", "true"), ("exit-code", "1")], &["--ignore-unfixed"], 1),
        (&[("vuln-type", "library")], &["--pkg-types", "library"], 0),
        (&[("scanners", "vuln")], &["--scanners", "vuln"], 0),
        (&[("timeout", "5m0s")], &["--timeout", "5m0s"], 0),
        (&[("timeout", "0.0001s")], &["--timeout", "0.0001s"], 2),
        (&[("platform", "linux/amd64")], &["--platform", "linux/amd64"], 0),
        (&[("policy", "trivy")], &["--policy", "trivy"], 0),
        (&[("policy", "strict")], &["--policy", "strict"], 1),
        (&[("policy", "gone.yaml")], &["--policy", "gone.yaml"], 2),
        (&[("vex", "vex.json"), ("fail-on", "HIGH")], &["--vex", "vex.json"], 1),
        (&[("db", "gone")], &["--db", "gone"], 2),
        (&[("cache", "false")], &["--no-cache"], 0),
        (&[("cache-dir", "kept")], &["--cache-dir", "kept"], 0),
        (&[("format", "sarif")], &["--format", "sarif"], 0),
        (&[("format", "nonsense")], &["--format", "nonsense"], 2),
    ];
    for (with, flags, code) in cases {
        let mut with = with.to_vec();
        with.push(("summary", "false"));
        let step = runner.scan(&with);
        assert_eq!(step.ran.code, *code, "{with:?}: {}{}", step.ran.stdout, step.ran.stderr);
        step.assert_passed(flags);
        assert_eq!(step.outputs["exit-code"], code.to_string());
        assert_eq!((step.summary.as_str(), step.calls.len()), ("", 1), "{with:?}");
    }
    assert!(runner.work("kept/layers").is_dir());
}

/// A document that excuses one of the findings.
const VEX: &str = r#"{
  "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1",
  "author": "Example", "timestamp": "2026-01-01T00:00:00Z", "version": 1,
  "statements": [{"vulnerability": {"name": "CVE-2024-37890"},
    "products": [{"@id": "pkg:npm/ws@7.4.5"}], "status": "not_affected",
    "justification": "vulnerable_code_not_in_execute_path"}]}"#;

#[test]
fn flags_of_later_versions_are_the_programs_to_refuse() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    runner.write("rules.rego", "package trivy\n\ndefault ignore = false\n");
    let cases: &[(With<'_>, &[&str])] = &[
        (
            &[("skip-dirs", "usr/share, srv/ferry")],
            &["--skip-dirs", "usr/share", "--skip-dirs", "srv/ferry"],
        ),
        (&[("skip-files", "a.json,b.json")], &["--skip-files", "a.json", "--skip-files", "b.json"]),
        (&[("ignore-policy", "rules.rego")], &["--ignore-policy", "rules.rego"]),
        (&[("scanners", "vuln,secret")], &["--scanners", "vuln,secret"]),
    ];
    for (with, flags) in cases {
        let step = runner.scan(with);
        step.assert_passed(flags);
        let refused = step.ran.stderr.contains("not available yet");
        assert_eq!(refused, step.outputs["verdict"] == "error", "{}", step.ran.stderr);
        assert_eq!(refused, step.ran.code == 2, "{}", step.ran.stderr);
    }
}

#[test]
fn inputs_that_mean_nothing_say_so_and_stop_nothing() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let step = runner.scan(&[
        ("tf-vars", "dev.tfvars"),
        ("version", "v0.68.1"),
        ("token-setup-trivy", "s3cret-of-setup"),
    ]);
    assert_eq!(step.ran.code, 0, "{}", step.ran.stderr);
    for name in ["tf-vars", "version", "token-setup-trivy"] {
        assert!(step.has_warning(&format!("{name} ")), "{name}: {}", step.ran.stdout);
    }
    assert!(!step.ran.stdout.contains("s3cret"), "{}", step.ran.stdout);
    let step = runner.scan(&[("ignore-unfixed", "maybe")]);
    assert_eq!((step.ran.code, step.calls.len()), (2, 0));
    assert!(step.ran.stdout.contains("ignore-unfixed takes true or false"), "{}", step.ran.stdout);
}

#[test]
fn reports_go_where_they_are_asked_for_in_the_format_of_that_name() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let step = runner.scan(&[("format", "json"), ("output", "trivy.json"), ("summary", "false")]);
    assert_eq!(step.ran.code, 0, "{}", step.ran.stderr);
    let trivy: Value = serde_json::from_str(&runner.read("trivy.json")).unwrap();
    assert_eq!(trivy["SchemaVersion"], 2, "steps after this one read what Trivy writes");
    for (template, beginning) in [
        ("@/contrib/junit.tpl", "<?xml"),
        ("@$HOME/.local/bin/trivy-bin/contrib/gitlab.tpl", "{"),
        ("@contrib/gitlab-codequality.tpl", "["),
        ("@contrib/sarif.tpl", "{"),
    ] {
        let step =
            runner.scan(&[("format", "template"), ("template", template), ("output", "out")]);
        assert_eq!(step.ran.code, 0, "{template}: {}", step.ran.stderr);
        assert!(runner.read("out").starts_with(beginning), "{template}");
    }
    runner.write("own.tpl", "{{ range . }}{{ .Class }}\n{{ end }}");
    let own = [("format", "template"), ("template", "@own.tpl"), ("output", "out")];
    let step = runner.scan(&own);
    assert_eq!(step.ran.code, 0, "{}", step.ran.stderr);
    assert!(runner.read("out").starts_with("os-pkgs\n"), "{}", runner.read("out"));
    let step = runner.scan(&[("report", "sarif=a.sarif\ncyclonedx=b.json\n\njunit=c.xml")]);
    assert_eq!(step.ran.code, 0, "{}", step.ran.stderr);
    let sarif: Value = serde_json::from_str(&runner.read("a.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let bom: Value = serde_json::from_str(&runner.read("b.json")).unwrap();
    assert_eq!(bom["bomFormat"], "CycloneDX");
    assert!(runner.read("c.xml").starts_with("<?xml"));
}

#[test]
fn sarif_has_every_severity_unless_it_is_limited_and_the_gate_keeps_to_its_own() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let results = |name: &str| {
        let sarif: Value = serde_json::from_str(&runner.read(name)).unwrap();
        sarif["runs"][0]["results"].as_array().unwrap().len()
    };
    let with = [("format", "sarif"), ("severity", "CRITICAL"), ("exit-code", "1")];
    let all = runner.scan(&[&with[..], &[("output", "all.sarif")]].concat());
    assert_eq!((all.ran.code, results("all.sarif")), (1, 87), "{}", all.ran.stderr);
    let limit = [("limit-severities-for-sarif", "true"), ("output", "some.sarif")];
    let some = runner.scan(&[&with[..], &limit].concat());
    assert_eq!((some.ran.code, results("some.sarif")), (1, 4), "{}", some.ran.stderr);
    // Without a file it goes to the log, as everything does.
    let log = runner.scan(&[("format", "sarif"), ("severity", HIGH), ("exit-code", "1")]);
    assert!(log.ran.code == 1 && log.ran.stdout.contains("\"2.1.0\""), "{}", log.ran.stdout);
}

#[test]
fn what_is_quiet_is_quiet_and_what_is_listed_is_listed() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let step = runner.scan(&[("hide-progress", "true"), ("list-all-pkgs", "true")]);
    assert_eq!((step.ran.code, step.ran.stderr.as_str()), (0, ""));
    step.assert_passed(&["--quiet"]);
    assert!(step.ran.stdout.contains("base-files"), "a package without findings");
    let step = runner.scan(&[]);
    assert!(!step.ran.stdout.contains("base-files"));
}

#[test]
fn files_of_what_does_not_count_are_read_and_a_missing_one_stops_the_step() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    runner.write("first", "CVE-2020-8203\nCVE-2021-23337\n");
    runner.write("second.yaml", "vulnerabilities:\n  - id: CVE-2024-37890\n");
    let with = [("exit-code", "1"), ("severity", HIGH), ("vuln-type", "library")];
    let step = runner.scan(&[&with[..], &[("trivyignores", "first,second.yaml")]].concat());
    step.assert_passed(&["--ignorefile", "first", "--ignorefile", "second.yaml"]);
    assert!(step.ran.stdout.contains("3 suppressed"), "{}", step.ran.stdout);
    let step = runner.scan(&[("trivyignores", "gone")]);
    assert_eq!((step.ran.code, step.calls.len()), (2, 0), "{}", step.ran.stdout);
    assert_eq!(step.outputs["verdict"], "error");
}

#[test]
fn a_baseline_takes_away_what_was_there_and_the_summary_tells_what_is_new() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let step = runner.scan(&[("baseline", "main.json"), ("fail-on", "HIGH")]);
    assert!(step.ran.code == 1 && step.has_warning("main.json"), "{}", step.ran.stdout);
    let text = fs::read_to_string(&step.outputs["report"]).unwrap();
    let mut main: Value = serde_json::from_str(&text).unwrap();
    runner.write("main.json", &text);
    let step = runner.scan(&[("baseline", "main.json"), ("fail-on", "HIGH")]);
    assert_eq!(step.ran.code, 0, "{}", step.ran.stdout);
    assert!(step.summary.contains("**0 new · 0 fixed · 87 unchanged**"), "{}", step.summary);
    main["findings"].as_array_mut().unwrap().retain(|finding| finding["id"] != "CVE-2024-37890");
    runner.write("main.json", &main.to_string());
    let step = runner.scan(&[("baseline", "main.json"), ("fail-on", "HIGH")]);
    assert_eq!((step.ran.code, step.outputs["verdict"].as_str()), (1, "fail"));
    assert!(step.summary.contains("**1 new · 0 fixed · 86 unchanged**"), "{}", step.summary);
    assert!(step.summary.contains("| High | [CVE-2024-37890]"), "{}", step.summary);
    // Another report or image may be what the page compares with.
    let step = runner.scan(&[("compare-with", "app.tar"), ("fail-on", "HIGH")]);
    assert_eq!(step.ran.code, 1, "what is compared with does not excuse");
    assert!(step.summary.contains("**0 new · 0 fixed · 87 unchanged**"), "{}", step.summary);
}

#[test]
fn a_gate_fails_closed_and_a_policy_says_otherwise() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let step = runner.scan(&[("gate", "true")]);
    assert_eq!((step.ran.code, step.calls[0][0].as_str()), (1, "gate"), "{}", step.ran.stderr);
    // The snapshot in the program covers a part of what the image holds.
    runner.write("policy.yaml", "version: 1\nname: open\nrules: []\n");
    let with = [("gate", "true"), ("policy", "policy.yaml")];
    let step = runner.scan(&with);
    assert_eq!((step.ran.code, step.outputs["verdict"].as_str()), (2, "incomplete"));
    let rule = "rules: [{id: incomplete, effect: warn, when: {incomplete: true}}]";
    runner.write("policy.yaml", &format!("version: 1\nname: open\n{rule}\n"));
    let step = runner.scan(&with);
    assert_eq!(step.ran.code, 0, "{}", step.ran.stdout);
    let step = runner.scan(&[("gate", "true"), ("scan-type", "rootfs")]);
    assert_eq!((step.ran.code, step.calls.len()), (2, 0));
}

#[test]
fn root_file_systems_are_scanned_and_other_kinds_are_the_programs_to_know() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    fs::create_dir_all(runner.work("root/etc")).unwrap();
    runner.write("root/etc/os-release", "ID=debian\nVERSION_ID=12\nPRETTY_NAME=Made-up\n");
    let step = runner.scan(&[("input", ""), ("scan-type", "rootfs"), ("scan-ref", "root")]);
    assert_eq!(step.ran.code, 0, "{}{}", step.ran.stdout, step.ran.stderr);
    assert!(step.summary.contains("Made-up"), "{}", step.summary);
    for (kind, command) in [("fs", "fs"), ("repo", "fs"), ("config", "config"), ("sbom", "sbom")] {
        let step = runner.scan(&[("input", ""), ("scan-type", kind)]);
        assert_eq!(step.calls[0].first().map(String::as_str), Some(command));
        assert_eq!(step.calls[0].last().map(String::as_str), Some("."));
    }
    for with in
        [[("input", ""), ("scan-type", "image")], [("scan-type", "vm"), ("input", "app.tar")]]
    {
        let step = runner.scan(&with);
        assert_eq!((step.ran.code, step.calls.len()), (2, 0), "{}", step.ran.stdout);
        assert!(step.ran.stdout.contains("::error title=Lazaret::"), "{}", step.ran.stdout);
    }
}

#[test]
fn an_image_that_docker_has_is_taken_from_there_and_any_other_from_its_registry() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let archive = runner.work("app.tar");
    let script = format!(
        "echo \"${{DOCKER_HOST:-}} $*\" >>docker.log\n\
         case \"$*\" in\n\
         'image inspect -- app:1.0') exit 0 ;;\n\
         'image save --output '*' -- app:1.0') cp '{}' \"$4\" ;;\n\
         *) exit 1 ;;\n\
         esac",
        archive.display()
    );
    runner.program("docker", &script);
    let socket = "unix:///run/other.sock";
    let step = runner.scan(&[("input", ""), ("image-ref", "app:1.0"), ("docker-host", socket)]);
    assert_eq!(step.ran.code, 0, "{}{}", step.ran.stdout, step.ran.stderr);
    assert!(step.ran.stdout.contains("87 findings"), "{}", step.ran.stdout);
    let log = runner.read("docker.log");
    assert!(log.starts_with(&format!("{socket} image inspect -- app:1.0\n{socket} image save")));
    // Nothing listens there; a name that begins with a dash is still a name.
    for name in ["localhost:1/app:1.0", "--insecure"] {
        let step = runner.scan(&[("input", ""), ("image-ref", name), ("timeout", "20s")]);
        assert_eq!((step.ran.code, step.outputs["verdict"].as_str()), (2, "error"));
        step.assert_passed(&["--", name]);
    }
}

#[test]
fn settings_files_and_variables_of_trivy_hold_where_they_mean_the_same() {
    if !has_bash() {
        return;
    }
    let mut runner = Runner::new();
    runner.write("trivy.yaml", "exit-code: 4\nseverity: [HIGH]\n");
    assert_eq!(runner.scan(&[("trivy-config", "trivy.yaml")]).ran.code, 4);
    // A setting that is not understood might be the gate.
    runner.write("trivy.yaml", "vulnerability:\n  ignore-unfixed: true\n");
    let step = runner.scan(&[("trivy-config", "trivy.yaml")]);
    assert_eq!(step.ran.code, 2);
    runner.set("TRIVY_PLATFORM", "plan9/vax");
    runner.set("TRIVY_DB_REPOSITORY", "registry.example.org/db");
    let step = runner.scan(&[]);
    assert!(step.has_warning("TRIVY_DB_REPOSITORY"), "{}", step.ran.stdout);
    assert_eq!(step.ran.code, 2, "the image is for another platform: {}", step.ran.stdout);
}

#[test]
fn the_runner_takes_no_word_of_an_image_for_a_command() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    runner.program("lazaret", "printf '::add-mask::everything'; exit 1");
    let begin = "::stop-commands::";
    let mut ends = Vec::new();
    for _ in 0..2 {
        let stdout = runner.scan(&[]).ran.stdout;
        let (before, after) = stdout.split_once("::add-mask::everything\n").unwrap();
        let end = before.trim_end().rsplit_once(begin).unwrap().1.to_owned();
        assert!(end.len() == 32 && after.contains(&format!("::{end}::\n")), "{stdout}");
        ends.push(end);
    }
    assert_ne!(ends[0], ends[1], "a word that can be known can be said");
}
