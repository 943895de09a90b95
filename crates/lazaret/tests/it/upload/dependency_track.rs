//! Dependency-Track.

use super::multipart::parts;
use super::server::{Reply, Request, Server};
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use crate::support::Ran;
use serde_json::{Value, json};
use std::path::Path;

const UPLOADED: &str = "b2a5e0f0-3b0c-4a52-9a2c-0d8a4ab1a111";

/// Answers as Dependency-Track does; those before 4.11 know one address for tokens only.
fn track(is_old: bool) -> Server {
    Server::start(move |request: &Request, before| {
        if request.header("x-api-key") != Some(TOKEN) {
            return Some(Reply::new(401, ""));
        }
        let old = format!("/api/v1/bom/token/{UPLOADED}");
        let new = format!("/api/v1/event/token/{UPLOADED}");
        Some(match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/api/v1/bom") => {
                let parts = parts(request);
                let bom = parts.iter().find(|part| part.name == "bom").unwrap();
                if serde_json::from_slice::<Value>(&bom.content).is_err() {
                    return Some(Reply::json(
                        400,
                        &json!({"status": 400, "title": "The uploaded BOM is invalid",
                                "detail": "Schema validation failed", "errors": ["$.x: no"]}),
                    ));
                }
                Reply::json(200, &json!({ "token": UPLOADED }))
            }
            ("GET", path) if path == old || (path == new && !is_old) => {
                Reply::json(200, &json!({ "processing": before < 3 }))
            }
            _ => Reply::new(404, ""),
        })
    })
}

#[track_caller]
fn send(server: &Server, flags: &[&str], report: &Path) -> Ran {
    let url = server.url();
    let mut words = vec!["dependency-track"];
    words.extend(flags);
    words.push(report.to_str().unwrap());
    upload(&words, &[("DEPENDENCY_TRACK_URL", &url), ("DEPENDENCY_TRACK_API_KEY", TOKEN)])
}

fn fields(request: &Request) -> Vec<(String, String)> {
    let parts = parts(request);
    let texts = parts.iter().filter(|part| part.file_name.is_none());
    texts.map(|part| (part.name.clone(), part.text().to_owned())).collect()
}

#[test]
fn an_sbom_is_made_sent_and_waited_for() {
    for is_old in [false, true] {
        let (saved, server) = (Saved::report(), track(is_old));
        let sent = send(&server, &[], &saved.write());
        assert_done(&sent, &[&format!("sent to Dependency-Track as {UPLOADED}: read")]);
        let requests = server.take_requests();
        assert_eq!(
            fields(&requests[0]),
            [
                ("projectName", "example.test/ferry"),
                ("projectVersion", "1.4"),
                ("autoCreate", "true"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        let parts = parts(&requests[0]);
        let bom = parts.last().unwrap();
        assert_eq!((bom.name.as_str(), bom.file_name.as_deref()), ("bom", Some("bom.cdx.json")));
        let sent: Value = serde_json::from_slice(&bom.content).unwrap();
        let converted: Value = serde_json::from_str(&saved.converted("cyclonedx")).unwrap();
        assert_eq!(sent["components"], converted["components"]);
        let last = requests.last().unwrap();
        assert_eq!(last.path.contains("/bom/token/"), is_old, "{}", last.path);
    }
}

#[test]
fn everything_can_be_named() {
    let (saved, server) = (Saved::report(), track(false));
    let report = saved.write();
    let flags = [
        "--project-name=shop",
        "--project-version=1.5",
        "--no-create",
        "--parent-name=shops",
        "--parent-version=1",
        "--tags=web,nightly",
        "--latest",
        "--wait=0",
    ];
    assert_done(&send(&server, &flags, &report), &["accepted\n"]);
    assert_eq!(
        fields(&server.take_request()),
        [
            ("projectName", "shop"),
            ("projectVersion", "1.5"),
            ("autoCreate", "false"),
            ("parentName", "shops"),
            ("parentVersion", "1"),
            ("projectTags", "web,nightly"),
            ("isLatest", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let uuid = "f90934f5-cb88-47ce-81cb-db06fc67d4b4";
    assert_done(&send(&server, &["--project", uuid, "--wait=0"], &report), &[]);
    let sent = fields(&server.take_request());
    assert_eq!(sent, [("project".to_owned(), uuid.to_owned())]);
}

#[test]
fn refusals_are_told() {
    let (saved, server) = (Saved::report(), track(false));
    let named = ["--project-name=shop", "--project-version=1"];
    let sarif = saved.write_as("x.sarif", r#"{"runs":[]}"#);
    assert_refused(&send(&server, &named, &sarif), &["takes CycloneDX", "a SARIF log"]);
    let bom = saved.write_as("bom.json", r#"{"bomFormat":"CycloneDX"}"#);
    assert_refused(&send(&server, &[], &bom), &["which project is it?"]);
    assert_eq!(server.take_requests().len(), 0);

    let xml = saved.write_as("bom.xml", "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\"/>");
    let refused = send(&server, &named, &xml);
    assert_refused(&refused, &["status 400", "Schema validation failed; $.x: no"]);

    let lost = Server::always(404, "The project could not be found.");
    let refused = send(&lost, &named, &bom);
    assert_refused(&refused, &["status 404: The project could not be found."]);
    let pages = Server::always(200, "<!DOCTYPE html>");
    assert_refused(&send(&pages, &named, &bom), &["is this the address of the API server"]);
}
