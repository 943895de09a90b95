//! AWS Signature Version 4 for one request with a known body
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>).

use super::secret::Secret;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use std::fmt::Write as _;
use time::OffsetDateTime;
use time::macros::format_description;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Whose request it is.
pub(super) struct Keys {
    /// Says whose the secret key is; no secret itself.
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Secret,
    /// Comes with keys that are good for some hours only.
    pub(super) session_token: Option<Secret>,
}

/// What is signed.
pub(super) struct Signable<'a> {
    pub(super) method: &'a str,
    /// Host, with the port where it is not the usual one.
    pub(super) host: &'a str,
    /// Path, with every byte escaped that must be.
    pub(super) path: &'a str,
    pub(super) region: &'a str,
    /// Further headers to sign: names in lower case.
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a [u8],
    pub(super) time: OffsetDateTime,
}

/// The headers that are to be sent besides those given and the host.
pub(super) struct Signed {
    /// Headers anyone may see.
    pub(super) headers: Vec<(String, String)>,
    /// `Authorization`.
    pub(super) authorization: String,
}

/// Signs a request for S3.
pub(super) fn sign(request: &Signable<'_>, keys: &Keys) -> Signed {
    let time = timestamp(request.time);
    let day = time.get(..8).unwrap_or_default();
    let scope = format!("{day}/{}/s3/aws4_request", request.region);
    let body = hex(digest(&SHA256, request.body).as_ref());
    let added = vec![
        ("x-amz-content-sha256".to_owned(), body.clone()),
        ("x-amz-date".to_owned(), time.clone()),
    ];

    let mut headers: Vec<(&str, String)> = vec![("host", request.host.to_owned())];
    headers.extend(
        request.headers.iter().chain(&added).map(|(name, value)| (name.as_str(), trimmed(value))),
    );
    if let Some(token) = &keys.session_token {
        headers.push(("x-amz-security-token", token.expose().to_owned()));
    }
    headers.sort();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let mut canonical = format!("{}\n{}\n\n", request.method, request.path);
    for (name, value) in &headers {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(canonical, "{name}:{value}");
    }
    let _: std::fmt::Result = write!(canonical, "\n{names}\n{body}");

    let hashed = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
    let to_sign = format!("{ALGORITHM}\n{time}\n{scope}\n{hashed}");
    let first = format!("AWS4{}", keys.secret_access_key.expose());
    let key = [day, request.region, "s3", "aws4_request"]
        .iter()
        .fold(first.into_bytes(), |key, part| mac(&key, part.as_bytes()));
    let signature = hex(&mac(&key, to_sign.as_bytes()));
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope},SignedHeaders={names},Signature={signature}",
        keys.access_key_id
    );
    Signed { headers: added, authorization }
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _: std::fmt::Result = write!(text, "{byte:02x}");
        text
    })
}

/// A header's value without space around it, and with single spaces inside.
fn trimmed(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A time as `20130524T000000Z`.
fn timestamp(time: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    // Every component is always there.
    time.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn keys(session_token: Option<&str>) -> Keys {
        Keys {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret::of("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            session_token: session_token.map(Secret::of),
        }
    }

    fn signature(signed: &Signed) -> &str {
        signed.authorization.rsplit_once("Signature=").unwrap().1
    }

    fn header(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    /// "Example: PUT Object" and "Example: GET Object" of the page above.
    #[test]
    fn the_examples_of_the_specification_are_signed_as_there() {
        let put = Signable {
            method: "PUT",
            host: "examplebucket.s3.amazonaws.com",
            path: "/test%24file.text",
            region: "us-east-1",
            headers: &[
                header("date", "Fri, 24 May 2013 00:00:00 GMT"),
                header("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ],
            body: b"Welcome to Amazon S3.",
            time: datetime!(2013-05-24 00:00:00 UTC),
        };
        let signed = sign(&put, &keys(None));
        assert_eq!(
            signed.authorization,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,\
             Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        );
        assert_eq!(
            signed.headers,
            [
                header(
                    "x-amz-content-sha256",
                    "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
                ),
                header("x-amz-date", "20130524T000000Z"),
            ]
        );
        let get = Signable {
            method: "GET",
            path: "/test.txt",
            headers: &[header("range", "bytes=0-9")],
            body: b"",
            ..put
        };
        assert_eq!(
            signature(&sign(&get, &keys(None))),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
    }

    #[test]
    fn a_session_token_is_signed_and_space_does_not_count() {
        let request = |value: &str| {
            let signable = Signable {
                method: "PUT",
                host: "minio.example:9000",
                path: "/reports/shop/1.4.json",
                region: "eu-central-1",
                headers: &[header("content-type", value)],
                body: b"{}",
                time: datetime!(2026-01-02 05:04:05 +02:00),
            };
            sign(&signable, &keys(Some("session//token")))
        };
        let signed = request("application/json; charset=utf-8");
        // By `tests/it/upload/signature.py`, which computes it with Python's hmac alone.
        assert_eq!(
            signature(&signed),
            "d27fa0c10878ba3561194d39c12f4da5f63d680530393dbe3942527e3bfa1735"
        );
        assert!(signed.authorization.contains(";x-amz-security-token,"));
        assert_eq!(signature(&signed), signature(&request("  application/json;   charset=utf-8 ")));
    }
}
