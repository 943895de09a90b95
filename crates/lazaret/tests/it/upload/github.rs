//! GitHub: code scanning and the dependency graph.

use super::server::{Reply, Request, Server};
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use crate::support::Ran;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::Path;

const SHA: &str = "4b6472266afd7b471e86085a6659e8c7f2b119da";

const WORKFLOW: [(&str, &str); 8] = [
    ("GITHUB_TOKEN", TOKEN),
    ("GITHUB_REPOSITORY", "octo/shop"),
    ("GITHUB_SHA", SHA),
    ("GITHUB_REF", "refs/heads/main"),
    ("GITHUB_WORKFLOW", "build"),
    ("GITHUB_JOB", "scan"),
    ("GITHUB_RUN_ID", "123456"),
    ("GITHUB_SERVER_URL", "https://github.example"),
];

const SARIFS: &str = "/repos/octo/shop/code-scanning/sarifs";
const SNAPSHOTS: &str = "/repos/octo/shop/dependency-graph/snapshots";

/// Answers as GitHub does: `states` are what it says of an upload, one after another.
fn github(states: &'static [Value]) -> Server {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |request: &Request, _| {
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return Some(Reply::json(401, &json!({"message": "Bad credentials"})));
        }
        assert_eq!(request.header("accept"), Some("application/vnd.github+json"));
        assert_eq!(request.header("x-github-api-version"), Some("2022-11-28"));
        // GitHub refuses clients that do not say who they are.
        assert!(request.header("user-agent").is_some());
        Some(match (request.method.as_str(), request.path.as_str()) {
            ("POST", SARIFS) => Reply::json(202, &json!({"id": "47177e22", "url": "https://x"})),
            ("POST", SNAPSHOTS) => Reply::json(
                201,
                &json!({"id": 12345, "created_at": "x", "result": "SUCCESS", "message": "done"}),
            ),
            ("GET", path) => {
                assert_eq!(path, format!("{SARIFS}/47177e22"));
                let at = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                match &states[at.min(states.len() - 1)] {
                    Value::Null => Reply::json(404, &json!({"message": "Not Found"})),
                    state => Reply::json(200, state),
                }
            }
            other => panic!("{other:?}"),
        })
    })
}

static COMPLETE: std::sync::LazyLock<[Value; 3]> = std::sync::LazyLock::new(|| {
    [
        Value::Null,
        json!({"processing_status": "pending"}),
        json!({"processing_status": "complete", "analyses_url": "https://x", "errors": null}),
    ]
});

#[track_caller]
fn send(server: &Server, flags: &[&str], report: &Path) -> Ran {
    let url = server.url();
    let mut words = vec!["github", "--url", &url];
    words.extend(flags);
    words.push(report.to_str().unwrap());
    upload(&words, &WORKFLOW)
}

fn body(request: &Request) -> Value {
    assert_eq!(request.header("content-type"), Some("application/json"));
    serde_json::from_slice(&request.body).unwrap()
}

