//! The stages, in the order of the picture in `ARCHITECTURE.md`.

use crate::cache::{CacheKey, LayerCache, MemoryCache};
use crate::companion::join;
use crate::extract::{LayerVisitor, fingerprint};
use lazaret_advisory::{Db, DbError, MatchOptions, enrich, match_inventory_with};
use lazaret_core::digest::Digest;
use lazaret_core::extract::{Extractor, LayerFacts};
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;
use lazaret_core::limits::Limits;
use lazaret_core::problem::ProblemKind;
use lazaret_core::report::{Provenance, Report, TargetKind};
use lazaret_image::{LayerError, LayerSummary, Source};
use lazaret_inventory::{Described, EXTRACTORS, Selection, squash, squash_all_layers, unresolved};
use lazaret_policy::{Judged, Kind, Knows, Policy, evaluate};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What outlives a scan: the extractor table, the cache and the bounds.
pub struct Engine {
    extractors: &'static [&'static Extractor],
    selection: Selection,
    limits: Limits,
    cache: Box<dyn LayerCache>,
    fingerprint: String,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine with every extractor, the default bounds and a cache in memory.
    pub fn new() -> Self {
        Self::with(Limits::default(), Box::new(MemoryCache::default()))
    }

    /// An engine with these bounds and this cache.
    pub fn with(limits: Limits, cache: Box<dyn LayerCache>) -> Self {
        Self {
            extractors: EXTRACTORS,
            selection: Selection::new(EXTRACTORS),
            fingerprint: fingerprint(EXTRACTORS, &limits),
            limits,
            cache,
        }
    }

    /// The extractor table.
    pub fn extractors(&self) -> &'static [&'static Extractor] {
        self.extractors
    }
}

/// What one scan is asked for.
pub struct Options<'a> {
    /// Whether vulnerabilities are looked for, and in which database.
    pub database: Option<&'a Db>,
    /// What the image is judged by.
    pub policy: Policy,
    /// Layers read at once.
    pub parallel: NonZeroUsize,
    /// Whether findings of operating-system packages are asked for.
    pub os_packages: bool,
    /// Whether findings of language packages are asked for.
    pub library_packages: bool,
    /// Whether packages that only earlier layers have are listed as well.
    pub all_layers: bool,
    /// How packages are judged, where there is a choice.
    pub matching: MatchOptions,
    /// What kind of thing the source is.
    pub target: TargetKind,
    /// Name and version of the program, for the report.
    pub tool: (&'static str, &'static str),
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            database: None,
            policy: Policy::default(),
            parallel: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            os_packages: true,
            library_packages: true,
            all_layers: false,
            matching: MatchOptions::default(),
            target: TargetKind::Image,
            tool: ("lazaret", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// Why a scan could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A layer could not be read.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// The advisory database could not be asked.
    #[error("failed to ask the advisory database")]
    Database(#[from] DbError),
    /// The layers together hold more than may be kept.
    #[error(
        "the image has more packages and links than fit into {limit_bytes} bytes of memory \
         (--memory gives it more)"
    )]
    Memory {
        /// What may be used.
        limit_bytes: u64,
    },
    /// The source has no such image.
    #[error("the source has no image number {0}")]
    NoImage(usize),
}

/// Scans one image of a source.
pub fn scan(
    engine: &Engine,
    source: &Source,
    image: usize,
    options: &Options<'_>,
) -> Result<Report, ScanError> {
    let description = source.images().get(image).ok_or(ScanError::NoImage(image))?;
    let mut inventory = extract_scope(engine, source, image, options.parallel, options.all_layers)?;
    inventory.problems.extend_from_slice(source.problems());
    inventory.problems.sort();
    assess(description, inventory, options)
}

/// Scans what a bill of materials is about.
///
/// It says nothing of how an image is configured, so that rules about that are not answered.
pub fn scan_described(described: Described, options: &Options<'_>) -> Result<Report, ScanError> {
    assess(&described.image, described.inventory, options)
}

