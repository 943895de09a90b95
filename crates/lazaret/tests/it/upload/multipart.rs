//! Reads a form with files in it, strictly (RFC 7578, RFC 2046).

use super::server::Request;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) content: Vec<u8>,
}

impl Part {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.content).unwrap()
    }
}

/// The parts of a request's form.
#[track_caller]
pub(super) fn parts(request: &Request) -> Vec<Part> {
    let media_type = request.header("content-type").unwrap();
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let delimiter = format!("--{boundary}");
    let body = &request.body;
    let end = format!("--{boundary}--\r\n");
    assert!(body.ends_with(end.as_bytes()), "the form has no end");
    let mut parts = Vec::new();
    let mut rest = body.strip_prefix(delimiter.as_bytes()).expect("the form begins with a part");
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let next = find(part, format!("\r\n{delimiter}").as_bytes());
        parts.push(self::part(&part[..next]));
        rest = &part[next + 2 + delimiter.len()..];
    }
    assert_eq!(rest, b"--\r\n");
    parts
}

fn part(bytes: &[u8]) -> Part {
    let head_end = find(bytes, b"\r\n\r\n");
    let head = std::str::from_utf8(&bytes[..head_end]).unwrap();
    let mut part = Part {
        name: String::new(),
        file_name: None,
        media_type: None,
        content: bytes[head_end + 4..].to_vec(),
    };
    for line in head.split("\r\n") {
        let (key, value) = line.split_once(": ").unwrap();
        match key.to_ascii_lowercase().as_str() {
            "content-disposition" => {
                let mut parameters = value.split("; ");
                assert_eq!(parameters.next(), Some("form-data"));
                for parameter in parameters {
                    let (key, quoted) = parameter.split_once('=').unwrap();
                    let value = quoted.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
                    match key {
                        "name" => value.clone_into(&mut part.name),
                        "filename" => part.file_name = Some(value.to_owned()),
                        other => panic!("{other}"),
                    }
                }
            }
            "content-type" => part.media_type = Some(value.to_owned()),
            other => panic!("{other}"),
        }
    }
    assert!(!part.name.is_empty(), "a part without a name");
    part
}

fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).expect("a whole form")
}
