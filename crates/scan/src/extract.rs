//! One pass over one layer: every entry is looked at by its header, and the bodies somebody wants
//! are read into facts.

use crate::skip::Skip;
use lazaret_core::extract::{
    BEGINNING_BYTES, Entry, EntryKind, Extractor, Fact, FileFact, FileInput, LayerFacts,
    ParseError, Sink, path_key,
};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::maven::MavenProject;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_image::{EntryHeader, EntryType, Visit, Want};
use lazaret_inventory::{Selection, is_program};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What identifies the extractor table in a cache key: facts cached under one fingerprint are what
/// this program would extract again.
pub fn fingerprint(extractors: &[&'static Extractor], limits: &Limits) -> String {
    let mut hasher = blake3::Hasher::new();
    // Raised when the shape of the facts themselves changes.
    hasher.update(b"facts 7\n");
    for extractor in extractors {
        hasher.update(format!("{} {}\n", extractor.id, extractor.version).as_bytes());
    }
    let Limits { file_bytes_max, program_bytes_max, facts_per_file_max, .. } = limits;
    let bounds = format!("{file_bytes_max} {program_bytes_max} {facts_per_file_max}\n");
    hasher.update(bounds.as_bytes());
    let Limits { archive_depth_max, archive_bytes_max, path_bytes_max, .. } = limits;
    let bounds = format!("{archive_depth_max} {archive_bytes_max} {path_bytes_max}\n");
    hasher.update(bounds.as_bytes());
    hasher.finalize().to_hex().as_str().chars().take(32).collect()
}

/// What one entry or fact costs beside its texts, in bytes: the structures around it, here and
/// again in the squash.
const OVERHEAD_BYTES: u64 = 512;

/// Collects the facts of one layer from its entries.
pub(crate) struct LayerVisitor<'s> {
    selection: &'s Selection,
    limits: &'s Limits,
    skip: &'s Skip,
    facts: LayerFacts,
    /// Paths with an entry in `facts.entries`, whiteouts aside.
    seen: HashSet<ImagePath>,
    /// Paths that came again, with the number of facts and problems there were by then: older ones
    /// are of an entry that nobody would see.
    replaced: HashMap<ImagePath, (usize, usize)>,
    /// A program that was asked for; what it is recorded as depends on what is in it.
    program: Option<ImagePath>,
    problems_left_out: u64,
    /// What entries and facts take so far, in bytes.
    spent_bytes: u64,
}

/// Collects the facts of the entries that `walk` shows. For tests and tools that have a layer in
/// hand; [`scan`](crate::scan) does the same for every layer of an image.
pub fn extract_layer<E>(
    selection: &Selection,
    limits: &Limits,
    walk: impl FnOnce(&mut dyn Visit) -> Result<(), E>,
) -> Result<LayerFacts, E> {
    let skip = Skip::default();
    let mut visitor = LayerVisitor::new(selection, limits, &skip);
    walk(&mut visitor)?;
    Ok(visitor.finish())
}

impl<'s> LayerVisitor<'s> {
    pub(crate) fn new(selection: &'s Selection, limits: &'s Limits, skip: &'s Skip) -> Self {
        Self {
            selection,
            limits,
            skip,
            facts: LayerFacts::default(),
            seen: HashSet::new(),
            replaced: HashMap::new(),
            program: None,
            problems_left_out: 0,
            spent_bytes: 0,
        }
    }

    pub(crate) fn finish(mut self) -> LayerFacts {
        self.pass_over_program();
        self.drop_replaced();
        if self.is_full() {
            let message = "the layer has more packages and links than fit into the memory limit; \
                           what follows was not looked at (--memory gives it more)";
            self.facts.problems.push(Problem::general(ProblemKind::Limit, message));
        }
        self.facts.files.sort_unstable();
        self.facts.files.dedup();
        self.facts.folders.sort_unstable();
        self.facts.folders.dedup();
        // Stable, so that the facts of one file by one extractor keep their order.
        self.facts.facts.sort_by(|a, b| (&a.path, &a.extractor).cmp(&(&b.path, &b.extractor)));
        self.facts.problems.sort();
        if self.problems_left_out > 0 {
            let message = format!("{} further problems were left out", self.problems_left_out);
            self.facts.problems.push(Problem::general(ProblemKind::Limit, message));
        }
        self.facts
    }