fn sarif(body: &Value) -> Value {
    let compressed = BASE64_STANDARD.decode(body["sarif"].as_str().unwrap()).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(compressed.as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_report_goes_to_code_scanning_and_is_waited_for() {
    let (saved, server) = (Saved::report(), github(&*COMPLETE));
    let sent = send(&server, &[], &saved.write());
    assert_done(&sent, &["uploaded to code scanning of octo/shop as 47177e22: complete"]);
    let requests = server.take_requests();
    let methods: Vec<&str> = requests.iter().map(|request| request.method.as_str()).collect();
    assert_eq!(methods, ["POST", "GET", "GET", "GET"]);
    let body = body(&requests[0]);
    assert_eq!(body["commit_sha"], SHA);
    assert_eq!(body["ref"], "refs/heads/main");
    assert_eq!(body["tool_name"], "Lazaret");
    let converted: Value = serde_json::from_str(&saved.converted("sarif")).unwrap();
    assert_eq!(sarif(&body), converted);
}

#[test]
fn a_log_that_github_cannot_read_is_a_failure() {
    static FAILED: std::sync::LazyLock<[Value; 1]> = std::sync::LazyLock::new(|| {
        [json!({"processing_status": "failed", "errors": ["rejecting SARIF", "too many runs"]})]
    });
    let (saved, server) = (Saved::report(), github(&*FAILED));
    let refused = send(&server, &[], &saved.write());
    assert_refused(&refused, &["does not take the SARIF log", "rejecting SARIF; too many runs"]);
}

#[test]
fn waiting_ends() {
    static PENDING: std::sync::LazyLock<[Value; 1]> =
        std::sync::LazyLock::new(|| [json!({"processing_status": "pending"})]);
    let (saved, server) = (Saved::report(), github(&*PENDING));
    let report = saved.write();
    assert_done(&send(&server, &["--wait", "1s"], &report), &["accepted, and still being read"]);
    assert_eq!(server.take_requests().len(), 3);
    assert_done(&send(&server, &["--wait", "0"], &report), &["47177e22: accepted\n"]);
    assert_eq!(server.take_requests().len(), 1);
}

#[test]
fn packages_go_to_the_dependency_graph() {
    let (saved, server) = (Saved::report(), github(&[]));
    let sent = send(&server, &["--to", "dependency-graph"], &saved.write());
    assert_done(&sent, &["submitted to the dependency graph of octo/shop: success"]);
    let request = server.take_request();
    assert_eq!(request.path, SNAPSHOTS);
    let snapshot = body(&request);
    // What the schema of the API requires.
    assert_eq!(snapshot["version"], 0);
    assert_eq!((&snapshot["sha"], &snapshot["ref"]), (&json!(SHA), &json!("refs/heads/main")));
    assert_eq!(
        snapshot["job"],
        json!({
            "correlator": "build_scan",
            "id": "123456",
            "html_url": "https://github.example/octo/shop/actions/runs/123456",
        })
    );
    for key in ["name", "version", "url"] {
        assert!(snapshot["detector"][key].is_string(), "{key}");
    }
    // GitHub goes by the latest: it has to be of today.
    let scanned = snapshot["scanned"].as_str().unwrap();
    assert!(scanned > "2026-01-01" && scanned.ends_with('Z'), "{scanned}");
    let mut purls: Vec<&str> = Vec::new();
    for manifest in snapshot["manifests"].as_object().unwrap().values() {
        let resolved = manifest["resolved"].as_object().unwrap();
        purls.extend(resolved.values().map(|package| package["package_url"].as_str().unwrap()));
    }
    purls.sort_unstable();
    let packages = saved.document["inventory"]["packages"].as_array().unwrap();
    let mut expected: Vec<&str> =
        packages.iter().map(|package| package["purl"].as_str().unwrap()).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(purls, expected);
}

#[test]
fn one_report_goes_to_both() {
    let (saved, server) = (Saved::report(), github(&*COMPLETE));
    let flags = ["--to", "code-scanning,dependency-graph", "--wait", "0"];
    assert_done(&send(&server, &flags, &saved.write()), &["code scanning", "dependency graph"]);
    let paths: Vec<String> =
        server.take_requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, [SARIFS, SNAPSHOTS]);
}

#[test]
fn what_is_written_already_goes_as_it_is() {
    let (saved, server) = (Saved::report(), github(&*COMPLETE));
    let text = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Other"}}}]}"#;
    let path = saved.write_as("other.sarif", text);
    assert_done(&send(&server, &["--wait", "0"], &path), &[]);
    let body = body(&server.take_request());
    assert_eq!(sarif(&body), serde_json::from_str::<Value>(text).unwrap());
    assert_eq!(body["tool_name"], "Other");

    // A snapshot that was written elsewhere is about this commit.
    let path = saved.write_as("snapshot.json", &saved.converted("github"));
    assert_done(&send(&server, &[], &path), &["success"]);
    let snapshot = self::body(&server.take_request());
    assert_eq!((&snapshot["sha"], &snapshot["ref"]), (&json!(SHA), &json!("refs/heads/main")));

    let wrong = send(&server, &["--to", "code-scanning"], &path);
    assert_refused(&wrong, &["a dependency snapshot goes to one place only"]);
    let path = saved.write_as("trivy.json", r#"{"SchemaVersion":2}"#);
    assert_refused(&send(&server, &[], &path), &["and this is a report of Trivy"]);
}

#[test]
fn github_s_refusals_are_told() {
    let saved = Saved::report();
    let report = saved.write();
    for (status, body, said) in [
        (
            403,
            r#"{"message":"Advanced Security must be enabled for this repository","documentation_url":"https://x","status":"403"}"#,
            "Advanced Security must be enabled",
        ),
        (404, r#"{"message":"Not Found"}"#, "the token may not see it"),
        (422, r#"{"message":"Invalid request","errors":["sha is wrong"]}"#, "sha is wrong"),
    ] {
        let server = Server::always(status, body);
        assert_refused(&send(&server, &[], &report), &[said, &format!("status {status}")]);
        assert_eq!(server.take_requests().len(), 1);
    }
    let invalid = Server::always(201, r#"{"id":1,"result":"INVALID","message":"no such commit"}"#);
    let refused = send(&invalid, &["--to", "dependency-graph"], &report);
    assert_refused(&refused, &["GitHub finds it invalid: no such commit"]);
    // Too many requests in too short a time are said with 403 and a time to wait.
    let busy = Server::start(|_, before| {
        Some(match before {
            0 => Reply::json(403, &json!({"message": "secondary rate limit"}))
                .header("Retry-After", "1"),
            _ => Reply::json(202, &json!({"id": "47177e22"})),
        })
    });
    assert_done(&send(&busy, &["--wait", "0"], &report), &["accepted"]);
    assert_eq!(busy.take_requests().len(), 2);
}

#[test]
fn outside_of_a_workflow_flags_say_it() {
    let (saved, server) = (Saved::report(), github(&*COMPLETE));
    let (report, url) = (saved.write(), server.url());
    let report = report.to_str().unwrap();
    let token = [("GH_TOKEN", TOKEN)];
    let flags = ["--repository", "octo/shop", "--sha", SHA, "--ref", "refs/pull/7/merge"];
    let all = [&["github", "--url", &url, "--wait", "0"][..], &flags, &[report]].concat();
    assert_done(&upload(&all, &token), &["accepted"]);
    assert_eq!(body(&server.take_request())["ref"], "refs/pull/7/merge");

    for (wrong, said) in [
        (&["--repository", "octo"][..], "is not a repository"),
        (&["--repository", "../x"], "is not a repository"),
        (&["--sha", "4b6472"], "is not a commit"),
        (&["--ref", "main"], "is not a whole ref, such as refs/heads/main"),
        (&["--to", "pages"], "--to takes code-scanning or dependency-graph"),
    ] {
        let mut words = vec!["github", "--url", &url];
        for pair in flags.chunks(2).filter(|pair| pair[0] != wrong[0]).chain([wrong]) {
            words.extend(pair);
        }
        words.push(report);
        assert_refused(&upload(&words, &token), &[said]);
    }
    assert_refused(&upload(&["github", report], &token), &["(--repository)"]);
    let tokenless = [&["github"][..], &flags, &[report]].concat();
    assert_refused(&upload(&tokenless, &[]), &["GITHUB_TOKEN is not set"]);
    assert_eq!(server.take_requests().len(), 0);
}
