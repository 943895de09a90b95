//! What a real registry serves.

use crate::real::{PASSWORD, Registry, Setup, USERNAME, lose, push};
use crate::sample::{Sample, digest, index};
use crate::{assert_holds, assert_says, files, open, open_for, options, refused};
use lazaret_image::{Credentials, PlatformChoice, Redacted, RegistryOptions};
use std::fs;
use std::net::TcpListener;
use std::thread;

/// Enough for several reads, requests and buffers.
const NOISE: usize = 3 << 20;

fn with_password(password: &str) -> RegistryOptions {
    let username = USERNAME.to_owned();
    let credentials = vec![Credentials { username, password: Redacted::new(password) }];
    RegistryOptions { credentials, ..options() }
}

#[test]
fn an_image_is_found_by_tag_and_by_digest() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let sample = Sample::with_noise("amd64", NOISE);
    push(&registry, "team/app:1.0", &[&sample], &[]);
    let pinned = digest(&sample.manifest);
    for name in ["team/app:1.0", &format!("team/app@{pinned}")] {
        let source = open(&format!("{}/{name}", registry.address), options()).unwrap();
        let image = &source.images()[0];
        assert_eq!(image.name, format!("{}/{name}", registry.address));
        assert_eq!(image.digest.as_ref().unwrap().to_string(), pinned);
        assert_eq!(image.config_digest.as_ref().unwrap().to_string(), digest(&sample.config));
        assert_eq!(image.config.user.as_deref(), Some("nobody"));
        assert_holds(&source, 0, &sample);
    }
}

#[test]
fn layers_are_read_at_the_same_time() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let sample = Sample::with_noise("amd64", NOISE);
    push(&registry, "app:1", &[&sample], &[]);
    let source = open(&format!("{}/app:1", registry.address), options()).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_holds(&source, 0, &sample));
        }
    });
}

#[test]
fn the_platform_is_picked_from_an_index() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let (amd, arm) = (Sample::with_noise("amd64", 10), Sample::with_noise("arm64", 10));
    push(&registry, "app:1", &[&amd, &arm], &[]);
    let name = format!("{}/app:1", registry.address);
    let one = |platform: &str| PlatformChoice::One(platform.parse().unwrap());

    let source = open_for(one("linux/arm64"), &name, options()).unwrap();
    assert_eq!(source.images().len(), 1);
    assert_eq!(source.images()[0].digest.as_ref().unwrap().to_string(), digest(&arm.manifest));
    assert_holds(&source, 0, &arm);

    let source = open_for(PlatformChoice::All, &name, options()).unwrap();
    assert_eq!(source.images().len(), 2);
    assert_holds(&source, 0, &amd);
    assert_holds(&source, 1, &arm);

    let message = refused(open_for(one("linux/s390x"), &name, options()));
    assert_says(&message, &[&name, "linux/s390x", "linux/amd64", "linux/arm64"]);

    let list = digest(&index(&[amd.entry(), arm.entry()]));
    let pinned = format!("{}/app@{list}", registry.address);
    let source = open_for(one("linux/amd64"), &pinned, options()).unwrap();
    assert_holds(&source, 0, &amd);
}

#[test]
fn images_in_dockers_own_format_are_read() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let sample = Sample::with_noise("amd64", 10);
    push(&registry, "app:1", &[&sample], &["--format=v2s2"]);
    let source = open(&format!("{}/app:1", registry.address), options()).unwrap();
    // Skopeo writes another manifest, over the same configuration and layers.
    assert_ne!(source.images()[0].digest.as_ref().unwrap().to_string(), digest(&sample.manifest));
    assert_holds(&source, 0, &sample);
}

#[test]
fn what_does_not_exist_is_not_found() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    push(&registry, "app:1", &[&Sample::with_noise("amd64", 10)], &[]);
    let unknown = format!("app@sha256:{}", "0".repeat(64));
    for name in ["app:2", "other:1", &unknown] {
        let name = format!("{}/{name}", registry.address);
        let message = refused(open(&name, options()));
        assert_says(&message, &[&format!("{name} was not found"), "check the repository"]);
    }
}

#[test]
fn a_password_opens_what_is_closed_without() {
    let Some(registry) = Registry::start(Setup { password: true, ..Setup::default() }) else {
        return;
    };
    let sample = Sample::with_noise("amd64", NOISE);
    push(&registry, "app:1", &[&sample], &[]);
    let name = format!("{}/app:1", registry.address);
    assert_holds(&open(&name, with_password(PASSWORD)).unwrap(), 0, &sample);

    let mut several = with_password("old");
    several.credentials.extend(with_password(PASSWORD).credentials);
    assert_holds(&open(&name, several).unwrap(), 0, &sample);

    let message = refused(open(&name, with_password("wrong-one")));
    assert_says(&message, &["refuses access", &name, "does not accept", "--password"]);
    assert!(!message.contains("wrong-one"), "{message}");

    let message = refused(open(&name, options()));
    let login = format!("docker login {}", registry.address);
    assert_says(&message, &["refuses access", "no credentials were sent", &login]);
}

