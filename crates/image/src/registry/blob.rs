//! Downloads a blob piece by piece, and takes up again where it broke off.

use super::error::RegistryError;
use super::session::{ManifestName, Session};
use crate::fetch::content_range;
use crate::http::{Body, BodyError};
use bytes::{Buf as _, Bytes};
use futures_util::future::{AbortHandle, Abortable};
use http::StatusCode;
use lazaret_core::digest::Digest;
use reqwest::Response;
use std::io::{self, Read};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// How many bytes between two breaks count as progress. Less is as good as nothing.
const PROGRESS_BYTES: u64 = 64 << 10;

/// How often one download may break in all, however much progress it makes.
const BREAKS_MAX: u32 = 100;

/// Pieces that wait for their reader. One is at most some hundred kilobytes, usually 8 to 16.
const PIECES_WAITING: usize = 16;

/// A download: exactly as many bytes as the descriptor says, or an error. Whether they are the
/// right ones is for the reader to verify.
#[derive(Debug)]
pub(super) struct Download {
    session: Arc<Session>,
    digest: Digest,
    size_bytes: u64,
    reference: String,
    /// Bytes handed out.
    received: u64,
    /// The answer being read, if there is one, and what of it was handed out already.
    body: Option<Body>,
    skip: u64,
    breaks: Breaks,
}

/// How often a download broke.
#[derive(Debug, Default)]
struct Breaks {
    /// In all.
    count: u32,
    /// Since there was progress.
    barren: u32,
    /// Bytes handed out at the last one.
    received: u64,
}

impl Download {
    /// Asks for a blob, and returns once the registry has begun to answer.
    pub(super) async fn begin(
        session: Arc<Session>,
        digest: Digest,
        size_bytes: u64,
    ) -> Result<Self, RegistryError> {
        let reference = session.reference(&ManifestName::Digest(digest.clone()));
        let mut download = Self {
            session,
            digest,
            size_bytes,
            reference,
            received: 0,
            body: None,
            skip: 0,
            breaks: Breaks::default(),
        };
        download.connect().await?;
        Ok(download)
    }

    /// The next bytes, or nothing after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, RegistryError> {
        loop {
            let Some(body) = &mut self.body else {
                self.connect().await?;
                continue;
            };
            let error = match body.chunk().await {
                Ok(Some(piece)) => match self.take(piece)? {
                    Some(piece) => return Ok(Some(piece)),
                    None => continue,
                },
                // Everything is here, so it does not matter how the connection ended.
                _ if self.received == self.size_bytes => return Ok(None),
                Ok(None) => None,
                Err(error) => Some(error),
            };
            self.body = None;
            self.pause(error).await?;
        }
    }

    /// The whole blob, if it is not too large for a document.
    pub(super) async fn read_all(mut self, bytes_max: u64) -> Result<Vec<u8>, RegistryError> {
        if self.size_bytes > bytes_max {
            let reference = self.reference;
            return Err(RegistryError::TooLarge { reference, max_bytes: bytes_max });
        }
        let mut bytes = Vec::new();
        while let Some(piece) = self.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// Cuts off what was handed out before, and refuses what is too much.
    fn take(&mut self, mut piece: Bytes) -> Result<Option<Bytes>, RegistryError> {
        let skipped = usize::try_from(self.skip).map_or(piece.len(), |skip| skip.min(piece.len()));
        piece.advance(skipped);
        self.skip = self.skip.saturating_sub(len(skipped));
        if piece.is_empty() {
            return Ok(None);
        }
        let received = self.received.saturating_add(len(piece.len()));
        if received > self.size_bytes {
            return Err(self.wrong_size("more"));
        }
        self.received = received;
        Ok(Some(piece))
    }

    /// Asks for the rest.
    async fn connect(&mut self) -> Result<(), RegistryError> {
        let response = self.session.blob(&self.digest, &self.reference, self.received).await?;
        let (begin, total) = match response.status() {
            // A server may ignore that only a part is wanted (RFC 9110, section 14.2).
            StatusCode::OK => (0, response.content_length()),
            StatusCode::PARTIAL_CONTENT => {
                let range = content_range(response.headers());
                range.ok_or_else(|| self.protocol("it does not say which part it sends"))?
            }
            status => return Err(self.protocol(&format!("status {status}"))),
        };
        self.skip = self
            .received
            .checked_sub(begin)
            .ok_or_else(|| self.protocol("it sends another part than the one asked for"))?;
        match total {
            Some(total) if total > self.size_bytes => return Err(self.wrong_size("more")),
            Some(total) if total < self.size_bytes => return Err(self.wrong_size("less")),
            _ => {}
        }
        self.read(response);
        Ok(())
    }

    fn read(&mut self, response: Response) {
        self.body = Some(Body::new(response, self.session.transport.timeout));
    }

    /// Waits before the rest is asked for, or gives up.
    async fn pause(&mut self, error: Option<BodyError>) -> Result<(), RegistryError> {
        let breaks = &mut self.breaks;
        let progress = self.received.saturating_sub(breaks.received);
        breaks.barren =
            if progress >= PROGRESS_BYTES { 1 } else { breaks.barren.saturating_add(1) };
        breaks.count = breaks.count.saturating_add(1);
        breaks.received = self.received;
        let pause = self.session.transport.retry.pause(breaks.barren, None);
        let Some(pause) = pause.filter(|_| breaks.count <= BREAKS_MAX) else {
            return Err(RegistryError::Interrupted {
                reference: self.reference.clone(),
                received: self.received,
                size_bytes: self.size_bytes,
                source: error.map(Into::into),
            });
        };
        tracing::debug!(blob = %self.digest, received = self.received, "download resumed");
        tokio::time::sleep(pause).await;
        Ok(())
    }

    fn wrong_size(&self, than: &str) -> RegistryError {
        self.protocol(&format!("the blob has {than} than the {} bytes it should", self.size_bytes))
    }

    fn protocol(&self, what: &str) -> RegistryError {
        self.session.asked(&self.reference).protocol(what)
    }
}

