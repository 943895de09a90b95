//! One pass over one layer for everything that is looked for in it.

use super::{CheckFacts, Checks, InFile};
use crate::extract::LayerVisitor;
use crate::skip::Skip;
use lazaret_check::image::{EntryKind, EntryView};
use lazaret_check::{image, license, secret};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_image::{EntryHeader, EntryType, PEEK_BYTES, Visit, Want};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Facts of one kind in one layer. A layer with a hundred thousand world-writable files has been told
/// of well enough by then.
const FACTS_MAX: usize = 100_000;

/// Collects what one layer has beside packages.
pub(crate) struct CheckVisitor<'c> {
    checks: &'c Checks,
    limits: &'c Limits,
    skip: &'c Skip,
    facts: CheckFacts,
    /// Files and entries with facts, to know one that comes again.
    noted: HashSet<ImagePath>,
    left_out: u64,
    /// Whether secrets are looked for in the entry just seen.
    is_searched: bool,
}

impl<'c> CheckVisitor<'c> {
    pub(crate) fn new(checks: &'c Checks, limits: &'c Limits, skip: &'c Skip) -> Self {
        Self {
            checks,
            limits,
            skip,
            facts: CheckFacts::default(),
            noted: HashSet::new(),
            left_out: 0,
            is_searched: false,
        }
    }

    pub(crate) fn finish(mut self) -> CheckFacts {
        // Stable, so that what is in one file keeps its order.
        self.facts.secrets.sort_by(|a, b| a.path.cmp(&b.path));
        self.facts.entries.sort();
        self.facts.files.sort();
        self.facts.licenses.sort();
        self.facts.problems.sort();
        if self.left_out > 0 {
            let message = format!("{} further facts of the layer were left out", self.left_out);
            self.facts.problems.push(Problem::general(ProblemKind::Limit, message));
        }
        self.facts
    }

    /// What the facts take, in bytes.
    pub(crate) fn spent_bytes(&self) -> u64 {
        // The largest of them, with its path.
        const FACT_BYTES: usize = 512;
        let count = self.facts.secrets.len()
            + self.facts.entries.len()
            + self.facts.files.len()
            + self.facts.licenses.len()
            + self.facts.problems.len();
        u64::try_from(count.saturating_mul(FACT_BYTES)).unwrap_or(u64::MAX)
    }

    fn wants_secrets(&self, header: &EntryHeader) -> bool {
        let Some(rules) = &self.checks.secrets else { return false };
        header.size_bytes <= self.limits.file_bytes_max
            && secret::wants(header.path.as_str(), header.size_bytes)
            && !rules.scanner().passes_over(header.path.as_str())
    }

    fn wants_text(&self, path: &str) -> bool {
        (self.checks.misconfiguration && image::wants(path))
            || (self.checks.license_files && license::wants(path))
    }

    /// Whether the hardening of a file would be told of, if it is a program.
    fn wants_program(&self, header: &EntryHeader) -> bool {
        self.checks.misconfiguration
            && header.mode & 0o111 != 0
            && header.size_bytes <= self.limits.program_bytes_max
            && !header.path.name().contains(".so")
    }

    /// Of a path that comes again in one archive, the later entry is what gets unpacked.
    fn forget(&mut self, path: &ImagePath) {
        if self.noted.remove(path) {
            self.facts.secrets.retain(|fact| fact.path != *path);
            self.facts.entries.retain(|fact| fact.path != *path);
            self.facts.files.retain(|fact| fact.path != *path);
            self.facts.licenses.retain(|fact| fact.path != *path);
        }
    }

    fn look(&mut self, header: &EntryHeader, bytes: &[u8]) {
        let path = &header.path;
        if self.checks.misconfiguration && (image::wants(path.as_str()) || image::is_program(bytes))
        {
            let found = image::file(path, bytes);
            self.note(path, !found.is_empty());
            self.left_out += extend(&mut self.facts.files, found);
        }
        if self.checks.license_files
            && license::wants(path.as_str())
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            let hits = license::classify(text).into_iter();
            let found: Vec<_> = hits.map(|hit| InFile { path: path.clone(), hit }).collect();
            self.note(path, !found.is_empty());
            self.left_out += extend(&mut self.facts.licenses, found);
        }
        if let Some(rules) = &self.checks.secrets
            && self.is_searched
        {
            let scan = secret::scan_file(rules.scanner(), path.as_str(), bytes);
            let found: Vec<_> =
                scan.hits.into_iter().map(|hit| InFile { path: path.clone(), hit }).collect();
            self.note(path, !found.is_empty());
            self.left_out += extend(&mut self.facts.secrets, found);
            for unread in scan.unread {
                self.tell(ProblemKind::Limit, path, unread.to_string());
            }
        }
    }

    fn note(&mut self, path: &ImagePath, is_noted: bool) {
        if is_noted {
            self.noted.insert(path.clone());
        }
    }

    fn tell(&mut self, kind: ProblemKind, path: &ImagePath, message: String) {
        if self.facts.problems.len() >= self.limits.problems_per_layer_max {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        let location = Location { layer: LayerIndex(0), path: path.clone(), lines: None };
        self.facts.problems.push(Problem {
            kind,
            message,
            location: Some(location),
            extractor: None,
        });
    }
}

