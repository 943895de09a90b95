//! From a stored layer to its entries: digest, decompression and archive, under limits.
//!
//! ```text
//! stored bytes ─► Stored ─► Decoder ─► Chunks ─► tar::Reader ─► Visit
//!                 digest    gzip zstd  diff id
//! ```
//!
//! Small layers are inflated whole; in large ones a second thread does what is left of the chunks.

mod budget;
mod decode;
pub(crate) mod fuzz;
mod hash;
mod stored;
#[cfg(test)]
mod tests;
mod whole;

pub(crate) use budget::{Budget, Reservation, Share};
pub(crate) use decode::DecodeError;
pub(crate) use hash::Hasher;

use crate::tar::{Chunks, Reader, TarError};
use crate::walk::{LayerError, LayerSummary, Progress, Visit};
use decode::{Compression, Decoder};
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::problem::{Problem, ProblemKind};
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use stored::Stored;

/// Uncompressed bytes handed over at once: small enough for a processor's cache, large enough for
/// most files to lie in one.
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks on their way between the threads of a layer; more only hide longer stalls.
const CHUNKS: usize = 4;
/// What every layer needs: chunks, the stored bytes read ahead, a decoder and room for small
/// bodies.
const STREAM_BYTES: u64 = 3 << 20;
/// Up to this stored size a second thread costs more than it saves.
const ONE_THREAD_BYTES: u64 = 1 << 20;

/// A layer to walk.
pub(crate) struct LayerBlob<'a> {
    /// The digest, or the name in an archive, for messages.
    pub(crate) name: String,
    /// The bytes as stored.
    pub(crate) reader: Box<dyn Read + Send + 'a>,
    /// How many there are, if that is known.
    pub(crate) size: Option<u64>,
    /// The digest they must have.
    pub(crate) digest: Option<Digest>,
    /// The digest they must have once uncompressed.
    pub(crate) diff_id: Option<Digest>,
}

/// What walking a layer needs besides the layer.
pub(crate) struct WalkContext<'a> {
    /// Bounds on hostile input.
    pub(crate) limits: &'a Limits,
    /// Memory shared with the layers walked at the same time.
    pub(crate) budget: &'a Budget,
    /// Who is told how far reading has come, and the layer's position in the image.
    pub(crate) progress: Option<(&'a dyn Progress, usize)>,
    /// Whether the digest of the uncompressed archive is computed: needed where no digest pins the
    /// stored bytes, and otherwise a third more work for no more certainty.
    pub(crate) verify_diff_id: bool,
}

/// Streams one layer through a visitor, and verifies its digests.
///
/// What the visitor has seen counts only if this succeeds. A wrong digest of the stored bytes is
/// told before anything that is wrong inside, since it explains the rest. When a limit ends the
/// walk, the visitor gets a problem that says so, and the summary covers what was seen.
pub(crate) fn walk_layer(
    blob: LayerBlob<'_>,
    context: &WalkContext<'_>,
    visitor: &mut dyn Visit,
) -> Result<LayerSummary, LayerError> {
    let LayerBlob { name, reader, size, digest, diff_id } = blob;
    let begun = context.progress.map(|(progress, layer)| Begun::new(progress, layer, size));
    let hasher = digest.as_ref().map(|digest| Hasher::new(digest.algorithm()));
    let mut stored = Stored::new(reader, hasher, context.progress);
    let algorithm = diff_id.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
    let (walked, ended) = match Compression::recognize(&mut stored) {
        Ok(compression) => {
            // Uncompressed bytes are hashed once.
            let is_same = compression == Compression::Plain
                && digest.as_ref().is_some_and(|digest| digest.algorithm() == algorithm);
            let hasher = (context.verify_diff_id && !is_same).then(|| Hasher::new(algorithm));
            let (mut walked, ended) =
                walk_stored(stored, compression, size, hasher, context, visitor);
            if is_same && walked.result.is_ok() {
                walked.diff_id.clone_from(&ended.digest);
            }
            (walked, ended)
        }
        Err(error) => {
            let result = Err(error.into());
            let walked = Walked { entries: 0, tar_bytes: 0, diff_id: None, result };
            (walked, Ended::new(stored, false, context))
        }
    };
    drop(begun);

    if let Some(source) = ended.failure {
        return Err(LayerError::Read { layer: name, source });
    }
    if let (Some(expected), Some(found)) = (&digest, &ended.digest)
        && expected != found
    {
        let (expected, found) = (expected.clone(), found.clone());
        return Err(LayerError::Digest { layer: name, expected, found });
    }
    match walked.result {
        Ok(()) => {
            if let (Some(expected), Some(found)) = (diff_id, &walked.diff_id)
                && expected != *found
            {
                return Err(LayerError::DiffId { layer: name, expected, found: found.clone() });
            }
        }
        Err(TarError::Input(DecodeError::Read(source))) => {
            return Err(LayerError::Read { layer: name, source });
        }
        Err(TarError::Input(DecodeError::Decompress(source))) => {
            return Err(LayerError::Decompress { layer: name, source });
        }
        Err(TarError::Archive(reason)) => return Err(LayerError::Archive { layer: name, reason }),
        Err(TarError::Limit(reason) | TarError::Input(DecodeError::Limit(reason))) => {
            let unverified = if context.verify_diff_id {
                ", and its uncompressed digest is not verified"
            } else {
                ""
            };
            let message = format!("layer {name} was not read to its end{unverified}: {reason}");
            visitor.problem(layer_problem(ProblemKind::Limit, message));
        }
    }
    if digest.is_some() && ended.digest.is_none() {
        let max = context.limits.layer_bytes_max;
        let message =
            format!("layer {name} has more than {max} stored bytes, so its digest is not verified");
        visitor.problem(layer_problem(ProblemKind::Limit, message));
    }
    if ended.has_garbage {
        let message = format!("layer {name} has bytes behind its end, which decompressors ignore");
        visitor.problem(layer_problem(ProblemKind::Layer, message));
    }
    Ok(LayerSummary {
        stored_bytes: ended.stored_bytes,
        tar_bytes: walked.tar_bytes,
        entries: walked.entries,
        diff_id: walked.diff_id,
    })
}

