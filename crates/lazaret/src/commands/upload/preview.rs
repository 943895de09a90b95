//! What a dry run prints: a request without its secrets.

use lazaret_image::artifact::Blob;
use lazaret_image::send::{Content, FieldValue, Request};
use std::fmt::Write as _;

/// A request as text for people.
pub(super) fn preview(request: &Request) -> String {
    let mut text = format!("{} {}\n", request.method, address(&request.url));
    let mut line = |name: &str, value: &str| {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(text, "  {name}: {value}");
    };
    for (name, value) in &request.headers {
        line(name, value);
    }
    for (name, _) in &request.secrets {
        line(name, "…");
    }
    match &request.content {
        Content::Empty => {}
        Content::Document { media_type, bytes } => line("body", &document(media_type, bytes)),
        Content::Form(fields) => {
            for field in fields {
                match &field.value {
                    FieldValue::Text(value) => line(&field.name, value),
                    FieldValue::File { name, media_type, bytes } => {
                        line(&field.name, &format!("{name}, {}", document(media_type, bytes)));
                    }
                }
            }
        }
    }
    text
}

/// A document by its size and digest.
pub(super) fn document(media_type: &str, bytes: &[u8]) -> String {
    let blob = Blob::from_bytes(bytes.to_vec());
    format!("{media_type}, {} bytes, {}", bytes.len(), blob.digest())
}

/// An address without what may be secret in it: values of the query.
fn address(url: &str) -> String {
    let shown = lazaret_image::fetch::shown(url);
    let Some((place, query)) = shown.split_once('?') else { return shown };
    let names = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) => format!("{name}=…"),
        None => pair.to_owned(),
    });
    format!("{place}?{}", names.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_secrets() {
        for (url, shown) in [
            ("https://ann:pw@a.example/b?sig=s3cr3t&x", "https://a.example/b?sig=…&x"),
            ("https://a.example/b", "https://a.example/b"),
        ] {
            assert_eq!(address(url), shown);
        }
    }
}
