//! Writing to a registry that is difficult.

use crate::fake::{Fake, Reply, Request};
use crate::sample::digest;
use crate::{assert_says, options, told};
use lazaret_core::reference::Reference;
use lazaret_image::artifact::{
    ArtifactError, ArtifactManifest, Blob, ManifestName, Repository, Store as _,
};
use lazaret_image::{Credentials, Redacted, RegistryOptions};

/// `echo -n ann:pa55 | base64`
const ANN: &str = "Basic YW5uOnBhNTU=";
const BYTES: &[u8] = b"the bytes of a blob";
const UPLOADS: &str = "/v2/app/blobs/uploads/";

fn upload(registry: &Fake, options: RegistryOptions) -> Result<(), ArtifactError> {
    let reference = Reference::parse(&format!("{}/app:1", registry.address)).unwrap();
    Repository::writing(&reference, &options)?.put_blob(&Blob::from_bytes(BYTES.to_vec()))
}

fn begun(place: &str) -> Reply {
    Reply::new(202, "").header("Location", place)
}

/// The requests that were made, as `METHOD path`.
fn asked(fake: &Fake) -> Vec<String> {
    fake.requests().iter().map(|request| format!("{} {}", request.method, request.path)).collect()
}

#[test]
fn a_blob_goes_where_the_registry_says() {
    let fake = Fake::serve(|request, _| match (&*request.method, &*request.path) {
        ("POST", UPLOADS) => begun("/elsewhere/7?state=a%2Fb"),
        ("PUT", _) => Reply::new(201, ""),
        _ => Reply::new(404, ""),
    });
    upload(&fake, options()).unwrap();
    let name = digest(BYTES).replace(':', "%3A");
    let put = format!("PUT /elsewhere/7?state=a%2Fb&digest={name}");
    assert_eq!(asked(&fake), [format!("POST {UPLOADS}"), put]);
    let put = &fake.requests()[1];
    assert_eq!(put.body.as_bytes(), BYTES);
    assert_eq!(put.header("content-length"), Some("19"));
    assert_eq!(put.header("content-type"), Some("application/octet-stream"));
}

#[test]
fn an_upload_that_breaks_begins_again() {
    let fake = Fake::serve(|request, before| match (&*request.method, before) {
        ("POST", before) => begun(&format!("/upload/{before}")),
        ("PUT", _) if request.path.starts_with("/upload/0") => {
            // No status that there is: the answer ends before it begins.
            Reply::new(0, "")
        }
        ("PUT", _) if request.path.starts_with("/upload/1") => Reply::new(503, ""),
        _ => Reply::new(201, ""),
    });
    upload(&fake, options()).unwrap();
    let places: Vec<String> =
        asked(&fake).iter().map(|line| line.split('?').next().unwrap().to_owned()).collect();
    let post = "POST /v2/app/blobs/uploads/";
    assert_eq!(places, [post, "PUT /upload/0", post, "PUT /upload/1", post, "PUT /upload/2"]);
}

#[test]
fn a_refused_upload_is_not_repeated() {
    let fake = Fake::serve(|request, _| match &*request.method {
        "POST" => begun("/upload"),
        _ => Reply::new(400, r#"{"errors":[{"code":"DIGEST_INVALID","message":"no, thanks"}]}"#),
    });
    let error = upload(&fake, options()).unwrap_err();
    assert_says(&told(&error), &["status 400", "no, thanks", &digest(BYTES)]);
    assert_eq!(fake.requests().len(), 2);
}

#[test]
fn tokens_are_asked_for_that_are_good_for_writing() {
    let service = Fake::serve(|request, _| match request.header("authorization") {
        Some(ANN) => Reply::new(200, r#"{"token": "good"}"#),
        _ => Reply::new(401, ""),
    });
    let realm = format!("http://{}/token", service.address);
    let fake = Fake::serve(move |request, _| {
        if request.header("authorization") != Some("Bearer good") {
            // A registry asks for no more than the request needs.
            let challenge =
                format!(r#"Bearer realm="{realm}",service="r",scope="repository:app:pull""#);
            return Reply::new(401, "").header("WWW-Authenticate", challenge);
        }
        match &*request.method {
            "HEAD" => Reply::new(404, ""),
            "POST" => begun("/upload"),
            _ => Reply::new(201, ""),
        }
    });
    let credentials =
        vec![Credentials { username: "ann".to_owned(), password: Redacted::new("pa55") }];
    let reference = Reference::parse(&format!("{}/app:1", fake.address)).unwrap();
    let mut repository =
        Repository::writing(&reference, &RegistryOptions { credentials, ..options() }).unwrap();
    let blob = Blob::from_bytes(BYTES.to_vec());
    assert!(!repository.has_blob(blob.digest()).unwrap());
    repository.put_blob(&blob).unwrap();
    let scopes: Vec<String> = service.requests().iter().map(|r| r.path.clone()).collect();
    assert_eq!(scopes, ["/token?service=r&scope=repository%3Aapp%3Apull%2Cpush"]);
}

#[test]
fn storage_elsewhere_sees_no_credentials() {
    let storage = Fake::serve(|_, _| Reply::new(201, ""));
    let place = format!("http://{}/put?signature=s", storage.address);
    let fake = Fake::serve(move |request, _| match request.header("authorization") {
        Some(ANN) => begun(&place),
        _ => Reply::new(401, "").header("WWW-Authenticate", r#"Basic realm="r""#),
    });
    let credentials =
        vec![Credentials { username: "ann".to_owned(), password: Redacted::new("pa55") }];
    upload(&fake, RegistryOptions { credentials, ..options() }).unwrap();
    let seen = storage.requests();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[0].body.as_bytes(), BYTES);
}

#[test]
fn unusable_answers_are_errors() {
    let begin = |reply: fn() -> Reply| {
        Fake::serve(move |request: &Request, _| match &*request.method {
            "POST" => reply(),
            _ => Reply::new(201, "")
                .header("Docker-Content-Digest", format!("sha256:{}", "0".repeat(64))),
        })
    };
    for (fake, said) in [
        (begin(|| Reply::new(202, "")), "does not say where"),
        (begin(|| begun("mailto:ann@example.org")), "does not say where"),
        (begin(|| Reply::new(200, "")), "status 200"),
        (begin(|| begun("/upload")), "it took"),
    ] {
        assert_says(&told(&upload(&fake, options()).unwrap_err()), &[said]);
    }
}

#[test]
fn a_manifest_is_written_under_its_name() {
    let fake = Fake::serve(|_, _| Reply::new(201, ""));
    let reference = Reference::parse(&format!("{}/app:1", fake.address)).unwrap();
    let mut repository = Repository::writing(&reference, &options()).unwrap();
    let config = Blob::from_bytes(b"{}".to_vec()).descriptor("application/vnd.example.config");
    let manifest = ArtifactManifest::new("application/vnd.example", config, Vec::new());
    let bytes = manifest.to_json().unwrap();
    repository.put_manifest(&ManifestName::of(&reference), &manifest, &bytes).unwrap();
    let request = &fake.requests()[0];
    assert_eq!((&*request.method, &*request.path), ("PUT", "/v2/app/manifests/1"));
    let kind = "application/vnd.oci.image.manifest.v1+json";
    assert_eq!(request.header("content-type"), Some(kind));
    // The fields and their order are those of the image specification's example of an artifact.
    assert_eq!(
        request.body,
        r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/vnd.example","config":{"mediaType":"application/vnd.example.config","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#
    );
}