fn layer_problem(kind: ProblemKind, message: String) -> Problem {
    let location = Location { layer: LayerIndex(0), path: ImagePath::default(), lines: None };
    Problem { kind, message, location: Some(location), extractor: None }
}

/// Tells of a layer's end, however it comes.
struct Begun<'a> {
    progress: &'a dyn Progress,
    layer: usize,
}

impl<'a> Begun<'a> {
    fn new(progress: &'a dyn Progress, layer: usize, size: Option<u64>) -> Self {
        progress.begin(layer, size);
        Self { progress, layer }
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.progress.end(self.layer);
    }
}

/// What was seen of the archive.
struct Walked {
    entries: u64,
    tar_bytes: u64,
    diff_id: Option<Digest>,
    result: Result<(), TarError>,
}

/// What was seen of the stored bytes.
struct Ended {
    stored_bytes: u64,
    /// The digest, if one is wanted and all bytes were read.
    digest: Option<Digest>,
    failure: Option<io::Error>,
    has_garbage: bool,
}

impl Ended {
    /// Reads what nobody read, since the digest is of all bytes.
    fn new(mut stored: Stored<'_>, has_garbage: bool, context: &WalkContext<'_>) -> Self {
        let drained = stored.drain(context.limits.layer_bytes_max);
        let stored_bytes = stored.total();
        // An error that a decoder has met and told of is no longer here.
        let failure = stored.take_failure();
        let (digest, buffer) = stored.finish();
        if buffer.len() > CHUNK_BYTES {
            context.budget.give_back(buffer);
        }
        let digest = digest.filter(|_| matches!(drained, Ok(true)));
        Self { stored_bytes, digest, failure, has_garbage }
    }

    /// When no byte was seen because there was no thread to read them.
    fn unread(failure: io::Error) -> Self {
        Self { stored_bytes: 0, digest: None, failure: Some(failure), has_garbage: false }
    }
}

/// Walks a layer in the way that suits its size.
fn walk_stored<'a>(
    mut stored: Stored<'a>,
    compression: Compression,
    size: Option<u64>,
    hasher: Option<Hasher>,
    context: &WalkContext<'a>,
    visitor: &mut dyn Visit,
) -> (Walked, Ended) {
    let WalkContext { limits, budget, .. } = context;
    let mut reservation =
        budget.reserve_at_most(STREAM_BYTES.saturating_add(compression.memory_bytes()));
    if compression == Compression::Gzip
        && let Some(whole) = whole::inflate(&mut stored, size, limits, &mut reservation)
    {
        let archive = whole.buffer.get(..whole.len).unwrap_or_default();
        let walked = walk_chunks(Slice::new(archive), hasher, context, visitor);
        reservation.give_back(whole.buffer);
        return (walked, Ended::new(stored, false, context));
    }
    let decoder = match Decoder::new(stored, compression, limits) {
        Ok(decoder) => decoder,
        Err(error) => {
            let walked = Walked { entries: 0, tar_bytes: 0, diff_id: None, result: Ok(()) };
            return (walked, Ended::unread(error));
        }
    };
    if size.is_some_and(|size| size <= ONE_THREAD_BYTES) {
        walk_here(decoder, hasher, context, visitor)
    } else {
        walk_in_two_threads(decoder, hasher, context, visitor)
    }
}

/// Decodes and walks in turn.
fn walk_here(
    decoder: Decoder<'_>,
    hasher: Option<Hasher>,
    context: &WalkContext<'_>,
    visitor: &mut dyn Visit,
) -> (Walked, Ended) {
    let mut decoded = Decoded { decoder, buffer: vec![0; CHUNK_BYTES], len: 0 };
    let walked = walk_chunks(&mut decoded, hasher, context, visitor);
    (walked, end(decoded.decoder, context))
}