    /// What one layer may take: half of the memory. What it costs counts for the squash as well.
    fn is_full(&self) -> bool {
        self.spent_bytes > self.limits.memory_bytes / 2
    }

    /// What entries, facts and the keys of all other files take, in bytes.
    pub(crate) fn spent_bytes(&self) -> u64 {
        let keys = self.facts.files.len().saturating_add(self.facts.folders.len());
        let keys = u64::try_from(keys).unwrap_or(u64::MAX);
        self.spent_bytes.saturating_add(keys.saturating_mul(8))
    }

    /// Counts something that is kept, its texts twice: the squash copies them.
    fn spend(&mut self, text_bytes: usize) {
        let text_bytes = u64::try_from(text_bytes).unwrap_or(u64::MAX).saturating_mul(2);
        self.spent_bytes =
            self.spent_bytes.saturating_add(text_bytes).saturating_add(OVERHEAD_BYTES);
    }

    fn push_entry(&mut self, path: ImagePath, kind: EntryKind) {
        let target_bytes = match &kind {
            EntryKind::Symlink(target) => target.len(),
            EntryKind::Hardlink(target) => target.as_str().len(),
            _ => 0,
        };
        self.spend(path.as_str().len().saturating_add(target_bytes));
        self.facts.entries.push(Entry { path, kind });
    }

    /// Counts the facts from a position on.
    fn spend_since(&mut self, before: usize) {
        let new = self.facts.facts.get(before..).unwrap_or_default();
        let sizes: Vec<usize> = new.iter().map(text_bytes).collect();
        for size in sizes {
            self.spend(size);
        }
    }

    fn record(&mut self, path: &ImagePath, kind: EntryKind) {
        if !self.seen.insert(path.clone()) {
            // The same path twice in one archive: the later entry is what gets unpacked.
            let so_far = (self.facts.facts.len(), self.facts.problems.len());
            self.replaced.insert(path.clone(), so_far);
        }
        self.push_entry(path.clone(), kind);
    }

    fn drop_replaced(&mut self) {
        if self.replaced.is_empty() {
            return;
        }
        let mut position = 0;
        self.facts.facts.retain(|fact| {
            position += 1;
            self.replaced.get(&fact.path).is_none_or(|(facts, _)| position > *facts)
        });
        position = 0;
        self.facts.problems.retain(|problem| {
            position += 1;
            let path = problem.location.as_ref().map(|location| &location.path);
            let replaced = path.and_then(|path| self.replaced.get(path));
            problem.kind != ProblemKind::Parse
                || replaced.is_none_or(|(_, problems)| position > *problems)
        });
    }

    fn keep(&mut self, problem: Problem) {
        if self.facts.problems.len() < self.limits.problems_per_layer_max {
            self.facts.problems.push(problem);
        } else {
            self.problems_left_out = self.problems_left_out.saturating_add(1);
        }
    }

    /// Records a file nobody has read, or has found anything in.
    fn unread(&mut self, path: &ImagePath) {
        if self.seen.contains(path) {
            self.record(path, EntryKind::Special);
        }
        self.facts.files.push(path_key(path.as_str()));
    }

    /// A program that was asked for was not handed over, or holds nothing.
    fn pass_over_program(&mut self) {
        if let Some(path) = self.program.take() {
            self.unread(&path);
        }
    }

    /// Reads the name of a folder that somebody wants to know, and records it if it says anything.
    fn read_folder(&mut self, path: &ImagePath) {
        let selection = self.selection;
        let wanted = |path: &str| selection.wants_owner(path);
        let (mut facts, mut problems) = (Vec::new(), Vec::new());
        for extractor in selection.folder_extractors(path.as_str()) {
            let input = FileInput { path, bytes: &[] };
            let read = |sink: &mut Sink<'_>| (extractor.run)(&input, sink);
            run(extractor.id, &read, path, self.limits, &wanted, &mut facts, &mut problems);
        }
        if facts.is_empty() && problems.is_empty() {
            return;
        }
        let before = self.facts.facts.len();
        self.record(path, EntryKind::NamedFolder);
        self.facts.facts.append(&mut facts);
        self.spend_since(before);
        for problem in problems {
            self.keep(problem);
        }
    }

