//! `lazaret db update` where servers fail or send what is not to be believed: the rest goes on, and
//! what is there stays.

use crate::support::{Ran, lazaret, ran};
use crate::update::{ALPINE, Export, NPM, Place, WOLFI, record, secdb, summary};
use lazaret_testkit::web::{Fault, Page, Request};
use std::fs::{self, File};

/// Changes that are to come in, whatever fails beside them.
fn change_alpine(place: &Place) {
    place.web.put(&format!("{ALPINE}/v3.20/main.json"), secdb("v3.20", 7));
}

#[track_caller]
fn assert_kept(place: &Place, ran: &Ran, source: &str, said: &str) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let warning = format!("{source} is not up to date");
    assert!(ran.stderr.contains(&warning), "{}", ran.stderr);
    assert!(ran.stderr.contains(said), "`{said}` is missing from {}", ran.stderr);
    assert!(ran.stdout.contains("kept as it was"), "{}", ran.stdout);
    let mut command = lazaret();
    assert_eq!(self::ran(command.args(["db", "verify", "--db"]).arg(place.db())).code, 0);
}

#[test]
fn a_feed_that_breaks_keeps_its_segment_and_the_others_go_on() {
    let whole = Export::of(10).zip();
    let shrunk = Export::of(5).zip();
    let html = b"<!DOCTYPE html><title>Log in</title>".to_vec();
    for (bytes, said) in [
        (whole[..whole.len() - 30].to_vec(), "is refused"),
        (whole[..whole.len() / 2].to_vec(), "is refused"),
        (Vec::new(), "the file is empty"),
        (html, "the file is a web page"),
        (b"[]".to_vec(), "is refused"),
        (shrunk, "it holds 5 records, and held 10 before"),
    ] {
        let place = Place::new();
        place.web.remove(&format!("{NPM}/modified_id.csv"));
        place.updated();
        change_alpine(&place);
        place.web.put(&format!("{NPM}/all.zip"), bytes);
        let ran = place.update(&[]);
        assert_kept(&place, &ran, "osv-npm", said);
        let expected = ["alpine-3.19 4", "alpine-3.20 7", "npm 10", "wolfi 6"];
        assert_eq!(place.segments(), expected, "{said}");
        let old = &place.segment("npm")["old"];
        assert_eq!(old["why"], "osv-npm could not be brought up to date");
        assert_eq!(old["since"], "2024-02-01T00:00:00Z");
        assert!(place.segment("alpine-3.20")["old"].is_null());
        // It is of today again when the feed is.
        place.web.put(&format!("{NPM}/all.zip"), Export::of(11).zip());
        place.updated();
        assert!(place.segment("npm")["old"].is_null());
        assert_eq!(place.segment("npm")["records"], 11);
        assert!(place.updated().stdout.contains("Nothing changed"));
    }
}

#[test]
fn ten_times_the_size_is_refused() {
    let place = Place::new();
    let with_blanks = |count: usize| {
        let blanks = " ".repeat(count);
        secdb("", 6).replacen('{', &format!("{{{blanks}"), 1)
    };
    let path = format!("{WOLFI}/security.json");
    place.web.put(&path, with_blanks(100_000));
    place.updated();
    place.web.put(&path, with_blanks(1_100_000));
    let ran = place.update(&[]);
    assert_kept(&place, &ran, "wolfi-secdb", "bytes, and had");
    let accepted = place.update(&["--accept-shrunk", "wolfi-secdb"]);
    assert_eq!(accepted.code, 0, "{}", accepted.stderr);
    assert!(!accepted.stderr.contains("not up to date"), "{}", accepted.stderr);
}

