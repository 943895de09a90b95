//! The stages, in the order of the picture in `ARCHITECTURE.md`.

use crate::attached::Attached;
use crate::cache::{CacheKey, LayerCache, MemoryCache};
use crate::check::{
    Both, CheckFacts, CheckVisitor, Checks, ConfigFile, Evidence, Found, LookedAt, check_files,
    collect, compliance, find,
};
use crate::companion::join;
use crate::extract::{LayerVisitor, fingerprint};
use crate::skip::Skip;
use lazaret_advisory::{Db, DbError, MatchOptions, enrich, match_inventory_with};
use lazaret_check::secret::{Scanner, redact_history, redact_setting};
use lazaret_core::digest::Digest;
use lazaret_core::extract::{Extractor, LayerFacts};
use lazaret_core::finding::{Finding, RuleText};
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;
use lazaret_core::limits::Limits;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::{DatabaseUse, EndOfLife, Provenance, Report, TargetKind};
use lazaret_image::{LayerError, LayerSummary, Source};
use lazaret_inventory::{
    Described, EXTRACTORS, Selection, squash_all_layers, squash_attached, unresolved,
};
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
    /// What is looked for beside packages and their vulnerabilities.
    pub checks: Checks,
    /// What is left out of all of it.
    pub skip: Skip,
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
    /// What lies beside the image.
    pub attached: Attached,
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
            checks: Checks::default(),
            skip: Skip::default(),
            policy: Policy::default(),
            parallel: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            os_packages: true,
            library_packages: true,
            all_layers: false,
            attached: Attached::default(),
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
    let Options { parallel, checks, skip, attached, .. } = options;
    let work = Work { engine, source, image, parallel: *parallel, checks, skip, attached };
    let Extraction { facts, checks, mut inventory } = extract_scope(&work, options.all_layers)?;
    inventory.problems.extend_from_slice(source.problems());
    inventory.problems.extend_from_slice(&attached.problems);
    let today = options.policy.today.map(|day| day.to_string());
    let mut found = tracing::info_span!("check").in_scope(|| {
        find(&Evidence {
            checks: &options.checks,
            image: description,
            layers: &facts,
            facts: &checks,
            inventory: &inventory,
            today: today.as_deref(),
            has_config: options.target == TargetKind::Image,
        })
    });
    drop((facts, checks));
    if options.checks.config_files {
        let (files, problems) = collect(source, &options.checks, skip, &engine.limits)?;
        check_files(&files, &options.checks, today.as_deref(), &mut found);
        // What the folder itself could not be read for has been told already.
        let limits = problems.into_iter().filter(|told| told.kind == ProblemKind::Limit);
        found.problems.extend(limits);
    }
    assess(description, inventory, found, options)
}

/// Scans what a bill of materials is about.
///
/// It says nothing of how an image is configured, so that rules about that are not answered.
pub fn scan_described(described: Described, options: &Options<'_>) -> Result<Report, ScanError> {
    let found = find(&Evidence {
        checks: &options.checks,
        image: &described.image,
        layers: &[],
        facts: &[],
        inventory: &described.inventory,
        today: None,
        has_config: false,
    });
    assess(&described.image, described.inventory, found, options)
}

/// From match to evaluate: the part of a scan that needs no bytes.
fn assess(
    description: &Image,
    mut inventory: Inventory,
    mut found: Found,
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
        database = Some(db.describe(matched.segments));
        if let Some(found) = &inventory.os {
            end_of_life = db.end_of_life(&found.os)?;
        }
    }
    findings.append(&mut found.findings);
    // Stable: what is equally urgent keeps its order.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    inventory.problems.extend(found.problems);
    inventory.problems.sort();
    let image = description;
    let Found { rules, looked_at, .. } = found;
    let judging = Judging { image, inventory, end_of_life, database, rules, looked_at };
    Ok(report(options, judging, findings))
}

