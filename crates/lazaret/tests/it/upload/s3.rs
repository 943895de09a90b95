//! S3: signatures checked by another implementation, and by a server that checks them itself.

use super::server::{Reply, Request, Server};
use super::{Saved, TOKEN, assert_done, assert_refused, upload};
use crate::support::{has, ran_with_input};
use serde_json::{Value, json};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

const KEYS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", KEY_ID),
    ("AWS_SECRET_ACCESS_KEY", TOKEN),
    ("AWS_REGION", "eu-central-1"),
];

/// The signature a request should have, by `signature.py`.
fn expected(request: &Request, signed: &str) -> String {
    let headers: serde_json::Map<String, Value> = signed
        .split(';')
        .map(|name| (name.to_owned(), json!(request.header(name).unwrap())))
        .collect();
    let asked = json!({
        "method": request.method,
        "path": request.path,
        "region": "eu-central-1",
        "secret": TOKEN,
        "headers": headers,
        "body": request.header("x-amz-content-sha256").unwrap(),
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/upload/signature.py");
    let ran = ran_with_input(Command::new("python3").arg(script), &asked.to_string());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout.trim().to_owned()
}

/// Names and signature of `Authorization`.
fn authorization(request: &Request) -> (String, String) {
    let authorization = request.header("authorization").unwrap();
    let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 ").unwrap();
    let mut parts = rest.split(',').map(|part| part.trim().split_once('=').unwrap());
    let (name, credential) = parts.next().unwrap();
    let day = &request.header("x-amz-date").unwrap()[..8];
    assert_eq!(
        (name, credential),
        ("Credential", format!("{KEY_ID}/{day}/eu-central-1/s3/aws4_request").as_str())
    );
    let (_, headers) = parts.next().unwrap();
    let (_, signature) = parts.next().unwrap();
    (headers.to_owned(), signature.to_owned())
}

#[test]
fn a_request_is_signed_as_another_implementation_signs_it() {
    let (saved, server) = (Saved::report(), Server::always(200, ""));
    let (report, endpoint) = (saved.write(), server.url());
    let words = [
        "s3",
        "--endpoint",
        &endpoint,
        "--storage-class=STANDARD_IA",
        "--sse=aws:kms",
        "--sse-kms-key-id=arn:aws:kms:eu-central-1:1:key/2",
        "--metadata=Build=77  a",
        "s3://reports/shop & co/é+1$.json",
        report.to_str().unwrap(),
    ];
    let session =
        [KEYS.as_slice(), &[("AWS_SESSION_TOKEN", "FwoGZXIvYXdzEJr//session==")]].concat();
    let stored = upload(&words, &session);
    assert_done(&stored, &["stored s3://reports/shop & co/é+1$.json"]);
    assert!(!stored.stdout.contains("session=="), "{}", stored.stdout);
    let request = server.take_request();
    assert_eq!(request.method, "PUT");
    assert_eq!(request.path, "/reports/shop%20%26%20co/%C3%A9%2B1%24.json");
    assert_eq!(request.body, saved.document.to_string().into_bytes());
    let digest = {
        use sha2::Digest as _;
        hex::encode(sha2::Sha256::digest(&request.body))
    };
    assert_eq!(request.header("x-amz-content-sha256"), Some(digest.as_str()));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let (signed, signature) = authorization(&request);
    assert_eq!(
        signed,
        "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-build;x-amz-security-token;\
         x-amz-server-side-encryption;x-amz-server-side-encryption-aws-kms-key-id;\
         x-amz-storage-class"
    );
    if has("python3") {
        assert_eq!(signature, expected(&request, &signed));
    }
}

#[test]
fn a_folder_gets_a_file() {
    let (saved, server) = (Saved::report(), Server::always(200, ""));
    let (report, endpoint) = (saved.write(), server.url());
    for (target, format, path) in [
        ("s3://reports/", "json", "/reports/lazaret-report.json"),
        ("s3://reports/shop/", "sarif", "/reports/shop/report.sarif"),
        ("s3://reports/bom", "cyclonedx", "/reports/bom"),
    ] {
        let words = ["s3", "--endpoint", &endpoint, "-f", format, target, report.to_str().unwrap()];
        assert_done(&upload(&words, &KEYS), &[]);
        assert_eq!(server.take_request().path, path);
    }
}

#[test]
fn refusals_are_told() {
    let saved = Saved::report();
    let report = saved.write();
    let report = report.to_str().unwrap();
    let server = Server::start(|_, _| {
        let body = "<Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to \
                    access must be addressed using the specified endpoint.</Message></Error>";
        let reply = Reply::new(301, body).header("x-amz-bucket-region", "us-west-2");
        Some(reply.header("Location", "http://127.0.0.1:9/"))
    });
    let endpoint = server.url();
    let words = ["s3", "--endpoint", &endpoint, "s3://reports/x", report];
    assert_refused(&upload(&words, &KEYS), &["PermanentRedirect", "--region us-west-2"]);
    assert_eq!(server.take_requests().len(), 1);
    for (target, said) in [
        ("reports/x", "it begins with s3://"),
        ("s3://reports/a/../b", "are no part of a key"),
        ("s3://r/x", "a bucket has"),
    ] {
        let words = ["s3", "--endpoint", &endpoint, target, report];
        assert_refused(&upload(&words, &KEYS), &[said]);
    }
    let words = ["s3", "--endpoint", &endpoint, "s3://reports/x", report];
    assert_refused(&upload(&words, &KEYS[..1]), &["AWS_SECRET_ACCESS_KEY is not set"]);
    assert_refused(&upload(&words, &[]), &["AWS_ACCESS_KEY_ID is not set"]);
    let words = ["s3", "--secret-access-key", TOKEN, "s3://reports/x", report];
    assert_refused(&upload(&words, &KEYS), &["--secret-access-key is refused"]);
    assert_eq!(server.take_requests().len(), 0);
}

/// moto's server, which answers as AWS does, and checks signatures once it knows whose they are.
struct Moto {
    child: Child,
    url: String,
}

impl Moto {
    fn start() -> Option<Self> {
        let mut probe = Command::new("moto_server");
        let probe = probe.arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !probe.is_ok_and(|status| status.success()) {
            has("moto_server");
            return None;
        }
        // The port is free now, and nobody else is likely to take it within seconds.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .env("INITIAL_NO_AUTH_ACTION_COUNT", "4")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self { child, url: format!("http://127.0.0.1:{port}") };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < Duration::from_mins(1), "moto_server does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(moto)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Makes a bucket and a user who may write to it, and reads an object back.
const SETUP: &str = r"
import boto3, json, sys
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name='eu-central-1',
                        aws_access_key_id='x', aws_secret_access_key='y')
iam = client('iam')
iam.create_user(UserName='ann')
policy = {'Version': '2012-10-17',
          'Statement': [{'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}
iam.put_user_policy(UserName='ann', PolicyName='p', PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName='ann')['AccessKey']
client('s3').create_bucket(Bucket='reports',
    CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
print(json.dumps([key['AccessKeyId'], key['SecretAccessKey']]))
";

const READ: &str = r"
import boto3, sys
s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='eu-central-1',
                  aws_access_key_id=sys.argv[2], aws_secret_access_key=sys.argv[3])
found = s3.get_object(Bucket='reports', Key='shop co/1.4.json')
assert found['ContentType'] == 'application/json', found
assert found['Metadata'] == {'build': '77'}, found
sys.stdout.write(found['Body'].read().decode())
";

#[test]
fn a_server_that_checks_signatures_takes_it() {
    let Some(moto) = Moto::start() else { return };
    let python = |script: &str, arguments: &[&str]| {
        ran_with_input(Command::new("python3").args(["-c", script]).args(arguments), "")
    };
    let made = python(SETUP, &[&moto.url]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let keys: [String; 2] = serde_json::from_str(&made.stdout).unwrap();
    let environment = |secret: &'static str| {
        [("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_S3", moto.url.as_str())]
            .map(|(name, value)| (name, value.to_owned()))
            .into_iter()
            .chain([
                ("AWS_ACCESS_KEY_ID", keys[0].clone()),
                (
                    "AWS_SECRET_ACCESS_KEY",
                    if secret.is_empty() { keys[1].clone() } else { secret.to_owned() },
                ),
            ])
            .collect::<Vec<_>>()
    };
    let saved = Saved::report();
    let report = saved.write();
    let words =
        ["s3", "--metadata=build=77", "s3://reports/shop co/1.4.json", report.to_str().unwrap()];
    let store = |secret: &'static str| {
        let environment = environment(secret);
        let environment: Vec<(&str, &str)> =
            environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        upload(&words, &environment)
    };
    assert_done(&store(""), &["stored s3://reports/shop co/1.4.json"]);
    let read = python(READ, &[&moto.url, &keys[0], &keys[1]]);
    assert_eq!(read.code, 0, "{}", read.stderr);
    assert_eq!(read.stdout, saved.document.to_string());
    assert_refused(&store(TOKEN), &["status 403", "SignatureDoesNotMatch"]);
}
