//! GitLab's generic package registry.

use super::server::{Reply, Server};
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use serde_json::json;

fn gitlab() -> Server {
    Server::start(|request, _| {
        let named = ["private-token", "deploy-token", "job-token"];
        let known = named.into_iter().any(|name| request.header(name) == Some(TOKEN));
        Some(if known {
            Reply::json(201, &json!({"id": 1, "package_id": 2, "file_name": "x"}))
        } else {
            Reply::json(401, &json!({"message": "401 Unauthorized"}))
        })
    })
}

#[test]
fn a_report_is_stored_in_a_job() {
    let (saved, server) = (Saved::report(), gitlab());
    let (report, url) = (saved.write(), server.url());
    let job = [
        ("CI_SERVER_URL", url.as_str()),
        ("CI_PROJECT_ID", "42"),
        ("CI_COMMIT_SHA", "0123abcd"),
        ("CI_JOB_TOKEN", TOKEN),
    ];
    let stored = upload(&["gitlab", report.to_str().unwrap()], &job);
    assert_done(&stored, &["stored lazaret-report.json in package lazaret-reports 0123abcd"]);
    let request = server.take_request();
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        (
            "PUT",
            "/api/v4/projects/42/packages/generic/lazaret-reports/0123abcd/lazaret-report.json\
             ?select=package_file"
        )
    );
    assert_eq!(request.header("job-token"), Some(TOKEN));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.body, saved.document.to_string().into_bytes());
}

#[test]
fn everything_can_be_named() {
    let (saved, server) = (Saved::report(), gitlab());
    let (report, url) = (saved.write(), server.url());
    let flags = [
        "gitlab",
        "--url",
        &url,
        "--project=group/shop",
        "--package=reports",
        "--package-version=1.4",
        "--format=gitlab",
        "--hidden",
        report.to_str().unwrap(),
    ];
    for (variable, header) in
        [("GITLAB_TOKEN", "private-token"), ("GITLAB_DEPLOY_TOKEN", "deploy-token")]
    {
        let stored = upload(&flags, &[(variable, TOKEN)]);
        assert_done(&stored, &["reports 1.4 of project group/shop", "artifacts:reports"]);
        let request = server.take_request();
        assert_eq!(
            request.path,
            "/api/v4/projects/group%2Fshop/packages/generic/reports/1.4/\
             gl-container-scanning-report.json?select=package_file&status=hidden"
        );
        assert_eq!(request.header(header), Some(TOKEN));
        let sent: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(sent["scan"]["type"], "container_scanning");
    }
}

#[test]
fn names_gitlab_would_refuse_are_refused() {
    let (saved, server) = (Saved::report(), gitlab());
    let (report, url) = (saved.write(), server.url());
    let report = report.to_str().unwrap();
    for wrong in ["--package=a/b", "--package-version=..", "--file-name=a b", "--file-name="] {
        let words = ["gitlab", "--url", &url, "--project=1", wrong, report];
        assert_refused(&upload(&words, &[("GITLAB_TOKEN", TOKEN)]), &["takes letters, digits"]);
    }
    let words = ["gitlab", "--url", &url, "--project=1", report];
    assert_refused(&upload(&words, &[]), &["GITLAB_TOKEN is not set", "CI_JOB_TOKEN"]);
    let words = ["gitlab", "--url", &url, report];
    assert_refused(&upload(&words, &[("GITLAB_TOKEN", TOKEN)]), &["which project is it?"]);
    assert_eq!(server.take_requests().len(), 0);
    let words = ["gitlab", "--url", &url, "--project=1", report];
    let refused = upload(&words, &[("GITLAB_TOKEN", "another-token")]);
    assert_refused(&refused, &["status 401", "401 Unauthorized"]);
}

#[test]
fn without_a_commit_the_image_is_the_version() {
    let (saved, server) = (Saved::report(), gitlab());
    let (report, url) = (saved.write(), server.url());
    let words = ["gitlab", "--url", &url, "--project=1", report.to_str().unwrap()];
    assert_done(&upload(&words, &[("GITLAB_TOKEN", TOKEN)]), &[]);
    let digest = saved.document["image"]["digest"].as_str().unwrap();
    let hex = digest.strip_prefix("sha256:").unwrap();
    assert!(server.take_request().path.contains(&format!("/lazaret-reports/{hex}/")));
}