/// From match to evaluate: the part of a scan that needs no bytes.
fn assess(
    description: &Image,
    mut inventory: Inventory,
    options: &Options<'_>,
) -> Result<Report, ScanError> {
    let mut findings = Vec::new();
    let mut database = None;
    let mut end_of_life = None;
    if let Some(db) = options.database {
        let span = tracing::info_span!("match", packages = inventory.packages.len());
        let matched = span.in_scope(|| match_inventory_with(db, &inventory, &options.matching))?;
        findings = matched.findings;
        if !(options.os_packages && options.library_packages) {
            findings.retain(|finding| {
                let package = finding.package().and_then(|id| inventory.package(id));
                package.is_none_or(|package| {
                    let is_os = package.ecosystem.is_os();
                    if is_os { options.os_packages } else { options.library_packages }
                })
            });
        }
        inventory.problems.extend(matched.problems);
        inventory.problems.sort();
        database = Some(db.describe(matched.segments));
        if let Some(found) = &inventory.os {
            end_of_life = db.end_of_life(&found.os)?;
        }
    }
    let judged = Judged {
        image: description,
        inventory: &inventory,
        end_of_life: end_of_life.as_ref(),
        database: database.as_ref(),
        knows: knows(options),
        looked_for: options.database.iter().map(|_| Kind::Vulnerability).collect(),
    };
    let (findings, verdict) =
        tracing::info_span!("evaluate").in_scope(|| evaluate(&options.policy, &judged, findings));
    Ok(Report {
        target: options.target,
        image: description.clone(),
        inventory,
        end_of_life,
        findings,
        verdict,
        provenance: Provenance {
            tool: options.tool.0.to_owned(),
            version: options.tool.1.to_owned(),
            database,
        },
    })
}

/// Which questions of a policy this scan can answer.
fn knows(options: &Options<'_>) -> Knows {
    let holds = |kind| options.database.is_some_and(|db| db.holds(kind));
    Knows {
        exploited: holds(enrich::Kind::Exploited),
        epss: holds(enrich::Kind::Epss),
        end_of_life: holds(enrich::Kind::EndOfLife),
        config: options.target == TargetKind::Image,
    }
}

/// How often layers are read again for links that lead to links; real images need one round, if
/// any.
const LINK_ROUNDS_MAX: usize = 4;

/// Reads the layers of one image, those in the cache aside, and merges what they hold.
pub fn extract_image(
    engine: &Engine,
    source: &Source,
    image: usize,
    parallel: NonZeroUsize,
) -> Result<Inventory, ScanError> {
    extract_scope(engine, source, image, parallel, false)
}

/// The same, with what only earlier layers have where all layers are asked for.
fn extract_scope(
    engine: &Engine,
    source: &Source,
    image: usize,
    parallel: NonZeroUsize,
    all_layers: bool,
) -> Result<Inventory, ScanError> {
    let description = source.images().get(image).ok_or(ScanError::NoImage(image))?;
    let mut facts = extract(engine, source, image, description, parallel)?;
    let mut resolved: Option<Selection> = None;
    for _ in 0..LINK_ROUNDS_MAX {
        let selection = resolved.as_ref().unwrap_or(&engine.selection);
        let Some(again) = unresolved(&facts, selection, &engine.limits) else { break };
        // A wanted path is a link to a file that nobody read: read the layers that may hold it
        // once more, now knowing where to look.
        let wanted: Vec<usize> = again.layers.into_iter().collect();
        let read = read_layers(source, image, &wanted, &again.selection, &engine.limits, parallel)?;
        for (index, (layer, _)) in read {
            if let Some(slot) = facts.get_mut(index) {
                *slot = Arc::new(layer);
            }
        }
        resolved = Some(again.selection);
    }
    join(source, image, &mut facts, &engine.selection, &engine.limits)?;
    Ok(tracing::info_span!("squash").in_scope(|| {
        let squash = if all_layers { squash_all_layers } else { squash };
        squash(&facts, &engine.selection, &engine.limits)
    }))
}

