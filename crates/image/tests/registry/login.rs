//! Tokens, passwords, and who gets to see them.

use crate::fake::{Fake, Reply, Request, honest};
use crate::sample::{Sample, digest};
use crate::{assert_holds, assert_says, files, open, options, refused, told};
use lazaret_image::{Credentials, Redacted, RegistryOptions};
use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// `echo -n ann:pa55 | base64`
const ANN: &str = "Basic YW5uOnBhNTU=";

fn credentials(password: &str) -> Vec<Credentials> {
    vec![Credentials { username: "ann".to_owned(), password: Redacted::new(password) }]
}

/// A registry that wants the token `good`, and the service that gives it.
fn with_token_service(
    sample: Sample,
    give: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> (Fake, Fake) {
    let service = Fake::serve(move |request, _| give(request));
    let realm = format!("http://{}/token?x=1", service.address);
    let registry = Fake::serve(move |request, _| {
        if request.header("authorization") == Some("Bearer good") {
            return honest(&sample, request);
        }
        Reply::new(401, r#"{"errors":[{"code":"UNAUTHORIZED","message":"who is there"}]}"#).header(
            "WWW-Authenticate",
            format!(r#"Bearer realm="{realm}",service="the registry",scope="repository:app:pull""#),
        )
    });
    (registry, service)
}

#[test]
fn a_token_is_asked_for_once_and_used_for_everything() {
    let sample = Arc::new(Sample::with_noise("amd64", 10));
    let (registry, service) = with_token_service(Sample::with_noise("amd64", 10), |request| {
        assert_eq!(request.path, "/token?x=1&service=the+registry&scope=repository%3Aapp%3Apull");
        assert_eq!(request.header("authorization"), None);
        Reply::new(200, r#"{"token": "good", "expires_in": 300}"#)
    });
    let source = open(&format!("{}/app:1", registry.address), options()).unwrap();
    assert_holds(&source, 0, &sample);
    assert_eq!(service.requests().len(), 1);
    let seen: Vec<Option<String>> = registry
        .requests()
        .iter()
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    let good = Some("Bearer good".to_owned());
    // The manifest twice, the configuration, two layers.
    assert_eq!(seen, [None, good.clone(), good.clone(), good.clone(), good]);
}

#[test]
fn a_password_goes_to_the_token_service_only() {
    let (registry, service) = with_token_service(Sample::with_noise("amd64", 10), |request| {
        match request.header("authorization") {
            Some(ANN) => Reply::new(200, r#"{"access_token": "good"}"#),
            _ => Reply::new(
                401,
                r#"{"errors":[{"code":"UNAUTHORIZED","message":"incorrect password"}]}"#,
            ),
        }
    });
    let name = format!("{}/app:1", registry.address);
    let right = RegistryOptions { credentials: credentials("pa55"), ..options() };
    open(&name, right).unwrap();
    assert!(registry.requests().iter().all(|r| r.header("authorization") != Some(ANN)));
    assert_eq!(service.requests().len(), 1);

    let wrong = RegistryOptions { credentials: credentials("hunter2"), ..options() };
    let message = refused(open(&name, wrong));
    assert_says(&message, &["refuses access", "--password", "incorrect password"]);
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn a_token_that_has_expired_is_replaced() {
    let sample = Arc::new(Sample::with_noise("amd64", 10));
    let served = Arc::clone(&sample);
    let service = Fake::serve(|_, before| Reply::new(200, format!(r#"{{"token": "t{before}"}}"#)));
    let realm = format!("http://{}/token", service.address);
    let registry = Fake::serve(move |request, _| {
        // The first token is good for documents only, as if it expired before the layers.
        let layers = served.layers.iter().any(|layer| request.path.ends_with(&digest(layer)));
        let wanted = if layers { "Bearer t1" } else { "Bearer t0" };
        match request.header("authorization") {
            Some(token) if token == wanted => honest(&served, request),
            _ => {
                Reply::new(401, "").header("WWW-Authenticate", format!(r#"Bearer realm="{realm}""#))
            }
        }
    });
    let source = open(&format!("{}/app:1", registry.address), options()).unwrap();
    assert_holds(&source, 0, &sample);
    let asked: Vec<String> = service.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(asked, ["/token?scope=repository%3Aapp%3Apull"; 2]);
}

#[test]
fn an_identity_token_is_exchanged() {
    let (registry, service) = with_token_service(Sample::with_noise("amd64", 10), |request| {
        assert_eq!((&*request.method, &*request.path), ("POST", "/token?x=1"));
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(
            request.body,
            "service=the+registry&scope=repository%3Aapp%3Apull&grant_type=refresh_token\
             &client_id=lazaret&refresh_token=id+token"
        );
        Reply::new(200, r#"{"access_token": "good"}"#)
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let address = &registry.address;
    fs::write(&file, format!(r#"{{"auths": {{"{address}": {{"identitytoken": "id token"}}}}}}"#))
        .unwrap();
    let logged_in = RegistryOptions { credential_files: vec![file], ..options() };
    open(&format!("{address}/app:1"), logged_in).unwrap();
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn a_registry_token_is_sent_as_it_is() {
    let (registry, service) =
        with_token_service(Sample::with_noise("amd64", 10), |_| Reply::new(500, ""));
    let name = format!("{}/app:1", registry.address);
    let token = |token| RegistryOptions { registry_token: Some(Redacted::new(token)), ..options() };
    open(&name, token("good")).unwrap();
    assert!(service.requests().is_empty());
    let message = refused(open(&name, token("b4d")));
    assert_says(&message, &["refuses access", "--registry-token", "who is there"]);
    assert!(!message.contains("b4d"), "{message}");
}

#[test]
fn a_token_service_that_is_down_is_no_wrong_password() {
    let (registry, service) =
        with_token_service(Sample::with_noise("amd64", 10), |_| Reply::new(503, ""));
    let right = RegistryOptions { credentials: credentials("pa55"), ..options() };
    let message = refused(open(&format!("{}/app:1", registry.address), right));
    assert_says(&message, &["status 503"]);
    assert_eq!(service.requests().len(), 4, "one request and three repetitions");
}

#[test]
fn storage_elsewhere_sees_no_credentials() {
    let sample = Arc::new(Sample::with_noise("amd64", 10));
    let stored = Arc::clone(&sample);
    let storage = Fake::serve(move |request, _| {
        let blob = stored.layers.iter().find(|layer| request.path.contains(&digest(layer)));
        Reply::part(request, blob.unwrap())
    });
    let (elsewhere, served) = (storage.address.clone(), Arc::clone(&sample));
    let registry = Fake::serve(move |request, _| {
        if request.header("authorization") != Some(ANN) {
            return Reply::new(401, "").header("WWW-Authenticate", "Basic realm=\"r\"");
        }
        let layer = served.layers.iter().find(|layer| request.path.ends_with(&digest(layer)));
        layer.map_or_else(
            || honest(&served, request),
            |layer| {
                Reply::new(307, "")
                    .header("Location", format!("http://{elsewhere}/s3/{}?sig=x", digest(layer)))
            },
        )
    });
    let right = RegistryOptions { credentials: credentials("pa55"), ..options() };
    let source = open(&format!("{}/app:1", registry.address), right).unwrap();
    assert_holds(&source, 0, &sample);
    assert_eq!(storage.requests().len(), 2);
    for request in storage.requests() {
        assert_eq!(request.header("authorization"), None, "{request:?}");
        assert_eq!(request.header("referer"), None, "{request:?}");
    }
}

#[test]
fn storage_elsewhere_cannot_ask_for_credentials() {
    let sample = Arc::new(Sample::with_noise("amd64", 10));
    let thief = Fake::serve(|_, _| {
        Reply::new(401, "").header("WWW-Authenticate", "Basic realm=\"tell me\"")
    });
    let (elsewhere, served) = (thief.address.clone(), Arc::clone(&sample));
    let registry = Fake::serve(move |request, _| {
        if request.path.ends_with(&digest(&served.layers[1])) {
            let url = format!("http://{elsewhere}/secret-signature");
            return Reply::new(302, "").header("Location", url);
        }
        honest(&served, request)
    });
    let right = RegistryOptions { credentials: credentials("pa55"), ..options() };
    let source = open(&format!("{}/app:1", registry.address), right).unwrap();
    let Err(error) = files(&source, 0, 1) else { panic!("the thief has no layer") };
    let message = told(&error);
    assert_says(&message, &[&thief.address, "401"]);
    assert!(!message.contains("secret-signature"), "{message}");
    assert_eq!(thief.requests().len(), 1);
    assert_eq!(thief.requests()[0].header("authorization"), None);
}

#[test]
fn mirrors_do_not_see_the_registrys_credentials() {
    let wants_password =
        |_: &Request, _| Reply::new(401, "").header("WWW-Authenticate", "Basic realm=\"r\"");
    let (mirror, registry) = (Fake::serve(wants_password), Fake::serve(wants_password));
    let mirrored = RegistryOptions {
        mirrors: [(registry.address.clone(), vec![format!("http://{}", mirror.address)])].into(),
        credentials: credentials("pa55"),
        ..options()
    };
    refused(open(&format!("{}/app:1", registry.address), mirrored));
    assert!(!mirror.requests().is_empty());
    assert!(mirror.requests().iter().all(|request| request.header("authorization").is_none()));
    assert!(registry.requests().iter().any(|r| r.header("authorization") == Some(ANN)));
}

#[test]
fn the_registry_knows_who_asks() {
    let sample = Sample::with_noise("amd64", 10);
    let fake = Fake::serve(move |request, _| honest(&sample, request));
    open(&format!("{}/app:1", fake.address), options()).unwrap();
    let requests = fake.requests_for("/manifests/");
    let agent = requests[0].header("user-agent").unwrap();
    assert!(agent.starts_with("lazaret/"), "{agent}");
    let accept = requests[0].header("accept").unwrap();
    // The four media types of the image specification and of Docker's registry API.
    for media_type in [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ] {
        assert!(accept.contains(media_type), "{accept}");
    }
}

/// Names the folder with the registry's address and the helper, for the test below.
const HELPER_FOLDER: &str = "LAZARET_TEST_HELPER_FOLDER";

/// Runs this program again, since helpers are looked for in `PATH` and a program does not change
/// its own environment.
#[cfg(unix)]
fn with_helper(script: &str) -> (String, Duration) {
    use std::os::unix::fs::PermissionsExt as _;
    let sample = Sample::with_noise("amd64", 10);
    let registry = Fake::serve(move |request, _| match request.header("authorization") {
        Some(ANN) => honest(&sample, request),
        _ => Reply::new(401, "").header("WWW-Authenticate", "Basic realm=\"r\""),
    });
    let folder = tempfile::tempdir().unwrap();
    let helper = folder.path().join("docker-credential-lazarettest");
    fs::write(&helper, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join("config.json"), r#"{"credsStore": "lazarettest"}"#).unwrap();
    fs::write(folder.path().join("address"), &registry.address).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let begin = Instant::now();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "login::helper_child", "--ignored", "--nocapture"])
        .env("PATH", path)
        .env(HELPER_FOLDER, folder.path())
        .output()
        .unwrap();
    (String::from_utf8(output.stdout).unwrap(), begin.elapsed())
}

#[test]
#[ignore = "run by the tests of credential helpers, in an environment of its own"]
fn helper_child() {
    let Some((_, folder)) = std::env::vars().find(|(name, _)| name == HELPER_FOLDER) else {
        println!("skipped: there is no helper to ask");
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let address = fs::read_to_string(folder.join("address")).unwrap();
    let logged_in = RegistryOptions {
        credential_files: vec![folder.join("config.json")],
        helper_timeout: Duration::from_millis(500),
        ..options()
    };
    match open(&format!("{address}/app:1"), logged_in) {
        Ok(source) => println!("opened {}", source.images().len()),
        Err(error) => println!("failed: {}", told(&error)),
    }
}

#[cfg(unix)]
#[test]
fn a_credential_helper_is_asked() {
    let answer = r#"read server; echo "{\"Username\": \"ann\", \"Secret\": \"pa55\"}""#;
    let (output, _) = with_helper(answer);
    assert_says(&output, &["opened 1"]);
}

#[cfg(unix)]
#[test]
fn a_credential_helper_that_has_nothing_is_no_failure() {
    let (output, _) =
        with_helper("read server; echo 'credentials not found in native keychain'; exit 1");
    assert_says(&output, &["no credentials were sent; log in"]);
}

#[cfg(unix)]
#[test]
fn a_credential_helper_that_hangs_is_left_behind() {
    let (output, elapsed) = with_helper("exec sleep 5");
    assert_says(&output, &["no credentials were sent", "did not answer"]);
    assert!(elapsed < Duration::from_secs(4), "{elapsed:?}");
}

#[cfg(unix)]
#[test]
fn the_words_of_a_credential_helper_are_not_repeated() {
    let (output, _) = with_helper("read server; echo s3cret; echo s3cret >&2; exit 1");
    assert_says(&output, &["`docker-credential-lazarettest` failed"]);
    assert!(!output.contains("s3cret"), "{output}");
}
