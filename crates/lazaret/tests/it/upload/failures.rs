//! What every destination does when the server, the network or the user fails.

use super::server::{Reply, Request, Server};
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use crate::support::Ran;
use serde_json::json;
use std::net::TcpListener;
use std::time::{Duration, Instant};

const IMPORTED: &str = r#"{"test_id":1,"statistics":{"after":{"total":{"total":87}}}}"#;

#[track_caller]
fn import(server: &Server, flags: &[&str]) -> Ran {
    let (saved, url) = (Saved::report(), server.url());
    let report = saved.write();
    let mut words = vec!["defectdojo", "--url", &url, "--product-type-name", "Web"];
    words.extend(flags);
    words.push(report.to_str().unwrap());
    upload(&words, &[("DEFECTDOJO_TOKEN", TOKEN)])
}

#[test]
fn a_refusal_is_told_in_the_service_s_words() {
    for (status, body, said) in [
        (400, r#"{"scan_type":["\"X\" is not a valid choice."]}"#, "scan_type: \"X\" is not a"),
        (401, r#"{"detail":"Invalid token."}"#, "the token is missing, wrong or expired"),
        (403, r#"{"detail":"You do not have permission"}"#, "may not do this"),
        (404, r#"{"detail":"A test could not be found!"}"#, "A test could not be found!"),
        (413, "<html>Request Entity Too Large</html>", "larger than the server takes"),
        (501, "", "answers with status 501"),
    ] {
        let server = Server::always(status, body);
        let refused = import(&server, &[]);
        assert_refused(&refused, &[&format!("status {status}"), said, "failed to import"]);
        assert_eq!(server.take_requests().len(), 1, "{status} is asked once");
    }
}

#[test]
fn a_token_that_is_repeated_is_not_shown() {
    let server = Server::start(|request, _| {
        let sent = request.header("authorization").unwrap_or_default();
        Some(Reply::json(401, &json!({ "detail": format!("no such token: {sent}") })))
    });
    // `upload` looks for the token in what is said.
    assert_refused(&import(&server, &[]), &["no such token: "]);
    assert_refused(&import(&server, &["-d"]), &["no such token: "]);
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let server = Server::start(|_, before| {
        Some(match before {
            0 => Reply::new(429, "{}").header("Retry-After", "1"),
            1 => Reply::new(503, "").header("Retry-After", "0"),
            _ => Reply::new(201, IMPORTED),
        })
    });
    let begin = Instant::now();
    assert_done(&import(&server, &[]), &["findings: 87"]);
    assert!(begin.elapsed() >= Duration::from_secs(1));
    let requests = server.take_requests();
    assert_eq!(requests.len(), 3);
    // All of it is sent each time.
    let lens: Vec<usize> = requests.iter().map(|request| request.body.len()).collect();
    assert!(lens[0] > 100_000 && lens.iter().all(|len| *len == lens[0]), "{lens:?}");

    let server = Server::start(|_, _| Some(Reply::new(429, "").header("Retry-After", "7200")));
    assert_refused(&import(&server, &[]), &["status 429", "asks to wait 7200 s"]);
    assert_eq!(server.take_requests().len(), 1);
}

#[test]
fn only_what_can_be_sent_twice_is_sent_twice() {
    let fails_once = || {
        Server::start(|_, before| match before {
            0 => Some(Reply::new(502, "<html>Bad Gateway</html>")),
            _ => Some(Reply::new(201, IMPORTED)),
        })
    };
    let server = fails_once();
    assert_done(&import(&server, &[]), &["findings: 87"]);
    assert_eq!(server.take_requests().len(), 2);
    // A second import would make a second test.
    let server = fails_once();
    assert_refused(&import(&server, &["--import"]), &["status 502"]);
    assert_eq!(server.take_requests().len(), 1);

    let hangs_up_once =
        || Server::start(|_, before| (before > 0).then(|| Reply::new(201, IMPORTED)));
    let server = hangs_up_once();
    assert_done(&import(&server, &[]), &[]);
    assert_eq!(server.take_requests().len(), 2);
    let server = hangs_up_once();
    assert_refused(&import(&server, &["--import"]), &["failed to reach"]);
    assert_eq!(server.take_requests().len(), 1);

    let server = Server::always(500, r#"{"message":"Internal server error"}"#);
    let refused = import(&server, &["--retries", "1"]);
    assert_refused(&refused, &["status 500", "Internal server error", "its log says why"]);
    assert_eq!(server.take_requests().len(), 2);
}

#[test]
fn nobody_there_is_told_soon() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (saved, url) = (Saved::report(), format!("http://127.0.0.1:{port}"));
    let report = saved.write();
    let words = ["defectdojo", "--url", &url, report.to_str().unwrap()];
    let begin = Instant::now();
    let lost = upload(&words, &[("DEFECTDOJO_TOKEN", TOKEN)]);
    assert_refused(&lost, &["failed to reach", &format!("127.0.0.1:{port}")]);
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_silent_server_is_given_up_on() {
    let server = Server::start(|_, _| {
        std::thread::sleep(Duration::from_secs(30));
        None
    });
    let begin = Instant::now();
    assert_refused(&import(&server, &["--timeout", "1s"]), &["failed to reach"]);
    assert!(begin.elapsed() < Duration::from_secs(15));
    assert_eq!(server.take_requests().len(), 1);
}

/// A server that sends everyone to another one.
fn redirecting(status: u16, to: &Server) -> Server {
    let to = to.url();
    Server::start(move |request: &Request, _| {
        Some(Reply::new(status, "").header("Location", format!("{to}{}", request.path)))
    })
}

#[test]
fn no_secret_follows_a_redirect_to_another_host() {
    let target = Server::always(201, IMPORTED);
    let server = redirecting(307, &target);
    assert_done(&import(&server, &[]), &["findings: 87"]);
    assert!(server.take_request().header("authorization").is_some());
    let moved = target.take_request();
    assert_eq!((moved.method.as_str(), moved.header("authorization")), ("POST", None));
    assert!(moved.body.len() > 100_000);

    // Neither do the headers of their own that services want tokens in.
    let saved = Saved::report();
    let (report, url) = (saved.write(), server.url());
    let words = ["gitlab", "--url", &url, "--project", "1", report.to_str().unwrap()];
    upload(&words, &[("GITLAB_TOKEN", TOKEN)]);
    assert_eq!(server.take_request().header("private-token"), Some(TOKEN));
    assert_eq!(target.take_request().header("private-token"), None);
}

#[test]
fn a_redirect_that_would_lose_the_report_is_not_followed() {
    let target = Server::always(200, "<html>welcome</html>");
    for status in [301, 302, 303] {
        let refused = import(&redirecting(status, &target), &[]);
        let said = ["redirects to", &target.address, "/api/v2/reimport-scan/", "use that address"];
        assert_refused(&refused, &said);
    }
    assert_eq!(target.take_requests().len(), 0);
}

#[test]
fn redirects_end() {
    let server = Server::start(|request: &Request, _| {
        Some(Reply::new(308, "").header("Location", request.path.clone()))
    });
    assert_refused(&import(&server, &[]), &["once too often"]);
    assert_eq!(server.take_requests().len(), 6);
}

#[test]
fn secrets_on_the_command_line_are_refused() {
    let server = Server::always(201, IMPORTED);
    for flags in [
        &["--token", TOKEN][..],
        &["--api-key", TOKEN],
        &["--password", TOKEN],
        &["--secret-access-key", TOKEN],
        &["-d", "--token", TOKEN],
    ] {
        let refused = import(&server, flags);
        assert_refused(&refused, &["is refused", "secrets are read from DEFECTDOJO_TOKEN"]);
    }
    assert_eq!(server.take_requests().len(), 0);
}

#[test]
fn without_a_token_nothing_is_sent() {
    let (saved, server) = (Saved::report(), Server::always(201, IMPORTED));
    let (report, url) = (saved.write(), server.url());
    let words = ["defectdojo", "--url", &url, report.to_str().unwrap()];
    for environment in [&[][..], &[("DEFECTDOJO_TOKEN", "  \n")], &[("LAZARET_TOKEN", TOKEN)]] {
        assert_refused(&upload(&words, environment), &["DEFECTDOJO_TOKEN is not set"]);
    }
    // A line break at the end of one is no part of it.
    let broken = format!("{TOKEN}\n");
    upload(&words, &[("DEFECTDOJO_TOKEN", &broken)]);
    let sent = server.take_request();
    assert_eq!(sent.header("authorization"), Some(format!("Token {TOKEN}").as_str()));
}

#[test]
fn a_token_is_not_sent_in_the_clear() {
    let saved = Saved::report();
    let report = saved.write();
    let token = [("DEFECTDOJO_TOKEN", TOKEN)];
    let plain = ["defectdojo", "--url", "http://dojo.invalid", report.to_str().unwrap()];
    assert_refused(&upload(&plain, &token), &["without TLS", "https://"]);
    let named = ["defectdojo", "--url", "http://ann:pw@127.0.0.1:9", report.to_str().unwrap()];
    let refused = upload(&named, &token);
    assert_refused(&refused, &["holds a user name or a password"]);
    assert!(!refused.stderr.contains("pw"), "{}", refused.stderr);
}

#[test]
fn a_dry_run_says_everything_but_secrets_and_sends_nothing() {
    let server = Server::always(201, IMPORTED);
    let dry = import(&server, &["--dry-run", "--tags", "web"]);
    assert_done(
        &dry,
        &[
            &format!("POST {}/api/v2/reimport-scan/\n", server.url()),
            "  Authorization: …\n",
            "  scan_type: Generic Findings Import\n",
            "  test_title: example.test/ferry (linux/amd64)\n",
            "  tags: web\n",
            "  file: generic-findings.json, application/json, ",
            " bytes, sha256:",
        ],
    );
    assert_eq!(server.take_requests().len(), 0);
}

#[test]
fn what_is_no_report_is_not_sent() {
    let (saved, server) = (Saved::report(), Server::always(201, IMPORTED));
    let url = server.url();
    for (text, said) in [
        ("", "the report is empty"),
        (r#"{"schema_version":"99"}"#, "schema version"),
        (r#"{"schema_version":"1","findings":3}"#, "does not have the shape"),
    ] {
        let path = saved.write_as("wrong.json", text);
        let words = ["defectdojo", "--url", &url, path.to_str().unwrap()];
        assert_refused(&upload(&words, &[("DEFECTDOJO_TOKEN", TOKEN)]), &[said]);
    }
    let words = ["defectdojo", "--url", &url, "/no/such/report.json"];
    assert_refused(&upload(&words, &[("DEFECTDOJO_TOKEN", TOKEN)]), &["failed to read"]);
    assert_refused(&upload(&["defectdjo", "x"], &[]), &["there is `lazaret upload defectdojo`"]);
    assert_refused(&upload(&["jira", "x"], &[]), &["there is no destination `jira`", "s3"]);
    assert_eq!(server.take_requests().len(), 0);
}