fn len(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// The reading end of a download that runs in the background, as far ahead as some pieces. Must not
/// be read on a thread of an async runtime. Dropping it ends the download.
#[derive(Debug)]
pub(super) struct BlobReader {
    pieces: mpsc::Receiver<Result<Option<Bytes>, RegistryError>>,
    piece: Bytes,
    finished: bool,
    download: AbortHandle,
}

impl BlobReader {
    /// Lets a download run on `handle`.
    pub(super) fn spawn(mut download: Download, handle: &Handle) -> Self {
        let (sender, pieces) = mpsc::channel(PIECES_WAITING);
        let (abort, registration) = AbortHandle::new_pair();
        handle.spawn(Abortable::new(
            async move {
                loop {
                    let piece = download.next().await;
                    let last = !matches!(piece, Ok(Some(_)));
                    // The reader may have seen enough.
                    if sender.send(piece).await.is_err() || last {
                        break;
                    }
                }
            },
            registration,
        ));
        Self { pieces, piece: Bytes::new(), finished: false, download: abort }
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.finished {
            match self.pieces.blocking_recv() {
                Some(Ok(Some(piece))) => self.piece = piece,
                Some(Ok(None)) => self.finished = true,
                Some(Err(error)) => return Err(io::Error::other(error)),
                // The download is gone without a last word: its runtime was shut down, or the error
                // was returned before.
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let count = self.piece.len().min(buffer.len());
        let head = self.piece.split_to(count);
        if let Some(target) = buffer.get_mut(..count) {
            target.copy_from_slice(&head);
        }
        Ok(count)
    }
}

impl Drop for BlobReader {
    fn drop(&mut self) {
        self.download.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::super::mirror::Endpoint;
    use super::super::options::RegistryOptions;
    use super::super::retry::Retry;
    use super::super::transport::Transport;
    use super::*;
    use http::{HeaderMap, header};
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    #[test]
    fn content_ranges_are_read() {
        let range = |text: &str| {
            content_range(&HeaderMap::from_iter([(header::CONTENT_RANGE, text.parse().unwrap())]))
        };
        assert_eq!(range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(range("bytes 5-9/*"), Some((5, None)));
        for bad in ["", "bytes", "bytes */10", "items 5-9/10", "bytes 5-9", "bytes 5-9/x"] {
            assert_eq!(range(bad), None, "{bad}");
        }
        assert_eq!(content_range(&HeaderMap::new()), None);
    }

    /// What is sent at once below.
    const PIECE: usize = 64 << 10;

    #[test]
    fn a_download_waits_for_its_reader_and_ends_with_it() {
        const SIZE_BYTES: u64 = 1 << 40;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let registry = listener.local_addr().unwrap().to_string();
        let pieces = Arc::new(AtomicUsize::new(0));
        let sent = Arc::clone(&pieces);
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            assert!(stream.read(&mut request).unwrap() > 0);
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {SIZE_BYTES}\r\n\r\n").unwrap();
            let piece = vec![7; PIECE];
            while stream.write_all(&piece).is_ok() {
                sent.fetch_add(1, Ordering::Relaxed);
            }
        });
        let options = RegistryOptions::default();
        let timeout = Duration::from_secs(5);
        let transport = Transport {
            client: crate::http::client(crate::http::ClientOptions {
                ca_certificates: &[],
                insecure: false,
                redirects: true,
                timeout,
            })
            .unwrap(),
            retry: Retry { times: 0, backoff: Duration::ZERO },
            timeout,
        };
        let repository = "app".to_owned();
        let endpoint = Endpoint { registry, repository, plain_http: true, mirror: false };
        let digest = format!("sha256:{}", "0".repeat(64)).parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let download = runtime.block_on(async {
            let session = Session::begin(transport, endpoint, &options).await;
            Download::begin(Arc::new(session), digest, SIZE_BYTES).await.unwrap()
        });
        let mut reader = BlobReader::spawn(download, runtime.handle());
        let mut head = [0; 10];
        reader.read_exact(&mut head).unwrap();
        assert_eq!(head, [7; 10]);

        // The server is stuck as soon as no number changes any more: buffers are full, at both
        // ends of the connection and in the reader.
        let mut before = usize::MAX;
        while before != pieces.load(Ordering::Relaxed) {
            before = pieces.load(Ordering::Relaxed);
            thread::sleep(Duration::from_millis(100));
        }
        assert!(before * PIECE < 64 << 20, "{before} pieces were taken without a reader");

        drop(reader);
        server.join().unwrap();
    }
}
