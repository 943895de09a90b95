//! A proxy in front of a registry, which keeps what it was asked and breaks what it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What is done to the answer to a request for a blob.
#[derive(Clone)]
pub(crate) enum Fault {
    /// The connection is closed after some bytes of it.
    Cut(String),
    /// Its last byte is another one.
    Alter(String),
}

pub(crate) struct Proxy {
    /// Host and port.
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<String>>>,
    fault: Arc<Mutex<Option<Fault>>>,
}

impl Proxy {
    /// Serves on a free port until the test program ends.
    pub(crate) fn before(registry: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let proxy = Self { address, seen: Arc::default(), fault: Arc::default() };
        let (seen, fault) = (Arc::clone(&proxy.seen), Arc::clone(&proxy.fault));
        let registry = registry.to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, fault) = (Arc::clone(&seen), Arc::clone(&fault));
                let registry = registry.clone();
                // A client that has seen enough hangs up.
                thread::spawn(move || converse(&stream, &registry, &seen, &fault).ok());
            }
        });
        proxy
    }

    /// Breaks answers from now on, or does not.
    pub(crate) fn set_fault(&self, fault: Option<Fault>) {
        *self.fault.lock().unwrap() = fault;
    }

    /// The requests with a method about paths with a text, since the last call.
    pub(crate) fn take_requests(&self, method: &str, text: &str) -> Vec<String> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        let is_meant = |line: &String| line.starts_with(method) && line.contains(text);
        seen.into_iter().filter(is_meant).collect()
    }
}

/// Passes on one request and its answer.
fn converse(
    stream: &TcpStream,
    registry: &str,
    seen: &Mutex<Vec<String>>,
    fault: &Mutex<Option<Fault>>,
) -> std::io::Result<()> {
    let mut client = BufReader::new(stream);
    let mut first = String::new();
    client.read_line(&mut first)?;
    if first.is_empty() {
        return Ok(());
    }
    seen.lock().unwrap().push(first.trim().to_owned());
    let mut head = first.clone();
    let mut len = 0;
    loop {
        let mut line = String::new();
        client.read_line(&mut line)?;
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            len = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut upstream = TcpStream::connect(registry)?;
    write!(upstream, "{head}Connection: close\r\n\r\n")?;
    std::io::copy(&mut client.take(len), &mut upstream)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    let fault = fault.lock().unwrap().clone();
    match fault {
        Some(Fault::Cut(digest)) if first.contains(&digest) => {
            let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
            answer.truncate(head + 4 + 10);
        }
        Some(Fault::Alter(digest)) if first.contains(&digest) => {
            *answer.last_mut().unwrap() ^= 1;
        }
        _ => {}
    }
    let mut client = stream;
    client.write_all(&answer)
}
