//! One pass over one layer: every entry is looked at by its header, and the bodies somebody wants
//! are read into facts.

use lazaret_core::extract::{
    Entry, EntryKind, Extractor, FileFact, FileInput, LayerFacts, ParseError, Sink, path_key,
};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_image::{EntryHeader, EntryType, Visit, Want};
use lazaret_inventory::Selection;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What identifies the extractor table in a cache key: facts cached under one fingerprint are what
/// this program would extract again.
pub fn fingerprint(extractors: &[&'static Extractor], limits: &Limits) -> String {
    let mut hasher = blake3::Hasher::new();
    // Raised when the shape of the facts themselves changes.
    hasher.update(b"facts 1\n");
    for extractor in extractors {
        hasher.update(format!("{} {}\n", extractor.id, extractor.version).as_bytes());
    }
    hasher.update(format!("{} {}\n", limits.file_bytes_max, limits.facts_per_file_max).as_bytes());
    hasher.finalize().to_hex().as_str().chars().take(32).collect()
}

/// Collects the facts of one layer from its entries.
pub(crate) struct LayerVisitor<'s> {
    selection: &'s Selection,
    limits: &'s Limits,
    facts: LayerFacts,
    /// Paths with an entry in `facts.entries`, whiteouts aside.
    seen: HashSet<ImagePath>,
    problems_left_out: u64,
}

/// Collects the facts of the entries that `walk` shows. For tests and tools that have a layer in
/// hand; [`scan`](crate::scan) does the same for every layer of an image.
pub fn extract_layer<E>(
    selection: &Selection,
    limits: &Limits,
    walk: impl FnOnce(&mut dyn Visit) -> Result<(), E>,
) -> Result<LayerFacts, E> {
    let mut visitor = LayerVisitor::new(selection, limits);
    walk(&mut visitor)?;
    Ok(visitor.finish())
}

impl<'s> LayerVisitor<'s> {
    pub(crate) fn new(selection: &'s Selection, limits: &'s Limits) -> Self {
        Self {
            selection,
            limits,
            facts: LayerFacts::default(),
            seen: HashSet::new(),
            problems_left_out: 0,
        }
    }

    pub(crate) fn finish(mut self) -> LayerFacts {
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

    fn record(&mut self, path: &ImagePath, kind: EntryKind) {
        if !self.seen.insert(path.clone()) {
            // The same path twice in one archive: the later entry is what gets unpacked.
            self.facts.facts.retain(|fact| fact.path != *path);
            self.facts.problems.retain(|problem| {
                problem.kind != ProblemKind::Parse
                    || problem.location.as_ref().is_none_or(|location| location.path != *path)
            });
        }
        self.facts.entries.push(Entry { path: path.clone(), kind });
    }

    fn keep(&mut self, problem: Problem) {
        if self.facts.problems.len() < self.limits.problems_per_layer_max {
            self.facts.problems.push(problem);
        } else {
            self.problems_left_out = self.problems_left_out.saturating_add(1);
        }
    }

    /// Records a whiteout, if the entry is one (OCI image specification, "Whiteouts").
    fn whiteout(&mut self, header: &EntryHeader) -> bool {
        let Some(hidden) = header.path.name().strip_prefix(".wh.") else { return false };
        let folder = header.path.parent();
        if hidden == ".wh..opq" {
            self.facts.entries.push(Entry { path: folder, kind: EntryKind::Opaque });
        } else if !hidden.is_empty()
            && !hidden.starts_with(".wh.")
            && hidden != "."
            && hidden != ".."
        {
            let path = folder.join(hidden);
            self.facts.entries.push(Entry { path, kind: EntryKind::Whiteout });
        }
        // `.wh..wh.aufs` and the like are notes of an old storage driver.
        true
    }
}

impl Visit for LayerVisitor<'_> {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        if self.whiteout(header) {
            return Want::Skip;
        }
        let path = &header.path;
        let twice = self.seen.contains(path);
        match &header.kind {
            EntryType::File => {
                if self.selection.is_wanted(path) {
                    self.record(path, EntryKind::File);
                    return Want::Body;
                }
                if twice {
                    self.record(path, EntryKind::Special);
                }
                self.facts.files.push(path_key(path.as_str()));
            }
            EntryType::Folder => {
                if twice || (self.selection.is_wanted(path) && !path.is_root()) {
                    self.record(path, EntryKind::Folder);
                }
                self.facts.folders.push(path_key(path.as_str()));
            }
            EntryType::Symlink(target) => self.record(path, EntryKind::Symlink(target.clone())),
            EntryType::Hardlink(target) => {
                if twice || self.selection.is_wanted(path) {
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

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        let wanted = |path: &str| self.selection.wants(path);
        let mut problems = Vec::new();
        for found in self.selection.matches(&header.path) {
            let input = FileInput { path: &found.path, bytes };
            run(
                found.extractor,
                &input,
                &header.path,
                self.limits,
                &wanted,
                &mut self.facts.facts,
                &mut problems,
            );
        }
        for problem in problems {
            self.keep(problem);
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.keep(problem);
    }
}

/// Runs one extractor on one file. A panic of ours loses that file and nothing else.
fn run(
    extractor: &'static Extractor,
    input: &FileInput<'_>,
    path: &ImagePath,
    limits: &Limits,
    wanted: &dyn Fn(&str) -> bool,
    facts: &mut Vec<FileFact>,
    problems: &mut Vec<Problem>,
) {
    let before = facts.len();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut sink = Sink::new(path, extractor.id, limits, wanted, facts, problems);
        (extractor.run)(input, &mut sink)
    }));
    let (kind, message, line) = match outcome {
        Ok(Ok(())) => return,
        Ok(Err(ParseError { message, line })) => (ProblemKind::Parse, message, line),
        Err(_) => {
            facts.truncate(before);
            let message = format!("the extractor {} failed on this file", extractor.id);
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
        extractor: Some(extractor.id.to_owned()),
    });
}
