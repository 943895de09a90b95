//! S3, and everything that speaks its protocol: a report as an object of a bucket
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>).

use super::connection::Connection;
use super::document::Document;
use super::secret::{Secret, variable};
use super::signature::{Keys, Signable, sign};
use super::{encoded, pair};
use crate::args::S3Args;
use crate::commands::outcome::{now, print};
use crate::fail::{CommandError, Kind as Failure, Result};
use lazaret_image::Redacted;
use lazaret_image::send::{Content, Repeat, Request};

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION: &str = "AWS_SESSION_TOKEN";

/// The longest name of an object, in bytes.
const OBJECT_BYTES_MAX: usize = 1024;

pub(super) fn run(args: &S3Args) -> Result<u8> {
    let connection = Connection::new(&args.connection, &format!("{KEY_ID}, {KEY} and {SESSION}"))?;
    let keys = Keys {
        access_key_id: Secret::required(KEY_ID)?.expose().to_owned(),
        secret_access_key: Secret::required(KEY)?,
        session_token: Secret::find(SESSION)?,
    };
    let (bucket, object) = target(&args.target)?;
    let document = Document::read(&args.report)?;
    let payload = document.payload(args.format.as_deref())?;
    let object = if object.is_empty() || object.ends_with('/') {
        format!("{object}{}", payload.kind.file_name())
    } else {
        object.to_owned()
    };
    if object.len() > OBJECT_BYTES_MAX {
        let message = format!("the key is longer than {OBJECT_BYTES_MAX} bytes");
        return Err(CommandError::usage(message));
    }
    let region = args.region.clone();
    let region =
        region.or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
    let region = region.unwrap_or_else(|| "us-east-1".to_owned());
    check_region(&region)?;
    let place = place(args, bucket, &object, &region)?;
    let media_type = args.content_type.as_deref().unwrap_or(payload.kind.media_type());
    let mut headers = headers(args)?;
    let content_type = [("content-type".to_owned(), media_type.to_owned())];
    let signed = sign(
        &Signable {
            method: "PUT",
            host: &place.host,
            path: &place.path,
            region: &region,
            headers: &[headers.as_slice(), &content_type].concat(),
            body: &payload.bytes,
            time: now(),
        },
        &keys,
    );
    headers.extend(signed.headers);
    let mut secrets = vec![("authorization".to_owned(), Redacted::new(signed.authorization))];
    secrets.extend(
        keys.session_token.iter().map(|token| ("x-amz-security-token".to_owned(), token.alone())),
    );
    let request = Request {
        method: "PUT".to_owned(),
        url: format!("{}://{}{}", place.scheme, place.host, place.path),
        headers,
        secrets,
        content: Content::Document {
            media_type: media_type.to_owned(),
            bytes: payload.bytes.into(),
        },
        repeat: Repeat::Always,
        redirects: false,
    };
    let act = format!("store the report as s3://{bucket}/{object}");
    let Some(reply) = connection.ask(&request, &act)? else { return Ok(0) };
    if !reply.is_success() {
        let error = super::refusal::refusal(&reply, &act);
        return Err(match reply.header("x-amz-bucket-region") {
            Some(other) if other != region => {
                let other: String =
                    other.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                error.hint(format!("the bucket is in another region: --region {other}"))
            }
            _ => error,
        });
    }
    print(&format!("stored s3://{bucket}/{object}\n"))?;
    Ok(0)
}

/// Splits s3://BUCKET/KEY.
fn target(text: &str) -> Result<(&str, &str)> {
    let wrong = |why: &str| {
        CommandError::usage(format!("`{text}` is not a place such as s3://BUCKET/KEY: {why}"))
    };
    let rest = text.strip_prefix("s3://").ok_or_else(|| wrong("it begins with s3://"))?;
    let (bucket, object) = rest.split_once('/').unwrap_or((rest, ""));
    let is_fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if bucket.len() < 3 || !bucket.chars().all(is_fine) || bucket.contains("..") {
        return Err(wrong("a bucket has letters, digits, dots and dashes"));
    }
    // Every library on the way would take these for folders.
    if object.split('/').any(|part| matches!(part, "." | "..")) {
        return Err(wrong("`.` and `..` are no part of a key"));
    }
    Ok((bucket, object))
}

fn check_region(region: &str) -> Result<()> {
    if !region.is_empty() && region.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
        return Ok(());
    }
    Err(CommandError::usage(format!("`{region}` is not a region such as eu-central-1")))
}

/// The address of an object, as it is signed.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    scheme: String,
    host: String,
    path: String,
}