#[test]
fn half_of_the_records_may_go_where_that_is_wanted() {
    let place = Place::new();
    place.updated();
    place.web.put(&format!("{WOLFI}/security.json"), secdb("", 2));
    assert_kept(&place, &place.update(&[]), "wolfi-secdb", "it holds 2 records, and held 6 before");
    assert_eq!(place.segment("wolfi")["records"], 6);
    let ran = place.update(&["--accept-shrunk", "wolfi-secdb"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.segment("wolfi")["records"], 2);
    assert!(place.updated().stdout.contains("Nothing changed"));
}

#[test]
fn a_server_that_fails_keeps_what_it_gave_before() {
    let place = Place::new();
    place.updated();
    change_alpine(&place);
    place.web.fail_always(&format!("{WOLFI}/security.json"), Some(Fault::Status(500)));
    let ran = place.update(&[]);
    assert_kept(&place, &ran, "wolfi-secdb", "answers with status 500");
    assert_eq!(place.segments(), ["alpine-3.19 4", "alpine-3.20 7", "npm 10", "wolfi 6"]);
    // A file that is gone from a server is not gone from the database.
    place.web.remove(&format!("{WOLFI}/security.json"));
    assert_kept(&place, &place.update(&[]), "wolfi-secdb", "it was there before");
    assert_eq!(place.segment("wolfi")["records"], 6);
}

#[test]
fn a_release_that_fails_keeps_only_itself() {
    let place = Place::new();
    place.updated();
    change_alpine(&place);
    place.web.put(&format!("{ALPINE}/v3.19/main.json"), "<html>");
    assert_kept(&place, &place.update(&[]), "alpine-secdb", "v3.19/main.json is refused");
    assert_eq!(place.segments(), ["alpine-3.19 4", "alpine-3.20 7", "npm 10", "wolfi 6"]);
    assert!(place.segment("alpine-3.19")["old"].is_object());
    assert!(place.segment("alpine-3.20")["old"].is_null());
}

#[test]
fn failures_that_pass_are_tried_again() {
    let place = Place::new();
    let path = format!("{WOLFI}/security.json");
    for status in [429, 500, 503] {
        place.web.put(&path, secdb("", usize::from(status)));
        place.web.fail(&path, &[Fault::Status(status)]);
        place.updated();
        let asked: Vec<u16> = place
            .web
            .take()
            .into_iter()
            .filter(|request| request.path.contains("wolfi"))
            .map(|request| request.status)
            .collect();
        assert_eq!(asked, [status, 200]);
    }
    place.web.fail(&path, &[Fault::Status(403)]);
    assert!(place.update(&[]).stderr.contains("answers with status 403"));
}

#[test]
fn where_nobody_answers_nothing_changes() {
    let place = Place::new();
    place.updated();
    let before = fs::read(place.db().join("manifest.json")).unwrap();
    for path in
        [format!("{WOLFI}/security.json"), format!("{ALPINE}/"), format!("{NPM}/modified_id.csv")]
    {
        place.web.fail_always(&path, Some(Fault::Status(403)));
    }
    let ran = place.update(&[]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stdout, "");
    for source in ["alpine-secdb", "osv-npm", "wolfi-secdb"] {
        assert!(ran.stderr.contains(&format!("{source}: ")), "{}", ran.stderr);
    }
    assert_eq!(fs::read(place.db().join("manifest.json")).unwrap(), before);
}

#[test]
fn a_first_update_without_an_answer_leaves_no_database() {
    let place = Place::new();
    place.web.fail_always(&format!("{WOLFI}/security.json"), Some(Fault::Status(403)));
    let mut command = place.command();
    let ran = ran(command.arg("wolfi-secdb"));
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(!place.db().join("manifest.json").exists());
    // The next one finds nothing in its way.
    place.web.fail_always(&format!("{WOLFI}/security.json"), None);
    assert_eq!(self::ran(place.command().arg("wolfi-secdb")).code, 0);
}

/// A page that is long enough to break off in the middle.
fn long_page(etag: &str, flaws: usize) -> Page {
    Page { body: secdb("", flaws).into_bytes(), etag: Some(etag.to_owned()), ..Page::default() }
}

fn of_wolfi(place: &Place) -> Vec<Request> {
    place.web.take().into_iter().filter(|request| request.path.contains("wolfi")).collect()
}

#[test]
fn a_transfer_that_breaks_off_is_taken_up_again() {
    let place = Place::new();
    let path = format!("{WOLFI}/security.json");
    place.web.put_page(&path, long_page("\"one\"", 5_000));
    place.web.fail(&path, &[Fault::Cut(70_000)]);
    place.updated();
    let asked = of_wolfi(&place);
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert_eq!(asked[0].header("range"), None);
    let begin = asked[1].header("range").and_then(|range| range.strip_prefix("bytes="));
    let begin: usize = begin.unwrap().strip_suffix('-').unwrap().parse().unwrap();
    assert!(begin > 0 && begin <= 70_000, "{begin}");
    assert_eq!(asked[1].header("if-range"), Some("\"one\""));
    assert_eq!((asked[1].status, asked[1].sent), (206, secdb("", 5_000).len() - begin));
    assert_eq!(place.segment("wolfi")["records"], 5_000);
}

#[test]
fn an_interrupted_update_goes_on_where_it_was() {
    let place = Place::new();
    let path = format!("{WOLFI}/security.json");
    place.web.put_page(&path, long_page("\"one\"", 5_000));
    place.web.fail_always(&path, Some(Fault::Cut(70_000)));
    let ran = place.update(&["--retries", "0"]);
    assert!(ran.stderr.contains("the transfer broke off"), "{}", ran.stderr);
    place.web.fail_always(&path, None);
    place.web.take();
    place.updated();
    let asked = of_wolfi(&place);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].status, 206);
    assert_eq!(place.segment("wolfi")["records"], 5_000);
}

