//! Images in a real registry, scanned by reference: the same findings as from the layout they were
//! pushed from.

use crate::support::{Ran, example, lazaret, packages, ran, ran_with_input, run, shared, text};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lazaret_testkit::parse_recipe;
use lazaret_testkit::registry::{PASSWORD, Registry, Setup, USERNAME};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What names the platform of every image here, wherever the test runs.
const AMD64: [&str; 2] = ["--platform", "linux/amd64"];

/// The example as an OCI layout.
fn example_layout() -> TempDir {
    let recipe = fs::read_to_string(example().with_extension("recipe")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    parse_recipe(&recipe).unwrap().write_layout(folder.path()).unwrap();
    folder
}

/// A registry with the example in it as `ferry:1`.
fn registry_with_example(setup: Setup) -> Option<Registry> {
    let registry = Registry::start(setup)?;
    registry.push(example_layout().path(), None, "team/ferry:1", &[]);
    Some(registry)
}

fn scan(reference: &str, arguments: &[&str]) -> Ran {
    ran(lazaret().args(["image", "-f", "json"]).args(AMD64).args(arguments).arg(reference))
}

/// The findings as they are written, without what is around them.
#[track_caller]
fn findings(ran: &Ran) -> String {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let findings = serde_json::to_string_pretty(&ran.json()["findings"]).unwrap();
    // More than an empty list.
    assert!(findings.len() > 100, "{findings}");
    findings
}

#[track_caller]
fn assert_refused(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert_eq!(ran.stdout, "");
    for part in said {
        assert!(ran.stderr.contains(part), "`{part}` is missing from {}", ran.stderr);
    }
}

#[test]
fn a_reference_gives_the_findings_of_the_layout_it_was_pushed_from() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let ferry = example_layout();
    let mut layouts: Vec<(&str, PathBuf)> = vec![("ferry", ferry.path().to_owned())];
    for name in ["langmix-mini", "langmix-mini-zstd"] {
        layouts.extend(shared(&format!("corpus/images/oci/{name}")).map(|path| (name, path)));
    }
    for (name, layout) in layouts {
        registry.push(&layout, None, &format!("scan/{name}:1.0"), &[]);
        let reference = format!("{}/scan/{name}:1.0", registry.address);
        let pulled = scan(&reference, &["--insecure"]);
        let read = scan_input(&layout, &[]);
        assert_eq!(findings(&pulled), findings(&read), "{name}");
        let (pulled, read) = (pulled.json(), read.json());
        assert_eq!(pulled["inventory"], read["inventory"], "{name}");
        assert_eq!(pulled["image"]["digest"], read["image"]["digest"], "{name}");
        assert_eq!(text(&pulled["image"]["name"]), reference);
    }
}

fn scan_input(path: &Path, arguments: &[&str]) -> Ran {
    let mut command = lazaret();
    ran(command.args(["image", "-f", "json", "--input"]).arg(path).args(AMD64).args(arguments))
}

#[test]
fn dockers_own_format_gives_the_same_findings() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let layout = example_layout();
    registry.push(layout.path(), None, "ferry:docker", &["--format=v2s2"]);
    let pulled = scan(&format!("{}/ferry:docker", registry.address), &["--insecure"]);
    assert_eq!(findings(&pulled), findings(&scan_input(layout.path(), &[])));
}

#[test]
fn a_digest_pins_the_image() {
    let Some(registry) = registry_with_example(Setup::default()) else { return };
    let name = format!("{}/team/ferry", registry.address);
    let by_tag = scan(&format!("{name}:1"), &["--insecure"]);
    let digest = text(&by_tag.json()["image"]["digest"]).to_owned();
    let by_digest = scan(&format!("{name}@{digest}"), &["--insecure"]);
    assert_eq!(findings(&by_digest), findings(&by_tag));
    let other = format!("{name}@sha256:{}", "0".repeat(64));
    assert_refused(&scan(&other, &["--insecure"]), &[&other, "not found"]);
}

#[test]
fn every_way_to_give_a_password_opens_a_closed_registry() {
    let Some(registry) = registry_with_example(Setup { password: true, tls: false }) else {
        return;
    };
    let reference = format!("{}/team/ferry:1", registry.address);
    let expected = findings(&scan_input(example_layout().path(), &[]));

    let as_flags = ["--insecure", "--username", USERNAME, "--password", PASSWORD];
    assert_eq!(findings(&scan(&reference, &as_flags)), expected);

    let scan_with = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = lazaret();
        command.envs(environment.iter().copied()).args(["image", "-f", "json", "--insecure"]);
        ran(command.args(AMD64).args(arguments).arg(&reference))
    };
    let as_environment = [("LAZARET_USERNAME", USERNAME), ("LAZARET_PASSWORD", PASSWORD)];
    assert_eq!(findings(&scan_with(&as_environment, &[])), expected);

    let login = tempfile::tempdir().unwrap();
    let auth = BASE64_STANDARD.encode(format!("{USERNAME}:{PASSWORD}"));
    let config = format!(r#"{{"auths": {{"{}": {{"auth": "{auth}"}}}}}}"#, registry.address);
    fs::write(login.path().join("config.json"), config).unwrap();
    let as_login = [("DOCKER_CONFIG", login.path().to_str().unwrap())];
    assert_eq!(findings(&scan_with(&as_login, &[])), expected);

    // A wrong password in the environment stands back behind the one on standard input.
    let mut command = lazaret();
    command.env("LAZARET_PASSWORD", "wrong-one").args(["image", "-f", "json", "--insecure"]);
    command.args(AMD64).args(["--username", USERNAME, "--password-stdin", &reference]);
    assert_eq!(findings(&ran_with_input(&mut command, &format!("{PASSWORD}\n"))), expected);
}