    /// Records a whiteout, if the entry is one (OCI image specification, "Whiteouts").
    fn whiteout(&mut self, header: &EntryHeader) -> bool {
        let Some(hidden) = header.path.name().strip_prefix(".wh.") else { return false };
        let folder = header.path.parent();
        if hidden == ".wh..opq" {
            self.push_entry(folder, EntryKind::Opaque);
        } else if !hidden.is_empty()
            && !hidden.starts_with(".wh.")
            && hidden != "."
            && hidden != ".."
        {
            self.push_entry(folder.join(hidden), EntryKind::Whiteout);
        }
        // `.wh..wh.aufs` and the like are notes of an old storage driver.
        true
    }
}

impl Visit for LayerVisitor<'_> {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        // The few files with a place of their own, package databases above all, are read however
        // many others there are.
        if self.is_full() && !self.selection.has_path(header.path.as_str()) {
            return Want::Skip;
        }
        self.pass_over_program();
        if self.whiteout(header) {
            return Want::Skip;
        }
        let path = &header.path;
        let is_folder = header.kind == EntryType::Folder;
        if self.skip.skips(path, is_folder) {
            // It is there all the same, and may hide what lower layers have.
            if is_folder {
                if self.seen.contains(path) {
                    self.record(path, EntryKind::Folder);
                }
                self.facts.folders.push(path_key(path.as_str()));
            } else {
                self.unread(path);
            }
            return Want::Skip;
        }
        if let Some(folder) = self.selection.named_folder_above(path.as_str()) {
            let folder = ImagePath::parse(folder.as_bytes()).unwrap_or_default();
            if !self.seen.contains(&folder) && !self.skip.skips(&folder, true) {
                self.read_folder(&folder);
            }
        }
        let twice = self.seen.contains(path);
        match &header.kind {
            EntryType::File => {
                if self.selection.is_wanted(path) {
                    self.record(path, EntryKind::File);
                    // Archives may be as large as programs; of the largest files a beginning will do.
                    let is_large = header.size_bytes > self.limits.file_bytes_max
                        && self.selection.may_be_large(path.as_str());
                    return if self.selection.wants_beginning(path) {
                        Want::Head(BEGINNING_BYTES)
                    } else if is_large {
                        Want::Peek
                    } else {
                        Want::Body
                    };
                }
                if self.selection.may_be_program(path.as_str(), header.mode, header.size_bytes) {
                    self.program = Some(path.clone());
                    return Want::Peek;
                }
                self.unread(path);
            }
            EntryType::Folder => {
                if twice || (self.selection.is_wanted(path) && !path.is_root()) {
                    self.record(path, EntryKind::Folder);
                }
                self.facts.folders.push(path_key(path.as_str()));
                self.read_folder(path);
            }
            EntryType::Symlink(target) => self.record(path, EntryKind::Symlink(target.clone())),
            EntryType::Hardlink(target) => {
                // A program has facts at each of its names.
                if twice || self.seen.contains(target) || self.selection.is_wanted(path) {
                    self.record(path, EntryKind::Hardlink(target.clone()));
                } else {
                    self.facts.files.push(path_key(path.as_str()));
                }
            }
            EntryType::Special => {
                if twice || self.selection.is_wanted(path) {
                    self.record(path, EntryKind::Special);
                } else {
                    self.facts.files.push(path_key(path.as_str()));
                }
            }
        }
        Want::Skip
    }

    fn peek(&mut self, _: &EntryHeader, first: &[u8]) -> Want {
        if self.program.is_none() || is_program(first) { Want::Body } else { Want::Skip }
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        let wanted = |path: &str| self.selection.wants_owner(path);
        let before = self.facts.facts.len();
        let mut problems = Vec::new();
        if let Some(path) = self.program.take() {
            let mut facts = Vec::new();
            for extractor in self.selection.program_extractors() {
                let input = FileInput { path: &path, bytes };
                let read = |sink: &mut Sink<'_>| (extractor.run)(&input, sink);
                run(extractor.id, &read, &path, self.limits, &wanted, &mut facts, &mut problems);
            }
            if facts.is_empty() && problems.is_empty() {
                self.unread(&path);
                return;
            }
            self.record(&path, EntryKind::Program);
            self.facts.facts.append(&mut facts);
            self.spend_since(before);
            for problem in problems {
                self.keep(problem);
            }
            return;
        }
        for found in self.selection.matches(&header.path) {
            let input = FileInput { path: &found.path, bytes };
            let read = |sink: &mut Sink<'_>| (found.extractor.run)(&input, sink);
            run(
                found.extractor.id,
                &read,
                &header.path,
                self.limits,
                &wanted,
                &mut self.facts.facts,
                &mut problems,
            );
        }
        self.spend_since(before);
        for problem in problems {
            self.keep(problem);
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.keep(problem);
    }
}

