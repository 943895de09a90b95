//! Facts of layers that were read before, by diff id and extractor fingerprint.

use crate::check::CheckFacts;
use lazaret_core::digest::Digest;
use lazaret_core::extract::LayerFacts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What names a layer's facts: the layer, and the program that read it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    /// Digest of the uncompressed layer.
    pub diff_id: Digest,
    /// [`fingerprint`](crate::fingerprint) of the extractor table.
    pub fingerprint: String,
}

/// A store of facts. An entry that is lost, damaged or unreadable is only a miss: the layer is read
/// again.
pub trait LayerCache: Send + Sync {
    /// The facts, if they are there.
    fn load(&self, key: &CacheKey) -> Option<Arc<LayerFacts>>;
    /// Keeps facts. Failing to is no error.
    fn store(&self, key: &CacheKey, facts: &Arc<LayerFacts>);
    /// What else was found in the layer, if it is there. Its fingerprints are others.
    fn load_checks(&self, key: &CacheKey) -> Option<Arc<CheckFacts>>;
    /// Keeps what else was found. Failing to is no error.
    fn store_checks(&self, key: &CacheKey, facts: &Arc<CheckFacts>);
}

/// Facts kept for the life of the program.
#[derive(Default)]
pub struct MemoryCache {
    entries: Mutex<HashMap<CacheKey, Arc<LayerFacts>>>,
    checks: Mutex<HashMap<CacheKey, Arc<CheckFacts>>>,
}

impl LayerCache for MemoryCache {
    fn load(&self, key: &CacheKey) -> Option<Arc<LayerFacts>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn store(&self, key: &CacheKey, facts: &Arc<LayerFacts>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(key.clone(), Arc::clone(facts));
    }

    fn load_checks(&self, key: &CacheKey) -> Option<Arc<CheckFacts>> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn store_checks(&self, key: &CacheKey, facts: &Arc<CheckFacts>) {
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.insert(key.clone(), Arc::clone(facts));
    }
}

/// Facts kept in a folder, one file a layer: a BLAKE3 checksum, then zstd-compressed JSON.
pub struct DirectoryCache {
    folder: PathBuf,
}

const CHECKSUM_BYTES: usize = 32;
/// Facts after decompression; the largest real layers give some 20 MB.
const FACTS_BYTES_MAX: u64 = 1 << 30;

impl DirectoryCache {
    /// A cache in this folder, which is made when the first facts are kept.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn file(&self, key: &CacheKey) -> PathBuf {
        let name = format!("{}-{}", key.diff_id.algorithm().name(), key.diff_id.hex());
        self.folder.join("layers").join(&key.fingerprint).join(name)
    }

    fn read<T: DeserializeOwned>(&self, key: &CacheKey) -> Option<T> {
        use std::io::Read as _;
        let bytes = std::fs::read(self.file(key)).ok()?;
        let (checksum, packed) = bytes.split_at_checked(CHECKSUM_BYTES)?;
        if blake3::hash(packed).as_bytes() != checksum {
            return None;
        }
        let mut json = Vec::new();
        let unpacker = zstd::Decoder::new(packed).ok()?;
        unpacker.take(FACTS_BYTES_MAX).read_to_end(&mut json).ok()?;
        serde_json::from_slice(&json).ok()
    }

    fn write<T: Serialize>(&self, key: &CacheKey, facts: &T) -> std::io::Result<()> {
        let file = self.file(key);
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let packed = zstd::encode_all(serde_json::to_vec(facts)?.as_slice(), 1)?;
        let mut bytes = blake3::hash(&packed).as_bytes().to_vec();
        bytes.extend_from_slice(&packed);
        // Written beside and renamed, so that a scan at the same time never sees half a file.
        let unfinished = file.with_extension(format!("{}.tmp", std::process::id()));
        std::fs::write(&unfinished, &bytes)?;
        std::fs::rename(&unfinished, &file)
    }
}

impl DirectoryCache {
    fn keep<T: Serialize>(&self, key: &CacheKey, facts: &T) {
        if let Err(error) = self.write(key, facts) {
            tracing::warn!(error = %error, "cache write failed");
        }
    }
}

impl LayerCache for DirectoryCache {
    fn load(&self, key: &CacheKey) -> Option<Arc<LayerFacts>> {
        self.read(key).map(Arc::new)
    }

    fn store(&self, key: &CacheKey, facts: &Arc<LayerFacts>) {
        self.keep(key, facts.as_ref());
    }

    fn load_checks(&self, key: &CacheKey) -> Option<Arc<CheckFacts>> {
        self.read(key).map(Arc::new)
    }

    fn store_checks(&self, key: &CacheKey, facts: &Arc<CheckFacts>) {
        self.keep(key, facts.as_ref());
    }
}
