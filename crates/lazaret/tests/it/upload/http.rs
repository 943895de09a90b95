//! Any address.

use super::multipart::{Part, parts};
use super::server::Server;
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use base64::prelude::{BASE64_STANDARD, Engine as _};

#[test]
fn a_report_is_the_body_of_a_request() {
    let (saved, server) = (Saved::report(), Server::always(204, ""));
    let (report, url) = (saved.write(), format!("{}/reports?project=shop", server.url()));
    let words = ["http", &url, report.to_str().unwrap()];
    assert_done(&upload(&words, &[]), &[&format!("sent to {}: status 204", server.address)]);
    let request = server.take_request();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/reports?project=shop"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.body, saved.document.to_string().into_bytes());

    let flags = [
        "http",
        "--method=put",
        "--format=sarif",
        "--content-type=text/x-report",
        "--header=X-Project=shop=1",
        "--header-env=X-Api-Key=REPORTS_KEY",
        &url,
        report.to_str().unwrap(),
    ];
    assert_done(&upload(&flags, &[("REPORTS_KEY", TOKEN)]), &[]);
    let request = server.take_request();
    assert_eq!(request.method, "PUT");
    assert_eq!(request.header("x-project"), Some("shop=1"));
    assert_eq!(request.header("x-api-key"), Some(TOKEN));
    assert_eq!(request.header("content-type"), Some("text/x-report"));
    assert_eq!(request.body, saved.converted("sarif").into_bytes());
}

#[test]
fn a_report_is_a_file_of_a_form() {
    let (saved, server) = (Saved::report(), Server::always(200, ""));
    let (report, url) = (saved.write(), server.url());
    let words = [
        "http",
        "--file-field=file",
        "--field=project=shop",
        "--field=note=a=b \"c\"",
        &url,
        report.to_str().unwrap(),
    ];
    assert_done(&upload(&words, &[]), &[]);
    let text = |name: &str, value: &str| Part {
        name: name.to_owned(),
        file_name: None,
        media_type: None,
        content: value.as_bytes().to_vec(),
    };
    let file = Part {
        name: "file".to_owned(),
        file_name: Some("lazaret-report.json".to_owned()),
        media_type: Some("application/json".to_owned()),
        content: saved.document.to_string().into_bytes(),
    };
    let sent = parts(&server.take_request());
    assert_eq!(sent, [text("project", "shop"), text("note", "a=b \"c\""), file]);
}

#[test]
fn users_say_who_they_are() {
    let (saved, server) = (Saved::report(), Server::always(200, ""));
    let (report, url) = (saved.write(), server.url());
    let words = ["http", &url, report.to_str().unwrap()];
    assert_done(&upload(&words, &[("LAZARET_UPLOAD_TOKEN", TOKEN)]), &[]);
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(server.take_request().header("authorization"), Some(bearer.as_str()));
    let user = [("LAZARET_UPLOAD_USERNAME", "ann"), ("LAZARET_UPLOAD_PASSWORD", TOKEN)];
    assert_done(&upload(&words, &user), &[]);
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("ann:{TOKEN}")));
    assert_eq!(server.take_request().header("authorization"), Some(basic.as_str()));

    let both = [user.as_slice(), &[("LAZARET_UPLOAD_TOKEN", TOKEN)]].concat();
    assert_refused(&upload(&words, &both), &["are both set"]);
    assert_refused(&upload(&words, &user[..1]), &["belong together"]);
    assert_eq!(server.take_requests().len(), 0);
}

#[test]
fn what_others_could_read_is_refused() {
    let (saved, server) = (Saved::report(), Server::always(200, ""));
    let (report, url) = (saved.write(), server.url());
    let report = report.to_str().unwrap();
    for (wrong, said) in [
        (format!("--header=Authorization=Bearer {TOKEN}"), "--header-env Authorization=VARIABLE"),
        (format!("--header=Authorization: Bearer {TOKEN}"), "--header takes NAME=VALUE"),
        (format!("--header=PRIVATE-TOKEN={TOKEN}"), "is refused"),
        (format!("--token={TOKEN}"), "secrets are read from LAZARET_UPLOAD_TOKEN"),
        ("--header-env=X-Api-Key=NOT_THERE".to_owned(), "NOT_THERE is not set"),
        ("--header=X Y=1".to_owned(), "characters that cannot be sent"),
        ("--method=GET".to_owned(), "GET carries no report"),
    ] {
        assert_refused(&upload(&["http", &wrong, &url, report], &[]), &[said]);
    }
    let query = format!("{url}/?access_token={TOKEN}");
    assert_refused(&upload(&["http", &query, report], &[]), &["`access_token` in the address"]);
    for address in ["ftp://a.example/b", "reports.example", ""] {
        assert_refused(&upload(&["http", address, report], &[]), &["is not an address"]);
    }
    assert_eq!(server.take_requests().len(), 0);
}
