//! A registry that does what no real one does on demand: breaks off, falls silent, sends too much,
//! answers too late. It keeps every request, so that tests can check what they were sent.

use crate::sample::{Sample, digest};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Where a part begins that is asked for with `Range: bytes=N-`.
    pub(crate) fn range_start(&self) -> usize {
        self.header("range").map_or(0, |range| {
            let start = range.strip_prefix("bytes=").and_then(|rest| rest.strip_suffix('-'));
            start.and_then(|start| start.parse().ok()).expect("a range with a start and no end")
        })
    }
}

/// How an answer ends.
pub(crate) enum End {
    /// As it should.
    Whole,
    /// The connection is closed after so many bytes.
    CutAfter(usize),
    /// Nothing comes after so many bytes, and the connection stays open.
    SilentAfter(usize),
    /// After so many bytes, one comes now and then.
    DripAfter(usize),
    /// More and more comes, in chunks, without a length.
    Never,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), end: End::Whole }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn ending(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// The part of a blob that a request asks for.
    pub(crate) fn part(request: &Request, blob: &[u8]) -> Self {
        match request.range_start() {
            0 => Self::new(200, blob),
            start => Self::new(206, &blob[start..]).header(
                "Content-Range",
                format!("bytes {start}-{}/{}", blob.len() - 1, blob.len()),
            ),
        }
    }
}

pub(crate) struct Fake {
    /// Host and port.
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// Serves on a free port until the test program ends. The handler also learns how many requests
    /// with the same method and path came before.
    pub(crate) fn serve(
        handler: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (seen, handler) = (Arc::clone(&requests), Arc::new(handler));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, handler) = (Arc::clone(&seen), Arc::clone(&handler));
                thread::spawn(move || converse(stream, &seen, &*handler));
            }
        });
        Self { address, requests }
    }

    /// What it was asked so far, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// What it was asked about paths that contain a text.
    pub(crate) fn requests_for(&self, text: &str) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.path.contains(text)).collect()
    }
}

/// Answers one request.
fn converse(
    stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    handler: &dyn Fn(&Request, usize) -> Reply,
) {
    let Some(request) = read_request(&stream) else { return };
    let before = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        let same = |r: &&Request| r.method == request.method && r.path == request.path;
        seen.iter().filter(same).count() - 1
    };
    let reply = handler(&request, before);
    // A client that has seen enough hangs up.
    write_reply(stream, &reply).ok();
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let len = headers.get("content-length").map_or(0, |len| len.parse().unwrap());
    let mut body = vec![0; len];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body: String::from_utf8(body).unwrap() })
}

fn write_reply(mut stream: TcpStream, reply: &Reply) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {} Status\r\nConnection: close\r\n", reply.status)?;
    for (name, value) in &reply.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    let sent = match reply.end {
        End::Never => {
            write!(stream, "Transfer-Encoding: chunked\r\n\r\n")?;
            loop {
                write!(stream, "{:x}\r\n", reply.body.len())?;
                stream.write_all(&reply.body)?;
                stream.write_all(b"\r\n")?;
            }
        }
        End::Whole => reply.body.len(),
        End::CutAfter(len) | End::SilentAfter(len) | End::DripAfter(len) => len,
    };
    write!(stream, "Content-Length: {}\r\n\r\n", reply.body.len())?;
    stream.write_all(&reply.body[..sent])?;
    stream.flush()?;
    match reply.end {
        End::SilentAfter(_) => thread::sleep(Duration::from_secs(5)),
        End::DripAfter(sent) => {
            for byte in &reply.body[sent..] {
                thread::sleep(Duration::from_millis(20));
                stream.write_all(&[*byte])?;
            }
        }
        End::Whole | End::CutAfter(_) | End::Never => {}
    }
    stream.shutdown(Shutdown::Write)
}

/// What a well-behaved registry has to say about an image called `app:1`.
pub(crate) fn honest(sample: &Sample, request: &Request) -> Reply {
    let manifest = digest(&sample.manifest);
    let path = &*request.path;
    if path == "/v2/app/manifests/1" || path == format!("/v2/app/manifests/{manifest}") {
        return Reply::new(200, &*sample.manifest)
            .header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
            .header("Docker-Content-Digest", manifest);
    }
    let blobs = sample.layers.iter().chain([&sample.config]);
    for blob in blobs {
        if path == format!("/v2/app/blobs/{}", digest(blob)) {
            return Reply::part(request, blob);
        }
    }
    Reply::new(404, r#"{"errors":[{"code":"NAME_UNKNOWN","message":"no such thing"}]}"#)
}