fn place(args: &S3Args, bucket: &str, object: &str, region: &str) -> Result<Place> {
    let endpoint = args.endpoint.clone();
    let endpoint = endpoint
        .or_else(|| variable("AWS_ENDPOINT_URL_S3"))
        .or_else(|| variable("AWS_ENDPOINT_URL"))
        .unwrap_or_else(|| {
            let china = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://s3.{region}.amazonaws.com{china}")
        });
    let wrong = || {
        let shown = lazaret_image::fetch::shown(&endpoint);
        CommandError::usage(format!("`{shown}` is not an address such as https://s3.example.org"))
    };
    let (scheme, rest) = endpoint.split_once("://").ok_or_else(wrong)?;
    let scheme = scheme.to_ascii_lowercase();
    let rest = rest.trim_end_matches('/');
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if !matches!(scheme.as_str(), "http" | "https") || rest.is_empty() || !rest.chars().all(is_host)
    {
        return Err(wrong());
    }
    // The usual port is not sent, so it is not signed.
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let host = rest.strip_suffix(usual).unwrap_or(rest).to_ascii_lowercase();
    let object = object.split('/').map(encoded).collect::<Vec<_>>().join("/");
    // A certificate for all buckets covers one level of names, and an address has no names in it.
    let by_path = args.path_style || bucket.contains('.') || is_numeric(&host);
    Ok(if by_path {
        Place { scheme, host, path: format!("/{bucket}/{object}") }
    } else {
        let bucket = bucket.to_ascii_lowercase();
        Place { scheme, host: format!("{bucket}.{host}"), path: format!("/{object}") }
    })
}

/// Whether a host is a number or this machine, in front of which no bucket can stand.
fn is_numeric(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    host.starts_with('[') || name == "localhost" || name.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Headers that are signed besides the usual ones.
fn headers(args: &S3Args) -> Result<Vec<(String, String)>> {
    let named = [
        ("x-amz-storage-class", &args.storage_class),
        ("x-amz-server-side-encryption", &args.sse),
        ("x-amz-server-side-encryption-aws-kms-key-id", &args.sse_kms_key_id),
    ];
    let mut headers: Vec<(String, String)> = named
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
        .collect();
    for entry in &args.metadata {
        let (name, value) = pair(entry, "--metadata")?;
        let is_fine = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !name.chars().all(is_fine) || !value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
            let error = anyhow::anyhow!("--metadata takes plain letters, digits and signs");
            return Err(CommandError::new(Failure::Usage, error));
        }
        headers.push((format!("x-amz-meta-{}", name.to_ascii_lowercase()), value.to_owned()));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Command, UploadCommand};
    use clap::Parser as _;

    fn parsed(flags: &[&str]) -> Box<S3Args> {
        let words = ["lazaret", "upload", "s3", "s3://bucket/key", "report.json"];
        let cli = Cli::parse_from(words.iter().chain(flags));
        match cli.command {
            Command::Upload(UploadCommand::S3(args)) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bucket_is_in_the_name_where_it_can_be() {
        for (flags, bucket, expected) in [
            (&[][..], "reports", "https://reports.s3.eu-west-1.amazonaws.com/a%20b/c.json"),
            (&[], "my.reports", "https://s3.eu-west-1.amazonaws.com/my.reports/a%20b/c.json"),
            (
                &["--path-style"],
                "reports",
                "https://s3.eu-west-1.amazonaws.com/reports/a%20b/c.json",
            ),
            (
                &["--endpoint", "https://MinIO.example:443/"],
                "reports",
                "https://reports.minio.example/a%20b/c.json",
            ),
            (
                &["--endpoint", "http://127.0.0.1:9000"],
                "reports",
                "http://127.0.0.1:9000/reports/a%20b/c.json",
            ),
        ] {
            let place = place(&parsed(flags), bucket, "a b/c.json", "eu-west-1").unwrap();
            let Place { scheme, host, path } = place;
            assert_eq!(format!("{scheme}://{host}{path}"), expected);
        }
        for endpoint in ["minio.example", "ftp://a", "https://", "https://a/b", "https://u:p@a"] {
            let args = parsed(&["--endpoint", endpoint]);
            assert!(place(&args, "reports", "x", "eu-west-1").is_err(), "{endpoint}");
        }
    }

    #[test]
    fn a_place_has_a_bucket_and_a_plain_key() {
        assert_eq!(target("s3://reports/shop/1.json").unwrap(), ("reports", "shop/1.json"));
        assert_eq!(target("s3://reports").unwrap(), ("reports", ""));
        for text in ["reports/x", "s3://a/x", "s3://re ports/x", "s3://reports/../x", "s3:///x"] {
            assert!(target(text).is_err(), "{text}");
        }
    }
}