/// How long the texts of a fact are, in bytes.
fn text_bytes(fact: &FileFact) -> usize {
    let texts = |texts: &[String]| texts.iter().map(|text| text.len() + 24).sum::<usize>();
    let inner = match &fact.fact {
        Fact::Os { .. } => 0,
        Fact::Package(package) => {
            let source = package.source.as_ref();
            let source = source.map_or(0, |source| source.name.len() + source.version.len());
            let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
            let needs = package.needs.iter();
            let needs: usize = needs.map(|n| n.name.len() + text(&n.version) + 48).sum();
            let optional = [&package.module, &package.vendor, &package.signer, &package.inside];
            let optional: usize = optional.into_iter().map(text).sum();
            let named = package.name.len() + package.version.len();
            let linked = package.linked.as_deref().map_or(0, texts);
            named + source + optional + needs + linked + texts(&package.licenses)
        }
        Fact::Owns { paths, .. } | Fact::Claims { paths } => {
            paths.iter().map(|path| path.as_str().len() + 24).sum()
        }
        Fact::Maven(project) => maven_bytes(project),
        Fact::Licenses { licenses, .. } => texts(licenses),
    };
    fact.path.as_str().len() + inner
}

/// How long the texts of a Maven project are, in bytes, and the structures around them.
fn maven_bytes(project: &MavenProject) -> usize {
    let properties = project.properties.iter();
    let properties: usize = properties.map(|(name, value)| name.len() + value.len() + 80).sum();
    let dependencies = project.dependencies.iter().chain(&project.managed);
    let dependencies: usize = dependencies
        .map(|d| d.group.len() + d.artifact.len() + d.version.as_ref().map_or(0, String::len) + 128)
        .sum();
    let licenses: usize = project.licenses.iter().map(|text| text.len() + 24).sum();
    512 + properties + dependencies + licenses
}

/// Runs one extractor on one file, and says whether it came to the end. A panic of ours loses that
/// file and nothing else.
pub(crate) fn run(
    extractor: &'static str,
    read: &dyn Fn(&mut Sink<'_>) -> Result<(), ParseError>,
    path: &ImagePath,
    limits: &Limits,
    wanted: &dyn Fn(&str) -> bool,
    facts: &mut Vec<FileFact>,
    problems: &mut Vec<Problem>,
) -> bool {
    let before = facts.len();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut sink = Sink::new(path, extractor, limits, wanted, facts, problems);
        read(&mut sink)
    }));
    let (kind, message, line) = match outcome {
        Ok(Ok(())) => return true,
        Ok(Err(ParseError { message, line })) => (ProblemKind::Parse, message, line),
        Err(_) => {
            facts.truncate(before);
            let message = format!("the extractor {extractor} failed on this file");
            (ProblemKind::Internal, message, None)
        }
    };
    problems.push(Problem {
        kind,
        message,
        location: Some(Location {
            layer: LayerIndex(0),
            path: path.clone(),
            lines: line.map(|line| LineRange { start: line, end: line }),
        }),
        extractor: Some(extractor.to_owned()),
    });
    false
}