#[test]
fn parts_of_two_states_are_never_put_together() {
    let place = Place::new();
    let path = format!("{WOLFI}/security.json");
    place.web.put_page(&path, long_page("\"one\"", 5_000));
    place.web.fail_always(&path, Some(Fault::Cut(70_000)));
    place.update(&["--retries", "0"]);
    place.web.put_page(&path, long_page("\"two\"", 6_000));
    place.web.take();
    place.updated();
    let asked = of_wolfi(&place);
    assert_eq!(asked[0].header("if-range"), Some("\"one\""));
    assert_eq!(asked[0].status, 200);
    assert_eq!(place.segment("wolfi")["records"], 6_000);
}

#[test]
fn a_part_that_is_longer_than_the_file_is_thrown_away() {
    let place = Place::new();
    let path = format!("{WOLFI}/security.json");
    place.web.put_page(&path, long_page("\"one\"", 5_000));
    place.web.fail_always(&path, Some(Fault::Cut(100_000)));
    place.update(&["--retries", "0"]);
    // The same tag, on other bytes: a server that lies.
    place.web.put_page(&path, long_page("\"one\"", 100));
    place.web.take();
    place.updated();
    let asked: Vec<u16> = of_wolfi(&place).iter().map(|request| request.status).collect();
    assert_eq!(asked, [416, 200]);
    assert_eq!(place.segment("wolfi")["records"], 100);
}

