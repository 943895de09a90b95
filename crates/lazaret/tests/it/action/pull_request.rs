//! What the step tells the outside: the comment on a pull request, the dependency snapshot, uploads.

use super::{Runner, Step, has_bash};
use crate::loopback::{Loopback, Request};
use crate::support::has;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const TOKEN: &str = "ghs_made-up-token";

/// GitHub, as far as comments go: it keeps what is written.
struct GitHub {
    server: Loopback,
    comments: Arc<Mutex<Vec<Value>>>,
}

impl GitHub {
    fn new(comments: Vec<Value>) -> Self {
        let comments = Arc::new(Mutex::new(comments));
        let kept = Arc::clone(&comments);
        let server = Loopback::new(move |request| {
            if request.headers.get("authorization") != Some(&format!("Bearer {TOKEN}")) {
                return (403, b"{}".to_vec());
            }
            answer(request, &mut kept.lock().unwrap())
        });
        Self { server, comments }
    }

    fn bodies(&self) -> Vec<String> {
        let comments = self.comments.lock().unwrap();
        comments.iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
    }
}

/// <https://docs.github.com/en/rest/issues/comments>
fn answer(request: &Request, comments: &mut Vec<Value>) -> (u16, Vec<u8>) {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    match (request.method.as_str(), path) {
        ("GET", "/repos/team/shop/issues/7/comments") => {
            let page: usize = query.rsplit_once("page=").unwrap().1.parse().unwrap();
            assert!(query.starts_with("per_page=100&"), "{query}");
            let shown: Vec<&Value> = comments.iter().skip((page - 1) * 100).take(100).collect();
            (200, serde_json::to_vec(&shown).unwrap())
        }
        ("POST", "/repos/team/shop/issues/7/comments") => {
            comments.push(comment(
                comments.len(),
                "github-actions[bot]",
                request.json()["body"].as_str().unwrap(),
            ));
            (201, b"{}".to_vec())
        }
        ("PATCH", path) => {
            let id = path.strip_prefix("/repos/team/shop/issues/comments/").unwrap();
            let id: u64 = id.parse().unwrap();
            let comment = comments.iter_mut().find(|comment| comment["id"] == id).unwrap();
            comment["body"] = request.json()["body"].clone();
            (200, b"{}".to_vec())
        }
        _ => (404, b"{}".to_vec()),
    }
}

fn comment(number: usize, author: &str, body: &str) -> Value {
    json!({"id": 1000 + number, "user": {"login": author}, "body": body})
}

/// A runner in a run of pull request 7.
fn runner(api: &str, event: &Value) -> Runner {
    let mut runner = Runner::new();
    runner.write("event.json", &event.to_string());
    let event = runner.work("event.json").to_str().unwrap().to_owned();
    runner.set("GITHUB_EVENT_PATH", &event);
    runner.set("GITHUB_API_URL", api);
    runner.set("GITHUB_REPOSITORY", "team/shop");
    runner.set("GITHUB_RUN_ID", "42");
    runner
}

fn commented(runner: &Runner, with: &[(&str, &str)]) -> Step {
    let mut all = vec![("pr-comment", "true"), ("github-token", TOKEN)];
    all.extend_from_slice(with);
    runner.scan(&all)
}

fn can_comment() -> bool {
    has_bash() && has("curl") && has("jq")
}

#[test]
fn a_pull_request_gets_one_comment_and_later_runs_update_it() {
    if !can_comment() {
        return;
    }
    // Ours will be on the second page.
    let others: Vec<Value> =
        (0..100).map(|number| comment(number, "somebody", "looks good")).collect();
    let github = GitHub::new(others);
    let runner = runner(&github.server.url, &json!({"pull_request": {"number": 7}}));
    let step = commented(&runner, &[("fail-on", "HIGH")]);
    assert_eq!(step.ran.code, 1, "{}{}", step.ran.stdout, step.ran.stderr);
    assert_eq!(github.bodies().len(), 101);
    let body = github.bodies()[100].clone();
    assert!(body.starts_with("<!-- lazaret "), "{body}");
    assert!(body.contains("## `example.test/ferry:1.4`") && body.contains("CVE-2020-8203"));
    assert!(body.contains("**Verdict: fail** (exit code 1)"), "{body}");
    assert!(body.contains("](https://github.com/team/shop/actions/runs/42)"), "{body}");
    assert!(body.chars().count() < 65_536);
    for request in github.server.asked() {
        assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
        assert_eq!(request.headers["accept"], "application/vnd.github+json");
    }
    let again = commented(&runner, &[("severity", "CRITICAL")]);
    assert_eq!(again.ran.code, 0, "{}", again.ran.stderr);
    assert_eq!(github.bodies().len(), 101, "the comment is updated, not joined by another");
    let body = github.bodies()[100].clone();
    assert!(body.contains("**Verdict: pass** (exit code 0)"), "{body}");
    assert!(!body.contains("CVE-2020-8203"), "{body}");
    let methods: Vec<String> = github.server.asked().into_iter().map(|one| one.method).collect();
    assert_eq!(methods, ["GET", "GET", "PATCH"]);
    // A scan of something else has a comment of its own.
    let other = commented(&runner, &[("comment-id", "nightly")]);
    assert_eq!((other.ran.code, github.bodies().len()), (0, 102));
    assert!(!other.ran.stdout.contains(TOKEN) && !other.ran.stderr.contains(TOKEN));
}