#[test]
fn a_password_is_found_where_a_login_left_it() {
    let Some(registry) = Registry::start(Setup { password: true, ..Setup::default() }) else {
        return;
    };
    let sample = Sample::with_noise("amd64", 10);
    push(&registry, "app:1", &[&sample], &[]);
    let name = format!("{}/app:1", registry.address);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    let log_in = |username: &str, password: &str| {
        let registry = &registry.address;
        let login = format!(r#"{{"username": "{username}", "password": "{password}"}}"#);
        fs::write(&file, format!(r#"{{"auths": {{"{registry}": {login}}}}}"#)).unwrap();
        RegistryOptions { credential_files: vec![file.clone()], ..options() }
    };
    assert_holds(&open(&name, log_in(USERNAME, PASSWORD)).unwrap(), 0, &sample);
    let message = refused(open(&name, log_in(USERNAME, "wrong-one")));
    assert_says(&message, &["does not accept", &file.display().to_string(), "docker login"]);
    assert!(!message.contains("wrong-one"), "{message}");
}

#[test]
fn https_needs_an_authority_to_trust() {
    let Some(registry) = Registry::start(Setup { tls: true, ..Setup::default() }) else { return };
    let sample = Sample::with_noise("amd64", NOISE);
    push(&registry, "app:1", &[&sample], &[]);
    let name = format!("{}/app:1", registry.address);
    let https = RegistryOptions { plain_http: false, ..options() };

    let trusting = RegistryOptions { ca_certificates: vec![registry.authority()], ..https.clone() };
    assert_holds(&open(&name, trusting).unwrap(), 0, &sample);

    let message = refused(open(&name, https.clone()));
    assert_says(&message, &["securely", "UnknownIssuer", "--cacert", "--insecure"]);

    let careless = RegistryOptions { insecure_skip_verify: true, ..https.clone() };
    assert_holds(&open(&name, careless).unwrap(), 0, &sample);

    let folder = tempfile::tempdir().unwrap();
    let no_certificate = folder.path().join("empty.pem");
    fs::write(&no_certificate, "nothing").unwrap();
    let wrong = RegistryOptions { ca_certificates: vec![no_certificate.clone()], ..https };
    assert_says(&refused(open(&name, wrong)), &[&no_certificate.display().to_string(), "PEM"]);
}

#[test]
fn plain_http_is_only_spoken_when_allowed() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let sample = Sample::with_noise("amd64", 10);
    push(&registry, "app:1", &[&sample], &[]);
    let name = format!("{}/app:1", registry.address);
    let https = RegistryOptions { plain_http: false, ..options() };
    let message = refused(open(&name, https.clone()));
    assert_says(&message, &["does not seem to speak HTTPS", "--insecure"]);
    let careless = RegistryOptions { insecure_skip_verify: true, ..https };
    assert_holds(&open(&name, careless).unwrap(), 0, &sample);
}

#[test]
fn mirrors_are_asked_before_the_registry() {
    let Some(registry) = Registry::start(Setup::default()) else { return };
    let sample = Sample::with_noise("amd64", NOISE);
    push(&registry, "cache/team/app:1", &[&sample], &[]);
    // Nobody listens where a listener has just been.
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mirrors = vec![format!("http://{dead}"), format!("http://{}/cache", registry.address)];
    let with_mirrors = |mirrors| RegistryOptions {
        mirrors: [("registry.invalid".to_owned(), mirrors)].into(),
        retries: 0,
        ..options()
    };
    let name = "registry.invalid/team/app:1";
    let source = open(name, with_mirrors(mirrors)).unwrap();
    assert_eq!(source.images()[0].name, name);
    assert_holds(&source, 0, &sample);

    let empty = vec![format!("http://{}/elsewhere", registry.address)];
    let message = refused(open(name, with_mirrors(empty)));
    assert_says(&message, &["failed to reach registry.invalid", name]);
}

#[test]
fn a_layer_that_a_mirror_lost_comes_from_the_registry() {
    let (Some(registry), Some(mirror)) =
        (Registry::start(Setup::default()), Registry::start(Setup::default()))
    else {
        return;
    };
    let sample = Sample::with_noise("amd64", 10);
    push(&registry, "app:1", &[&sample], &[]);
    push(&mirror, "app:1", &[&sample], &[]);
    lose(&mirror, &sample.layers[1]);
    let own = registry.address.clone();
    let mirrored = RegistryOptions {
        mirrors: [(own.clone(), vec![format!("http://{}", mirror.address)])].into(),
        ..options()
    };
    assert_holds(&open(&format!("{own}/app:1"), mirrored).unwrap(), 0, &sample);

    let source = open(&format!("{}/app:1", mirror.address), options()).unwrap();
    let Err(error) = files(&source, 0, 1) else { panic!("the layer is gone") };
    assert_says(&error.to_string(), &["missing", &digest(&sample.layers[1])]);
}