/// Looks at configuration files that lie in no folder that is scanned.
///
/// `name` is what the report calls them together.
pub fn scan_files(name: &str, files: &[ConfigFile], options: &Options<'_>) -> Report {
    let today = options.policy.today.map(|day| day.to_string());
    let mut found = Found::default();
    check_files(files, &options.checks, today.as_deref(), &mut found);
    found.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found.problems.sort();
    let image = Image { name: name.to_owned(), ..Image::default() };
    let inventory = Inventory { problems: found.problems, ..Inventory::default() };
    let (end_of_life, database) = (None, None);
    let Found { findings, rules, looked_at, .. } = found;
    let judging = Judging { image: &image, inventory, end_of_life, database, rules, looked_at };
    report(options, judging, findings)
}

/// What a scan comes to before it is judged, findings aside.
struct Judging<'e> {
    image: &'e Image,
    inventory: Inventory,
    end_of_life: Option<EndOfLife>,
    database: Option<DatabaseUse>,
    rules: BTreeMap<String, RuleText>,
    looked_at: LookedAt,
}

/// Judges findings, and puts everything together.
fn report(options: &Options<'_>, judging: Judging<'_>, findings: Vec<Finding>) -> Report {
    let Judging { image, inventory, end_of_life, database, rules, looked_at } = judging;
    let looked_for = looked_for(options);
    let judged = Judged {
        image,
        inventory: &inventory,
        end_of_life: end_of_life.as_ref(),
        database: database.as_ref(),
        knows: knows(options),
        looked_for: looked_for.iter().copied().collect(),
    };
    let (findings, verdict) = tracing::info_span!("evaluate").in_scope(|| {
        if looked_at.is_broken && !options.policy.fail_on.is_empty() {
            // Who wrote a rule and gates means the gate to have its answer.
            let policy = Policy { fails_closed: true, ..options.policy.clone() };
            return evaluate(&policy, &judged, findings);
        }
        evaluate(&options.policy, &judged, findings)
    });
    let spec = options.checks.compliance.as_deref();
    let compliance = spec.map(|spec| compliance(spec, &looked_for, &looked_at, &findings));
    Report {
        target: options.target,
        image: redacted(image),
        inventory,
        end_of_life,
        findings,
        rules,
        compliance,
        verdict,
        provenance: Provenance {
            tool: options.tool.0.to_owned(),
            version: options.tool.1.to_owned(),
            looked_for,
            database,
            attached: options.attached.provenance(),
        },
    }
}

/// What a scan looks for, sorted.
fn looked_for(options: &Options<'_>) -> Vec<Kind> {
    let Checks { secrets, misconfiguration, config_files, licenses, .. } = &options.checks;
    let asked = [
        (Kind::Vulnerability, options.database.is_some()),
        (Kind::Secret, secrets.is_some()),
        (Kind::Misconfiguration, *misconfiguration || *config_files),
        (Kind::License, licenses.is_some()),
    ];
    asked.into_iter().filter(|(_, is_asked)| *is_asked).map(|(kind, _)| kind).collect()
}

/// The image without the secrets in its configuration: reports are sent around.
fn redacted(image: &Image) -> Image {
    let scanner = Scanner::builtin();
    let mut image = image.clone();
    for setting in &mut image.config.env {
        if let Some((name, value)) = setting.split_once('=')
            && let Some(value) = redact_setting(scanner, name, value)
        {
            *setting = format!("{name}={value}");
        }
    }
    for (name, value) in &mut image.config.labels {
        if let Some(redacted) = redact_setting(scanner, name, value) {
            *value = redacted;
        }
    }
    let history = image.config.history.iter_mut().map(|entry| &mut entry.created_by);
    let layers = image.layers.iter_mut().filter_map(|layer| layer.created_by.as_mut());
    for line in history.chain(layers) {
        if let Some(redacted) = redact_history(scanner, line) {
            *line = redacted;
        }
    }
    image
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
    let (checks, skip, attached) = (&Checks::default(), &Skip::default(), &Attached::default());
    let work = Work { engine, source, image, parallel, checks, skip, attached };
    Ok(extract_scope(&work, false)?.inventory)
}

