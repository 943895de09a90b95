mod bounds;
mod digests;
mod streams;

use super::{Budget, LayerBlob, WalkContext, walk_layer};
use crate::tar::testing::{Shown, archive, file};
use crate::walk::{LayerError, LayerSummary};
use flate2::{Compression, write::GzEncoder};
use lazaret_core::digest::Digest;
use lazaret_core::limits::Limits;
use sha2::{Digest as _, Sha256};
use std::io::{Read, Write};

/// A layer in a test.
struct Case<'a> {
    stored: &'a [u8],
    size: Option<u64>,
    digest: Option<Digest>,
    diff_id: Option<Digest>,
    limits: Limits,
    verify_diff_id: bool,
}

impl<'a> Case<'a> {
    fn new(stored: &'a [u8]) -> Self {
        Self {
            stored,
            size: u64::try_from(stored.len()).ok(),
            digest: Some(sha256(stored)),
            diff_id: None,
            limits: Limits::default(),
            verify_diff_id: true,
        }
    }

    fn walk(self) -> (Shown, Result<LayerSummary, LayerError>) {
        let reader = Box::new(self.stored);
        self.walk_from(reader)
    }

    fn walk_from(
        self,
        reader: Box<dyn Read + Send + '_>,
    ) -> (Shown, Result<LayerSummary, LayerError>) {
        let Self { size, digest, diff_id, limits, verify_diff_id, .. } = self;
        let mut shown = Shown::default();
        let budget = Budget::new(limits.memory_bytes);
        let blob = LayerBlob { name: "the-layer".to_owned(), reader, size, digest, diff_id };
        let context =
            WalkContext { limits: &limits, budget: &budget, progress: None, verify_diff_id };
        let result = walk_layer(blob, &context, &mut shown);
        (shown, result)
    }
}

fn sha256(bytes: &[u8]) -> Digest {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes))).parse().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that do not compress, always the same.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

/// An archive of two small files.
fn small() -> Vec<u8> {
    archive(&[file("etc/one", b"first"), file("etc/two", &[2; 3000])])
}

/// An archive of 6 MiB that does not compress, with files of all sizes.
fn large() -> Vec<u8> {
    let noise = noise(3 << 20);
    archive(&[
        file("a", &noise),
        file("b", &noise[..100]),
        file("c", &noise[..300_000]),
        file("d", &noise[1000..]),
    ])
}