#[test]
fn the_comment_says_what_is_new_and_is_nobody_elses() {
    if !can_comment() {
        return;
    }
    let github = GitHub::new(Vec::new());
    let runner = runner(&github.server.url, &json!({"issue": {"number": 7, "pull_request": {}}}));
    let first = commented(&runner, &[]);
    let report = std::fs::read_to_string(&first.outputs["report"]).unwrap();
    let mut main: Value = serde_json::from_str(&report).unwrap();
    main["findings"].as_array_mut().unwrap().retain(|finding| finding["id"] != "CVE-2024-37890");
    runner.write("main.json", &main.to_string());
    // Somebody made a comment that looks like ours, and could rewrite it later.
    let marker = github.bodies()[0].lines().next().unwrap().to_owned();
    *github.comments.lock().unwrap() = vec![comment(500, "mallory", &format!("{marker}\nfine"))];
    let step = commented(&runner, &[("baseline", "main.json")]);
    assert_eq!(step.ran.code, 0, "{}", step.ran.stderr);
    let bodies = github.bodies();
    assert_eq!((bodies.len(), bodies[0].as_str()), (2, format!("{marker}\nfine").as_str()));
    assert!(bodies[1].contains("**1 new · 0 fixed · 86 unchanged**"), "{}", bodies[1]);
    assert!(bodies[1].contains("CVE-2024-37890") && !bodies[1].contains("CVE-2020-8203"));
    // Unless that is whose token it is.
    commented(&runner, &[("comment-author", "mallory"), ("summary", "false")]);
    assert!(github.bodies().len() == 2 && github.bodies()[0].contains("CVE-2020-8203"));
}

#[test]
fn a_comment_that_cannot_be_written_is_a_warning() {
    if !can_comment() {
        return;
    }
    let github = GitHub::new(Vec::new());
    let with_request = runner(&github.server.url, &json!({"pull_request": {"number": 7}}));
    let step = with_request.scan(&[("pr-comment", "true"), ("github-token", "of-a-fork")]);
    assert!(step.ran.code == 0 && step.has_warning("could not be read"), "{}", step.ran.stdout);
    let step = with_request.scan(&[("pr-comment", "true")]);
    assert!(step.ran.code == 0 && step.has_warning("github-token"), "{}", step.ran.stdout);
    github.server.asked();
    let on_push = runner(&github.server.url, &json!({"ref": "refs/heads/main"}));
    let step = commented(&on_push, &[]);
    assert_eq!((step.ran.code, github.server.asked().len()), (0, 0));
    assert!(step.ran.stdout.contains("no comment"), "{}", step.ran.stdout);
}

#[test]
fn a_dependency_snapshot_goes_to_github_with_its_own_token() {
    if !has_bash() || !has("curl") {
        return;
    }
    let snapshot = r#"{"version": 0, "job": {"id": "1"}}"#;
    let github = Loopback::new(|_| (201, b"{}".to_vec()));
    let runner = runner(&github.url, &json!({}));
    // Stands in for the program: the format is what the step asks for.
    runner.program(
        "lazaret",
        &format!(
            "{}case $* in *'--format github'*) echo '{snapshot}' >deps.json ;; esac\n\
             for word; do case $word in json=*) echo '{{}}' >\"${{word#json=}}\" ;; esac; done",
            runner.noting("calls")
        ),
    );
    let with = [("format", "github"), ("output", "deps.json"), ("summary", "false")];
    let step = runner.scan(&[&with[..], &[("github-pat", TOKEN)]].concat());
    assert_eq!(step.ran.code, 0, "{}{}", step.ran.stdout, step.ran.stderr);
    let asked = github.asked();
    let [request] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, "/repos/team/shop/dependency-graph/snapshots");
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(request.json()["version"], 0);
    assert!(!step.ran.stdout.contains(TOKEN));
    let step = runner.scan(&with);
    assert!(step.ran.code == 0 && step.has_warning("github-pat"), "{}", step.ran.stdout);
    assert_eq!(github.asked().len(), 0);
}

#[test]
fn reports_are_uploaded_whatever_the_gate_says_and_a_failed_upload_is_a_failure() {
    if !has_bash() {
        return;
    }
    let runner = Runner::new();
    let real = env!("CARGO_BIN_EXE_lazaret");
    let program = |code: &str| {
        let script = format!(
            "{}[ \"$1\" != upload ] || {{ echo \"${{GITHUB_TOKEN:-}}\" >token; exit {code}; }}\n\
             exec '{real}' \"$@\"",
            runner.noting("calls")
        );
        runner.program("lazaret", &script);
    };
    program("0");
    let lines = "github app.sarif\n\n  http https://reports.example.org/{report} {report}\n";
    let with = [("report", "sarif=app.sarif"), ("upload", lines), ("github-token", TOKEN)];
    let step = runner.scan(&[&with[..], &[("fail-on", "HIGH"), ("summary", "false")]].concat());
    assert_eq!(step.ran.code, 1, "{}", step.ran.stderr);
    let report = step.outputs["report"].as_str();
    assert_eq!(step.calls[1..].concat()[..4], ["upload", "github", "app.sarif", "upload"]);
    step.assert_passed(&[
        "upload",
        "http",
        &format!("https://reports.example.org/{report}"),
        report,
    ]);
    assert_eq!(runner.read("token").trim(), TOKEN);
    program("2");
    let step = runner.scan(&with);
    assert_eq!((step.ran.code, step.outputs["exit-code"].as_str()), (2, "2"));
    assert!(step.ran.stdout.contains("::error title=Lazaret::the upload to github failed"));
    let step = runner.scan(&[&with[..], &[("fail-on", "HIGH")]].concat());
    assert_eq!(step.ran.code, 1, "a gate that says fail says it first");
}