/// What is to be read, and how.
#[derive(Clone, Copy)]
struct Work<'w> {
    engine: &'w Engine,
    source: &'w Source,
    image: usize,
    parallel: NonZeroUsize,
    checks: &'w Checks,
    skip: &'w Skip,
    attached: &'w Attached,
}

/// What was read: of each layer, the base first, and merged.
struct Extraction {
    facts: Vec<Arc<LayerFacts>>,
    checks: Vec<Arc<CheckFacts>>,
    inventory: Inventory,
}

/// Reads and merges, with what only earlier layers have where all layers are asked for.
fn extract_scope(work: &Work<'_>, all_layers: bool) -> Result<Extraction, ScanError> {
    let Work { engine, source, image, .. } = *work;
    let description = source.images().get(image).ok_or(ScanError::NoImage(image))?;
    let (mut facts, checks) = extract(work, description)?;
    let mut resolved: Option<Selection> = None;
    for _ in 0..LINK_ROUNDS_MAX {
        let selection = resolved.as_ref().unwrap_or(&engine.selection);
        let Some(again) = unresolved(&facts, selection, &engine.limits) else { break };
        // A wanted path is a link to a file that nobody read: read the layers that may hold it
        // once more, now knowing where to look.
        let wanted: Vec<usize> = again.layers.into_iter().collect();
        for (index, read) in read_layers(work, &wanted, &again.selection, None)? {
            if let Some(slot) = facts.get_mut(index) {
                *slot = Arc::new(read.facts);
            }
        }
        resolved = Some(again.selection);
    }
    join(source, image, &mut facts, &engine.selection, &engine.limits)?;
    let inventory = tracing::info_span!("squash").in_scope(|| {
        let attached = work.attached.facts(&engine.selection, &engine.limits);
        let squash = if all_layers { squash_all_layers } else { squash_attached };
        let layers: Vec<&LayerFacts> = facts.iter().map(Arc::as_ref).collect();
        squash(&layers, attached.as_ref(), &engine.selection, &engine.limits)
    });
    Ok(Extraction { facts, checks, inventory })
}

/// The facts of every layer, the base first.
type OfLayers = (Vec<Arc<LayerFacts>>, Vec<Arc<CheckFacts>>);

/// The facts of every layer, each distinct layer read at most once.
fn extract(work: &Work<'_>, description: &Image) -> Result<OfLayers, ScanError> {
    let span = tracing::info_span!("extract", layers = description.layers.len());
    let _guard = span.enter();
    let engine = work.engine;
    let key = |diff_id: &Digest, fingerprint: &str| CacheKey {
        diff_id: diff_id.clone(),
        fingerprint: fingerprint.to_owned(),
    };
    let checks_key = work.checks.fingerprint(&engine.limits, work.skip);
    let packages_key = if work.skip.is_empty() {
        engine.fingerprint.clone()
    } else {
        let text = format!("{}\n{}", engine.fingerprint, work.skip.key());
        blake3::hash(text.as_bytes()).to_hex().as_str().chars().take(32).collect()
    };
    let asks = work.checks.reads_files();
    let mut facts: Vec<Option<Arc<LayerFacts>>> = Vec::new();
    let mut checks: Vec<Option<Arc<CheckFacts>>> = Vec::new();
    let mut first: BTreeMap<&Digest, usize> = BTreeMap::new();
    let mut wanted: Vec<usize> = Vec::new();
    for (index, layer) in description.layers.iter().enumerate() {
        let diff_id = layer.diff_id.as_ref();
        let of_packages = diff_id.and_then(|id| engine.cache.load(&key(id, &packages_key)));
        let of_checks = match diff_id {
            Some(id) if asks => engine.cache.load_checks(&key(id, &checks_key)),
            _ => None,
        };
        let again = diff_id.is_some_and(|id| *first.entry(id).or_insert(index) != index);
        let is_known = of_packages.is_some() && (of_checks.is_some() || !asks);
        if !is_known && !again {
            wanted.push(index);
        }
        facts.push(of_packages);
        checks.push(of_checks);
    }
    let asked = asks.then_some(work.checks);
    for (index, read) in read_layers(work, &wanted, &engine.selection, asked)? {
        let layer = Arc::new(read.facts);
        let found = Arc::new(read.checks);
        // What was computed names the facts, not what the image claims; and facts that a limit cut
        // short are not kept, since the next scan may have another.
        let is_whole = |problems: &[Problem]| {
            !problems.iter().any(|problem| problem.kind == ProblemKind::Limit)
        };
        if let Some(diff_id) = &read.summary.diff_id {
            if is_whole(&layer.problems) {
                engine.cache.store(&key(diff_id, &packages_key), &layer);
            }
            if asks && is_whole(&layer.problems) {
                engine.cache.store_checks(&key(diff_id, &checks_key), &found);
            }
        }
        if let Some(slot) = facts.get_mut(index) {
            *slot = Some(layer);
        }
        if let Some(slot) = checks.get_mut(index) {
            *slot = Some(found);
        }
    }
    let original: Vec<Option<usize>> = description
        .layers
        .iter()
        .map(|layer| layer.diff_id.as_ref().and_then(|diff_id| first.get(diff_id)).copied())
        .collect();
    Ok((shared(&facts, &original), shared(&checks, &original)))
}