/// Decodes in a thread of its own, and walks in this one.
fn walk_in_two_threads(
    decoder: Decoder<'_>,
    hasher: Option<Hasher>,
    context: &WalkContext<'_>,
    visitor: &mut dyn Visit,
) -> (Walked, Ended) {
    let (full_sender, full) = sync_channel(CHUNKS);
    let (empty_sender, empty) = channel();
    for _ in 0..CHUNKS {
        // The receiver is in this function.
        drop(empty_sender.send(vec![0; CHUNK_BYTES]));
    }
    std::thread::scope(|scope| {
        let decoding = std::thread::Builder::new()
            .name("layer-decode".to_owned())
            .spawn_scoped(scope, move || end(decode(decoder, &empty, &full_sender), context));
        let received = Received { full, empty: empty_sender, buffer: Vec::new(), len: 0 };
        // Gone when the walk is over, so that the other thread stops decoding.
        let walked = walk_chunks(received, hasher, context, visitor);
        let ended = match decoding.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(ended)) => ended,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Ended::unread(error),
        };
        (walked, ended)
    })
}

/// A part of the archive on its way from one thread to the other.
struct Chunk {
    buffer: Vec<u8>,
    len: usize,
}

/// Decodes until the end, or until nobody listens.
fn decode<'a>(
    mut decoder: Decoder<'a>,
    empty: &Receiver<Vec<u8>>,
    full: &SyncSender<Result<Chunk, DecodeError>>,
) -> Decoder<'a> {
    while let Ok(mut buffer) = empty.recv() {
        let filled = decoder.fill(&mut buffer);
        let is_last = !matches!(filled, Ok(1..));
        let sent = match filled {
            Ok(0) => Ok(()),
            Ok(len) => full.send(Ok(Chunk { buffer, len })),
            Err(error) => full.send(Err(error)),
        };
        if is_last || sent.is_err() {
            break;
        }
    }
    decoder
}

fn end(decoder: Decoder<'_>, context: &WalkContext<'_>) -> Ended {
    match decoder.into_stored() {
        (Some(stored), has_garbage) => Ended::new(stored, has_garbage, context),
        (None, _) => Ended::unread(io::ErrorKind::Other.into()),
    }
}

/// Walks the archive, then goes on to the end of the bytes for their digest.
fn walk_chunks(
    chunks: impl Chunks,
    hasher: Option<Hasher>,
    context: &WalkContext<'_>,
    visitor: &mut dyn Visit,
) -> Walked {
    let mut seen = Seen { chunks, hasher, bytes: 0 };
    let mut reader = Reader::new(&mut seen, context.limits, context.budget, visitor);
    let mut result = reader.run();
    let entries = reader.entries;
    while result.is_ok() {
        match seen.advance() {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => result = Err(error.into()),
        }
    }
    let diff_id = seen.hasher.filter(|_| result.is_ok()).map(Hasher::finish);
    Walked { entries, tar_bytes: seen.bytes, diff_id, result }
}

/// Counts and digests chunks as they pass.
struct Seen<C> {
    chunks: C,
    hasher: Option<Hasher>,
    bytes: u64,
}

impl<C: Chunks> Chunks for Seen<C> {
    fn current(&self) -> &[u8] {
        self.chunks.current()
    }

    fn advance(&mut self) -> Result<bool, DecodeError> {
        let is_there = self.chunks.advance()?;
        let chunk = self.chunks.current();
        self.bytes = self.bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if let Some(hasher) = &mut self.hasher {
            hasher.update(chunk);
        }
        Ok(is_there)
    }
}

/// An archive that is in memory as a whole: one chunk.
struct Slice<'b> {
    next: Option<&'b [u8]>,
    current: &'b [u8],
}

impl<'b> Slice<'b> {
    fn new(archive: &'b [u8]) -> Self {
        Self { next: Some(archive), current: &[] }
    }
}

impl Chunks for Slice<'_> {
    fn current(&self) -> &[u8] {
        self.current
    }

    fn advance(&mut self) -> Result<bool, DecodeError> {
        let next = self.next.take();
        self.current = next.unwrap_or_default();
        Ok(next.is_some())
    }
}

/// Chunks decoded when they are asked for.
struct Decoded<'a> {
    decoder: Decoder<'a>,
    buffer: Vec<u8>,
    len: usize,
}

impl Chunks for &mut Decoded<'_> {
    fn current(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    fn advance(&mut self) -> Result<bool, DecodeError> {
        self.len = 0;
        self.len = self.decoder.fill(&mut self.buffer)?;
        Ok(self.len > 0)
    }
}

/// Chunks decoded by another thread, to which their buffers return.
struct Received {
    full: Receiver<Result<Chunk, DecodeError>>,
    empty: Sender<Vec<u8>>,
    buffer: Vec<u8>,
    len: usize,
}

impl Chunks for Received {
    fn current(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    fn advance(&mut self) -> Result<bool, DecodeError> {
        self.len = 0;
        let used = std::mem::take(&mut self.buffer);
        if !used.is_empty() {
            // The other thread may have ended.
            drop(self.empty.send(used));
        }
        match self.full.recv() {
            Ok(Ok(Chunk { buffer, len })) => {
                (self.buffer, self.len) = (buffer, len);
                Ok(true)
            }
            Ok(Err(error)) => Err(error),
            // It has ended, and closed the channel: there is no more.
            Err(_) => Ok(false),
        }
    }
}