/// Adds facts up to the bound, and says how many did not fit.
fn extend<T>(facts: &mut Vec<T>, found: Vec<T>) -> u64 {
    let room = FACTS_MAX.saturating_sub(facts.len());
    let over = found.len().saturating_sub(room);
    facts.extend(found.into_iter().take(room));
    u64::try_from(over).unwrap_or(u64::MAX)
}

impl Visit for CheckVisitor<'_> {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        if header.path.name().starts_with(".wh.") {
            return Want::Skip;
        }
        self.forget(&header.path);
        if self.skip.skips(&header.path, header.kind == EntryType::Folder) {
            return Want::Skip;
        }
        if self.checks.misconfiguration {
            let kind = match header.kind {
                EntryType::File | EntryType::Hardlink(_) => EntryKind::File,
                EntryType::Folder => EntryKind::Folder,
                EntryType::Symlink(_) => EntryKind::Symlink,
                EntryType::Special => EntryKind::Special,
            };
            let view = EntryView {
                path: &header.path,
                kind,
                mode: header.mode,
                uid: header.uid,
                gid: header.gid,
                capability: header.capability.as_deref(),
            };
            if let Some(fact) = image::entry(&view) {
                self.note(&header.path, true);
                self.left_out += extend(&mut self.facts.entries, vec![fact]);
            }
        }
        if header.kind != EntryType::File || header.size_bytes == 0 {
            return Want::Skip;
        }
        self.is_searched = self.wants_secrets(header);
        let is_small = header.size_bytes <= self.limits.file_bytes_max;
        if is_small && self.wants_text(header.path.as_str()) {
            Want::Body
        } else if self.is_searched || self.wants_program(header) {
            Want::Peek
        } else {
            Want::Skip
        }
    }

    fn peek(&mut self, header: &EntryHeader, first: &[u8]) -> Want {
        let is_wanted = if image::is_program(first) {
            self.wants_program(header)
        } else {
            self.is_searched && secret::may_have_text(header.path.as_str(), first)
        };
        if is_wanted { Want::Body } else { Want::Skip }
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        // A panic of ours loses that file and nothing else.
        if catch_unwind(AssertUnwindSafe(|| self.look(header, bytes))).is_err() {
            self.forget(&header.path);
            let message = "a search for secrets, misconfiguration or licenses failed on this file";
            self.tell(ProblemKind::Internal, &header.path, message.to_owned());
        }
    }

    fn problem(&mut self, _: Problem) {
        // Told once, by who looks for packages.
    }
}

/// Both who look for packages and who look for the rest, fed from one reading of the layer.
pub(crate) struct Both<'v> {
    pub(crate) packages: LayerVisitor<'v>,
    pub(crate) checks: Option<CheckVisitor<'v>>,
    /// What each wants of the entry just seen.
    wanted: (Want, Want),
}

impl<'v> Both<'v> {
    pub(crate) const fn new(packages: LayerVisitor<'v>, checks: Option<CheckVisitor<'v>>) -> Self {
        Self { packages, checks, wanted: (Want::Skip, Want::Skip) }
    }

    /// What entries and facts take so far, in bytes.
    pub(crate) fn spent_bytes(&self) -> u64 {
        let checks = self.checks.as_ref().map_or(0, CheckVisitor::spent_bytes);
        self.packages.spent_bytes().saturating_add(checks)
    }
}

impl Visit for Both<'_> {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        let packages = self.packages.entry(header);
        let Some(checks) = &mut self.checks else {
            self.wanted = (packages, Want::Skip);
            return packages;
        };
        let mut checks = checks.entry(header);
        let together = match (packages, checks) {
            (Want::Head(bytes), Want::Skip) => Want::Head(bytes),
            // Whoever looks for the rest asks for no more than a body may have.
            (Want::Body | Want::Head(_), _) | (_, Want::Body) => Want::Body,
            (Want::Peek, _) | (_, Want::Peek) => Want::Peek,
            (Want::Skip, Want::Skip | Want::Head(_)) => Want::Skip,
        };
        if matches!(checks, Want::Head(_)) {
            checks = Want::Skip;
        }
        self.wanted = (packages, checks);
        together
    }

    fn peek(&mut self, header: &EntryHeader, first: &[u8]) -> Want {
        if self.wanted.0 == Want::Peek {
            self.wanted.0 = self.packages.peek(header, first);
        }
        if let Some(checks) = &mut self.checks
            && self.wanted.1 == Want::Peek
        {
            self.wanted.1 = checks.peek(header, first);
        }
        if self.wanted.0 == Want::Body || self.wanted.1 == Want::Body {
            Want::Body
        } else {
            Want::Skip
        }
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        // A body that one wanted at once comes to the other without a peek.
        let first = bytes.get(..PEEK_BYTES).unwrap_or(bytes);
        if self.wanted.0 == Want::Peek || self.wanted.1 == Want::Peek {
            self.peek(header, first);
        }
        match self.wanted.0 {
            Want::Body => self.packages.body(header, bytes),
            Want::Head(most) => {
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                self.packages.body(header, bytes.get(..most).unwrap_or(bytes));
            }
            Want::Peek | Want::Skip => {}
        }
        if let Some(checks) = &mut self.checks
            && self.wanted.1 == Want::Body
        {
            checks.body(header, bytes);
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.packages.problem(problem);
    }
}