/// Facts of every layer; a layer that comes again has those of the first of its kind.
fn shared<T: Default>(facts: &[Option<Arc<T>>], original: &[Option<usize>]) -> Vec<Arc<T>> {
    let of = |index: usize| facts.get(index).and_then(Option::as_ref);
    let shared = original.iter().enumerate().map(|(index, original)| {
        of(index).or_else(|| of((*original)?)).map_or_else(Arc::default, Arc::clone)
    });
    shared.collect()
}

/// What was read of one layer.
struct LayerRead {
    facts: LayerFacts,
    checks: CheckFacts,
    summary: LayerSummary,
}

type Outcome = Result<LayerRead, ScanError>;

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
    fn take(&self, visitor: Both<'_>, result: Result<LayerSummary, LayerError>) -> Outcome {
        let summary = result?;
        let bytes = visitor.spent_bytes();
        let before = self.spent_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.limit_bytes {
            return Err(ScanError::Memory { limit_bytes: self.limit_bytes });
        }
        let Both { packages, checks, .. } = visitor;
        let checks = checks.map(CheckVisitor::finish).unwrap_or_default();
        Ok(LayerRead { facts: packages.finish(), checks, summary })
    }
}

/// Walks layers, several at once where the source allows it. The first layer that fails, in the
/// order of the image, is the error.
fn read_layers(
    work: &Work<'_>,
    wanted: &[usize],
    selection: &Selection,
    checks: Option<&Checks>,
) -> Result<BTreeMap<usize, LayerRead>, ScanError> {
    let Work { engine, source, image, parallel, skip, .. } = *work;
    let limits = &engine.limits;
    let room = Room::new(limits);
    let visitor = || {
        let checks = checks.map(|checks| CheckVisitor::new(checks, limits, skip));
        Both::new(LayerVisitor::new(selection, limits, skip), checks)
    };
    if source.is_sequential() {
        // A source that can only be read from front to end.
        let mut results = BTreeMap::new();
        source.walk_many(
            image,
            wanted,
            |_| visitor(),
            |index, visitor, result| {
                results.insert(index, room.take(visitor, result));
            },
        );
        return results.into_iter().map(|(index, result)| Ok((index, result?))).collect();
    }
    // The largest layers first, so that a long one does not begin last.
    let size = |index: usize| {
        let layers = source.images().get(image).map(|image| image.layers.as_slice());
        layers.and_then(|layers| layers.get(index)).map_or(0, |layer| layer.size_bytes)
    };
    let mut queue = wanted.to_vec();
    queue.sort_by_key(|index| (std::cmp::Reverse(size(*index)), *index));
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    let work = || {
        while !failed.load(Ordering::Relaxed) {
            let Some(index) = queue.get(next.fetch_add(1, Ordering::Relaxed)).copied() else {
                return;
            };
            let mut visitor = visitor();
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