#[test]
fn refused_credentials_are_said_and_never_shown() {
    let Some(registry) = registry_with_example(Setup { password: true, tls: false }) else {
        return;
    };
    let reference = format!("{}/team/ferry:1", registry.address);
    let wrong = ["--insecure", "--username", USERNAME, "--password", "wrong-one"];
    let refused = scan(&reference, &wrong);
    assert_refused(&refused, &["refuses access", &reference, "does not accept", "--password"]);
    assert!(!refused.stderr.contains("wrong-one"), "{}", refused.stderr);

    let nothing = scan(&reference, &["--insecure"]);
    assert_refused(&nothing, &["refuses access", &reference, "--username", "docker login"]);

    let alone = scan(&reference, &["--insecure", "--username", USERNAME]);
    assert_refused(&alone, &["--password-stdin", "LAZARET_PASSWORD"]);
    let nameless = scan(&reference, &["--insecure", "--password", PASSWORD]);
    assert_refused(&nameless, &["--username"]);
    assert!(!nameless.stderr.contains(PASSWORD), "{}", nameless.stderr);
}

#[test]
fn what_is_not_there_is_named() {
    let Some(registry) = registry_with_example(Setup::default()) else { return };
    for name in ["team/ferry:2", "team/other:1"] {
        let reference = format!("{}/{name}", registry.address);
        assert_refused(&scan(&reference, &["--insecure"]), &[&reference, "was not found"]);
    }
    let reference = format!("{}/team/ferry:1", registry.address);
    let mut command = lazaret();
    let other = ran(command.args(["image", "--insecure", "--platform", "linux/s390x", &reference]));
    assert_refused(&other, &["linux/s390x", "linux/amd64"]);
}

#[test]
fn a_layer_that_the_registry_lost_is_named() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let layout = example_layout();
    registry.push(layout.path(), None, "ferry:1", &[]);
    let layer = text(&scan_input(layout.path(), &[]).json()["image"]["layers"][1]["blob_digest"])
        .to_owned();
    registry.lose(&layer);
    let reference = format!("{}/ferry:1", registry.address);
    assert_refused(&scan(&reference, &["--insecure"]), &[&layer, "missing"]);
}

#[test]
fn plain_http_is_used_only_when_it_is_allowed() {
    let Some(registry) = registry_with_example(Setup::default()) else { return };
    let reference = format!("{}/team/ferry:1", registry.address);
    assert_refused(&scan(&reference, &[]), &[&registry.address, "HTTPS", "--insecure"]);
    assert_eq!(scan(&reference, &["--insecure"]).code, 0);
    // As in a pipeline.
    let mut command = lazaret();
    command.env("LAZARET_INSECURE", "1").args(["image", &reference]).args(AMD64);
    assert_eq!(ran(&mut command).code, 0);
}

#[test]
fn a_certificate_has_to_be_trusted() {
    let Some(registry) = registry_with_example(Setup { password: true, tls: true }) else {
        return;
    };
    let reference = format!("{}/team/ferry:1", registry.address);
    let login = ["--username", USERNAME, "--password", PASSWORD];
    let authority = registry.authority();
    let trusting = [&login[..], &["--cacert", authority.to_str().unwrap()]].concat();
    let expected = findings(&scan_input(example_layout().path(), &[]));
    assert_eq!(findings(&scan(&reference, &trusting)), expected);
    assert_refused(&scan(&reference, &login), &["securely", "--cacert", "--insecure"]);
    let gone = [&login[..], &["--cacert", "gone.pem"]].concat();
    assert_refused(&scan(&reference, &gone), &["gone.pem"]);
}

#[test]
fn every_platform_of_an_index_is_scanned() {
    let Some(layout) = shared("corpus/images/edge/multi-arch") else { return };
    let Some(registry) = Registry::start(Setup::default()) else { return };
    registry.push(&layout, None, "multi:1", &[]);
    let reference = format!("{}/multi:1", registry.address);
    let pulled = run(&["image", "-f", "json", "--insecure", "--platform", "all", &reference]);
    let input = layout.to_str().unwrap();
    let read = run(&["image", "-f", "json", "--platform", "all", "--input", input]);
    let reports = |ran: &Ran| ran.json()["reports"].as_array().unwrap().clone();
    let (pulled, read) = (reports(&pulled), reports(&read));
    // `facts.json` beside the image: two packages for amd64, one for arm64.
    let counts: Vec<usize> = pulled.iter().map(|report| packages(report, "apk").len()).collect();
    assert_eq!(counts, [2, 1]);
    for (pulled, read) in pulled.iter().zip(&read) {
        for key in ["findings", "inventory"] {
            assert_eq!(pulled[key].to_string(), read[key].to_string(), "{key}");
        }
        assert_eq!(pulled["image"]["platform"], read["image"]["platform"]);
    }
}

#[test]
fn a_registry_that_is_not_there_is_given_up_soon() {
    // Nobody listens where a listener has just been.
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for arguments in [&[][..], &["--insecure"]] {
        let begin = Instant::now();
        let refused = scan(&format!("{dead}/app:1"), arguments);
        assert_refused(&refused, &["failed to reach", &format!("{dead}/app:1"), "refused"]);
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
}

#[test]
fn a_registry_that_is_silent_ends_with_the_time_there_is() {
    // It accepts the connection, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let begin = Instant::now();
    let refused = scan(&format!("{address}/app:1"), &["--timeout", "500ms"]);
    assert_refused(&refused, &["0.5 s", "--timeout"]);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}