/// The facts of every layer, each distinct layer read at most once.
fn extract(
    engine: &Engine,
    source: &Source,
    image: usize,
    description: &Image,
    parallel: NonZeroUsize,
) -> Result<Vec<Arc<LayerFacts>>, ScanError> {
    let span = tracing::info_span!("extract", layers = description.layers.len());
    let _guard = span.enter();
    let key = |diff_id: &Digest| CacheKey {
        diff_id: diff_id.clone(),
        fingerprint: engine.fingerprint.clone(),
    };
    let mut facts: Vec<Option<Arc<LayerFacts>>> = Vec::new();
    let mut first: BTreeMap<&Digest, usize> = BTreeMap::new();
    let mut wanted: Vec<usize> = Vec::new();
    for (index, layer) in description.layers.iter().enumerate() {
        let cached = layer.diff_id.as_ref().and_then(|diff_id| engine.cache.load(&key(diff_id)));
        let again = layer
            .diff_id
            .as_ref()
            .is_some_and(|diff_id| *first.entry(diff_id).or_insert(index) != index);
        if cached.is_none() && !again {
            wanted.push(index);
        }
        facts.push(cached);
    }
    let read = read_layers(source, image, &wanted, &engine.selection, &engine.limits, parallel)?;
    for (index, (layer, summary)) in read {
        let layer = Arc::new(layer);
        // What was computed names the facts, not what the image claims; and facts that a limit cut
        // short are not kept, since the next scan may have another.
        let whole = !layer.problems.iter().any(|problem| problem.kind == ProblemKind::Limit);
        if let (Some(diff_id), true) = (&summary.diff_id, whole) {
            engine.cache.store(&key(diff_id), &layer);
        }
        if let Some(slot) = facts.get_mut(index) {
            *slot = Some(layer);
        }
    }
    let shared: Vec<Arc<LayerFacts>> = description
        .layers
        .iter()
        .enumerate()
        .map(|(index, layer)| {
            let original = layer.diff_id.as_ref().and_then(|diff_id| first.get(diff_id));
            facts
                .get(index)
                .and_then(Option::as_ref)
                .or_else(|| facts.get(*original?).and_then(Option::as_ref))
                .map_or_else(Arc::default, Arc::clone)
        })
        .collect();
    Ok(shared)
}

type Outcome = Result<(LayerFacts, LayerSummary), ScanError>;
type Extracted = BTreeMap<usize, (LayerFacts, LayerSummary)>;

/// What the facts of all layers may take together: the memory there is, so that whichever layers are
/// read first, an image that needs more is the same error.
struct Room {
    limit_bytes: u64,
    spent_bytes: AtomicU64,
}

impl Room {
    fn new(limits: &Limits) -> Self {
        Self { limit_bytes: limits.memory_bytes, spent_bytes: AtomicU64::new(0) }
    }

    /// The facts of a layer that was read to its end, if there is room for them.
    fn take(&self, visitor: LayerVisitor<'_>, result: Result<LayerSummary, LayerError>) -> Outcome {
        let summary = result?;
        let bytes = visitor.spent_bytes();
        let before = self.spent_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.limit_bytes {
            return Err(ScanError::Memory { limit_bytes: self.limit_bytes });
        }
        Ok((visitor.finish(), summary))
    }
}

/// Walks layers, several at once where the source allows it. The first layer that fails, in the
/// order of the image, is the error.
fn read_layers(
    source: &Source,
    image: usize,
    wanted: &[usize],
    selection: &Selection,
    limits: &Limits,
    parallel: NonZeroUsize,
) -> Result<Extracted, ScanError> {
    if source.is_sequential() {
        return read_in_order(source, image, wanted, selection, limits);
    }
    // The largest layers first, so that a long one does not begin last.
    let size = |index: usize| {
        let layers = source.images().get(image).map(|image| image.layers.as_slice());
        layers.and_then(|layers| layers.get(index)).map_or(0, |layer| layer.size_bytes)
    };
    let mut queue = wanted.to_vec();
    queue.sort_by_key(|index| (std::cmp::Reverse(size(*index)), *index));
    let room = Room::new(limits);
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let Some(index) = queue.get(next.fetch_add(1, Ordering::Relaxed)).copied() else {
                return;
            };
            let mut visitor = LayerVisitor::new(selection, limits);
            let result = source.walk(image, index, &mut visitor);
            let result = room.take(visitor, result);
            if result.is_err() {
                failed.store(true, Ordering::Relaxed);
            }
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    let workers = parallel.get().min(queue.len());
    if workers <= 1 {
        work();
    } else {
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
    }
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(index, result)| Ok((index, result?))).collect()
}

/// Walks the layers of a source that can only be read from front to end.
fn read_in_order(
    source: &Source,
    image: usize,
    wanted: &[usize],
    selection: &Selection,
    limits: &Limits,
) -> Result<Extracted, ScanError> {
    let room = Room::new(limits);
    let mut results = BTreeMap::new();
    source.walk_many(
        image,
        wanted,
        |_| LayerVisitor::new(selection, limits),
        |index, visitor, result| {
            results.insert(index, room.take(visitor, result));
        },
    );
    results.into_iter().map(|(index, result)| Ok((index, result?))).collect()
}
