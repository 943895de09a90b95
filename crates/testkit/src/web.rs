//! A web server on the loopback interface: it serves files as RFC 9110 has it, keeps what it was
//! asked, and fails where it is told to.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// One file, and how it is served.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What it holds.
    pub body: Vec<u8>,
    /// Its entity tag, with quotes.
    pub etag: Option<String>,
    /// When it changed last, as HTTP writes dates.
    pub last_modified: Option<String>,
    /// What goes wrong, before it is served as it should be.
    pub faults: Vec<Fault>,
    /// What goes wrong every time.
    pub always: Option<Fault>,
}

/// What goes wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This status instead, with a page of HTML.
    Status(u16),
    /// The connection is closed after so many bytes of the body.
    Cut(usize),
}

/// A request, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The path.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// Bytes of the body that were sent.
    pub sent: usize,
    headers: BTreeMap<String, String>,
}

impl Request {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

#[derive(Debug, Default)]
struct Shared {
    pages: HashMap<String, Page>,
    requests: Vec<Request>,
}

/// The server. It serves until the program ends.
#[derive(Clone, Debug)]
pub struct Web {
    address: String,
    shared: Arc<Mutex<Shared>>,
}

impl Web {
    /// Serves on a free port.
    ///
    /// # Panics
    ///
    /// Where there is no port to be had.
    #[expect(clippy::unwrap_used, reason = "a test without a port cannot go on")]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let web = Self { address, shared: Arc::default() };
        let shared = Arc::clone(&web.shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                // A client that has seen enough hangs up.
                thread::spawn(move || converse(&stream, &shared).ok());
            }
        });
        web
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{}", self.address, path.trim_start_matches('/'))
    }

    /// Serves a file from now on, with an entity tag made of its bytes.
    pub fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        let body = body.into();
        let sum = body
            .iter()
            .fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        let etag = Some(format!("\"{sum:x}\""));
        self.put_page(path, Page { body, etag, ..Page::default() });
    }

    /// Serves a page from now on.
    pub fn put_page(&self, path: &str, page: Page) {
        self.shared().pages.insert(format!("/{}", path.trim_start_matches('/')), page);
    }

    /// Lets the answers for a page fail: first these ways, one a request.
    pub fn fail(&self, path: &str, faults: &[Fault]) {
        let path = format!("/{}", path.trim_start_matches('/'));
        self.shared().pages.entry(path).or_default().faults = faults.to_vec();
    }

    /// Lets every answer for a page fail, or none any more.
    pub fn fail_always(&self, path: &str, fault: Option<Fault>) {
        let path = format!("/{}", path.trim_start_matches('/'));
        self.shared().pages.entry(path).or_default().always = fault;
    }

    /// Serves a file no more.
    pub fn remove(&self, path: &str) {
        self.shared().pages.remove(&format!("/{}", path.trim_start_matches('/')));
    }

    /// What was asked since the last call.
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared().requests)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers requests on one connection until it is closed.
fn converse(stream: &TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let mut locked = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let page = locked.pages.get_mut(&path);
        let answer = page.map_or_else(
            || Answer::page(404),
            |page| match page.next_fault() {
                Some(Fault::Status(status)) => Answer::page(status),
                Some(Fault::Cut(at)) => Answer { cut: Some(at), ..page.answer(&headers) },
                None => page.answer(&headers),
            },
        );
        let sent = answer.cut.unwrap_or(answer.body.len()).min(answer.body.len());
        let status = answer.status;
        locked.requests.push(Request { path, status, sent, headers });
        drop(locked);
        writer.write_all(answer.head.as_bytes())?;
        writer.write_all(answer.body.get(..sent).unwrap_or_default())?;
        writer.flush()?;
        if answer.cut.is_some() {
            return stream.shutdown(std::net::Shutdown::Both);
        }
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
    cut: Option<usize>,
}

impl Answer {
    fn new(status: u16, headers: &str, body: Vec<u8>) -> Self {
        let mut head = format!("HTTP/1.1 {status} It\r\n{headers}");
        // A 304 has no body, and no length that means one.
        if status != 304 {
            // Writing to a String cannot fail.
            let _: std::fmt::Result = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("\r\n");
        Self { status, head, body, cut: None }
    }

    /// A page for people, as proxies and portals send it.
    fn page(status: u16) -> Self {
        let body = b"<!DOCTYPE html><html><title>Sorry</title></html>".to_vec();
        let wait = if status == 429 { "Retry-After: 0\r\n" } else { "" };
        Self::new(status, &format!("Content-Type: text/html\r\n{wait}"), body)
    }
}

impl Page {
    fn next_fault(&mut self) -> Option<Fault> {
        if self.faults.is_empty() { self.always } else { Some(self.faults.remove(0)) }
    }

    fn answer(&self, headers: &BTreeMap<String, String>) -> Answer {
        let header = |name: &str| headers.get(name).map(String::as_str);
        let mut said = String::new();
        for (name, value) in [("ETag", &self.etag), ("Last-Modified", &self.last_modified)] {
            if let Some(value) = value {
                // Writing to a String cannot fail.
                let _: std::fmt::Result = write!(said, "{name}: {value}\r\n");
            }
        }
        // The tag decides where both are asked (RFC 9110, section 13.2.2).
        let since = header("if-modified-since");
        let is_known = header("if-none-match").map_or_else(
            || since.is_some() && since == self.last_modified.as_deref(),
            |tag| self.etag.as_deref() == Some(tag),
        );
        if is_known {
            return Answer::new(304, &said, Vec::new());
        }
        let begin = header("range")
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
        let is_same = header("if-range")
            .is_none_or(|tag| [&self.etag, &self.last_modified].contains(&&Some(tag.to_owned())));
        match begin {
            Some(begin) if is_same && begin >= self.body.len() => Answer::new(
                416,
                &format!("Content-Range: bytes */{}\r\n", self.body.len()),
                Vec::new(),
            ),
            Some(begin) if is_same => {
                let (last, len) = (self.body.len().saturating_sub(1), self.body.len());
                let rest = self.body.get(begin..).unwrap_or_default().to_vec();
                let range = format!("{said}Content-Range: bytes {begin}-{last}/{len}\r\n");
                Answer::new(206, &range, rest)
            }
            _ => Answer::new(200, &said, self.body.clone()),
        }
    }
}