#[test]
fn a_record_that_cannot_be_had_is_fetched_with_all_others() {
    for body in [None, Some("<html>"), Some(r#"{"id": "GHSA-other"}"#)] {
        let place = Place::new();
        place.updated();
        let mut export = Export::of(10);
        let modified = "2024-04-01T00:00:00Z";
        export.0[1].1 = modified.to_owned();
        export.0[1].2 = record(&export.0[1].0, "lantern-2", "2.5.0", modified);
        export.serve(&place.web, NPM);
        let path = format!("{NPM}/{}.json", export.0[1].0);
        match body {
            Some(body) => place.web.put(&path, body),
            None => place.web.remove(&path),
        }
        place.web.take();
        let ran = place.updated();
        assert!(ran.stderr.contains("everything is fetched instead"), "{}", ran.stderr);
        let sent: Vec<Request> =
            place.web.take().into_iter().filter(|request| request.status == 200).collect();
        assert!(summary(&sent).iter().any(|line| line.ends_with("npm/all.zip")), "{sent:?}");
        let mut command = lazaret();
        command.args(["db", "search", "--package", "lantern-2", "--db"]).arg(place.db());
        assert!(self::ran(&mut command).stdout.contains("2.5.0"));
    }
}

#[test]
fn a_list_that_is_none_is_refused() {
    for list in ["<html><title>Log in</title>", "", "2024-03-01T00:00:00Z,../../x"] {
        let place = Place::new();
        place.updated();
        place.web.put(&format!("{NPM}/modified_id.csv"), list);
        assert_kept(&place, &place.update(&[]), "osv-npm", "modified_id.csv");
        assert_eq!(place.segment("npm")["records"], 10);
    }
}

#[test]
fn a_list_that_forgot_most_records_is_not_believed() {
    let place = Place::new();
    place.updated();
    let few = Export::of(3);
    few.serve(&place.web, NPM);
    let ran = place.update(&[]);
    assert_kept(&place, &ran, "osv-npm", "it holds 3 records, and held 10 before");
    assert_eq!(place.segment("npm")["records"], 10);
}

#[test]
fn two_updates_do_not_collide() {
    let place = Place::new();
    place.updated();
    let lock = File::open(place.db().join("feeds/.update/lock")).unwrap();
    lock.try_lock().unwrap();
    let ran = place.update(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("another program is updating it"), "{}", ran.stderr);
    drop(lock);
    place.updated();
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let place = Place::new();
    fs::create_dir_all(place.db()).unwrap();
    fs::write(place.db().join("thesis.txt"), "years of work").unwrap();
    let ran = place.update(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is no advisory database"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(place.db()).unwrap().count(), 1);
}

#[test]
fn a_password_in_an_address_is_not_told() {
    let place = Place::new();
    let url = place.web.url(WOLFI).replace("http://", "http://ann:hunter2@");
    place.web.fail_always(&format!("{WOLFI}/security.json"), Some(Fault::Status(403)));
    let mut command = lazaret();
    command.args(["db", "update", "wolfi-secdb", "--db"]).arg(place.db());
    let ran = ran(command.arg("--source-url").arg(format!("wolfi-secdb={url}")));
    assert_eq!(ran.code, 2);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    let asked = place.web.take();
    // printf ann:hunter2 | base64
    assert_eq!(asked[0].header("authorization"), Some("Basic YW5uOmh1bnRlcjI="));
}

/// `db build` of a folder with Wolfi's feed, over a database that is there.
fn build(place: &Place, feed: &str, arguments: &[&str]) -> Ran {
    let folder = place.path("own/wolfi");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("security.json"), feed).unwrap();
    let mut command = lazaret();
    command.args(["db", "build", "--feeds"]).arg(place.path("own"));
    ran(command.arg("--out").arg(place.db()).args(arguments))
}

#[test]
fn a_build_over_a_database_keeps_the_segment_of_a_feed_that_shrank() {
    let place = Place::new();
    assert_eq!(build(&place, &secdb("", 100), &["--at", "2024-05-01"]).code, 0);
    let ran = build(&place, &secdb("", 50), &["--at", "2024-06-01"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    let why = "a newer state of wolfi-secdb has 50 records of 100";
    assert!(ran.stderr.contains(&format!("wolfi: {why}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("--accept-shrunk wolfi-secdb"), "{}", ran.stderr);
    let segment = place.segment("wolfi");
    assert_eq!(segment["records"], 100);
    assert_eq!(segment["old"]["since"], "2024-05-01T00:00:00Z");
    assert_eq!(segment["old"]["why"], why);
    let ran = build(&place, &secdb("", 50), &["--accept-shrunk", "wolfi-secdb"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.segment("wolfi")["records"], 50);
    assert!(place.segment("wolfi")["old"].is_null());
    assert_eq!(build(&place, &secdb("", 26), &[]).code, 0);
}

#[test]
fn a_build_over_a_database_keeps_the_segment_of_a_feed_that_is_broken() {
    let place = Place::new();
    let whole = secdb("", 100);
    assert_eq!(build(&place, &whole, &[]).code, 0);
    let dsa = place.path("own/data/DSA");
    fs::create_dir_all(&dsa).unwrap();
    let list = "[12 Feb 2024] DSA-5999-1 lantern - security update\n\
                \t{CVE-2024-10001}\n\t[bookworm] - lantern 2.0-1+deb12u2\n";
    fs::write(dsa.join("list"), list).unwrap();
    for broken in [&whole[..whole.len() / 2], "", "<html>"] {
        let ran = build(&place, broken, &[]);
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("wolfi/security.json"), "{}", ran.stderr);
        assert_eq!(place.segments(), ["debian-12 1", "wolfi 100"]);
        assert!(place.segment("wolfi")["old"]["why"].is_string());
    }
    assert_eq!(build(&place, &whole, &[]).code, 0);
    assert!(place.segment("wolfi")["old"].is_null());
}

#[test]
fn reports_say_that_advisories_are_old() {
    let place = Place::new();
    assert_eq!(build(&place, &secdb("", 100), &["--at", "2024-05-01"]).code, 0);
    build(&place, &secdb("", 1), &["--at", "2024-06-01"]);
    let root = place.path("root");
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::create_dir_all(root.join("lib/apk/db")).unwrap();
    fs::write(root.join("etc/os-release"), "ID=wolfi\nVERSION_ID=20230201\n").unwrap();
    let installed = "P:lantern\nV:1.1-r0\nA:x86_64\nL:MIT\no:lantern\n\n";
    fs::write(root.join("lib/apk/db/installed"), installed).unwrap();
    let mut command = lazaret();
    command.args(["rootfs", "-f", "json"]).arg(&root);
    let problems = ran(command.arg("--db").arg(place.db())).json()["inventory"].to_string();
    let said = "1 apk package was checked with old advisories of 2024-05-01";
    assert!(problems.contains(said), "{problems}");
    let mut command = lazaret();
    command.args(["db", "status", "--db"]).arg(place.db());
    let status = ran(&mut command).stdout;
    assert!(status.contains("old: a newer state of wolfi-secdb"), "{status}");
}
