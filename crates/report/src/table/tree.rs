//! What needs each affected package, and what needs that, up to what somebody asked for by name.

use super::group::Group;
use super::style::Role;
use super::{Counts, Page, Report, count, plural, text};
use lazaret_core::finding::Finding;
use lazaret_core::inventory::RelationKind;
use lazaret_core::package::{Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};

/// Lines below one package: a reader follows a way up, and no web of hundreds.
const LINES_MAX: usize = 40;
/// Steps up from a package; deeper than any real chain that a line has room for.
const DEPTH_MAX: usize = 16;
/// Columns a line needs beside its rails: indent, a name cut short, and the longest remark.
const LINE_MIN: usize = 4 + 12 + 21;

/// The tree of every affected package of which something is known.
pub(super) fn write(
    page: &mut Page<'_>,
    report: &Report,
    groups: &[Group<'_>],
    shown: &[&Finding],
) {
    let mut needed_by: BTreeMap<PackageId, Vec<PackageId>> = BTreeMap::new();
    for relation in &report.inventory.relations {
        if relation.kind == RelationKind::DependsOn && relation.from != relation.to {
            needed_by.entry(relation.to).or_default().push(relation.from);
        }
    }
    let mut findings: BTreeMap<PackageId, Vec<&Finding>> = BTreeMap::new();
    for finding in shown {
        if let Some(vulnerability) = finding.vulnerability() {
            findings.entry(vulnerability.package).or_default().push(finding);
        }
    }
    if findings.is_empty() {
        return;
    }
    page.gap();
    page.spans(0, &[vec![(Role::Heading, "Dependency tree: what needs each package".to_owned())]]);
    // The order of the table above.
    let mut rank: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for package in groups.iter().flat_map(|group| &group.clusters).flat_map(|c| &c.packages) {
        let next = rank.len();
        rank.entry((&package.name, &package.version)).or_insert(next);
    }
    let mut affected: Vec<PackageId> = findings.keys().copied().collect();
    affected.sort_by_key(|id| {
        let package = report.inventory.package(*id);
        package.and_then(|package| rank.get(&(package.name.as_str(), package.version.as_str())))
    });
    let depth_max = (page.width.saturating_sub(LINE_MIN) / 3).min(DEPTH_MAX);
    let tree = Tree { report, needed_by, depth_max };
    let mut alone = 0;
    for id in affected {
        let Some(package) = report.inventory.package(id) else { continue };
        if tree.parents(id).is_empty() {
            alone += 1;
            continue;
        }
        let counts = findings.get(&id).map(|all| count(all.iter().copied())).unwrap_or_default();
        head(page, package, &counts);
        let mut climb = Climb { above: BTreeSet::from([id]), lines: 0, left_out: 0 };
        tree.climb(page, id, "", 1, &mut climb);
        if climb.left_out > 0 {
            let more = format!("    {} more left out", climb.left_out);
            let more = page.pen.paint(Role::Dim, &more);
            page.line(more);
        }
    }
    if alone > 0 {
        let (known, them) = if alone == 1 { ("is", "it") } else { ("are", "them") };
        let words = format!(
            "{} {known} needed by no other package, or nothing says what needs {them}",
            plural(alone, "affected package"),
        );
        page.prose(2, "", Role::Dim, &words);
    }
}

/// An affected package, and how badly.
fn head(page: &mut Page<'_>, package: &Package, counts: &Counts) {
    let counts: Vec<String> = counts
        .iter()
        .rev()
        .map(|(severity, n)| format!("{n} {}", severity.name().to_lowercase()))
        .collect();
    let name = page.plain(&format!("{} {}", package.name, package.version));
    page.spans(2, &[vec![(Role::Heading, name)], vec![(Role::Dim, counts.join(", "))]]);
}

struct Tree<'r> {
    report: &'r Report,
    needed_by: BTreeMap<PackageId, Vec<PackageId>>,
    depth_max: usize,
}

/// How far one tree has come.
struct Climb {
    /// Packages that stand in the tree.
    above: BTreeSet<PackageId>,
    lines: usize,
    left_out: usize,
}

impl Tree<'_> {
    fn parents(&self, id: PackageId) -> &[PackageId] {
        self.needed_by.get(&id).map_or(&[], Vec::as_slice)
    }

    fn climb(
        &self,
        page: &mut Page<'_>,
        id: PackageId,
        rail: &str,
        depth: usize,
        climb: &mut Climb,
    ) {
        let parents = self.parents(id);
        for (n, parent) in parents.iter().enumerate() {
            let Some(package) = self.report.inventory.package(*parent) else { continue };
            if climb.lines >= LINES_MAX {
                climb.left_out += 1;
                continue;
            }
            climb.lines += 1;
            let is_last = n + 1 == parents.len();
            let (branch, below) = match (page.pen.unicode, is_last) {
                (true, true) => ("└─ ", "   "),
                (true, false) => ("├─ ", "│  "),
                (false, true) => ("`- ", "   "),
                (false, false) => ("|- ", "|  "),
            };
            let is_new = climb.above.insert(*parent);
            let goes_on = !self.parents(*parent).is_empty();
            let remark = match (is_new, goes_on, depth >= self.depth_max) {
                (false, true, _) => "  (as above)",
                (true, true, true) => "  (and further up)",
                _ if package.direct == Some(true) => "  (asked for by name)",
                _ => "",
            };
            let name = page.plain(&format!("{} {}", package.name, package.version));
            let room = page.width.saturating_sub(4 + text::width(rail) + 3 + text::width(remark));
            let name = text::cut(&name, room, page.pen.ellipsis());
            let remark = page.pen.paint(Role::Dim, remark);
            let lead = page.pen.paint(Role::Dim, &format!("{rail}{branch}"));
            page.line(format!("    {lead}{name}{remark}"));
            if is_new && goes_on && depth < self.depth_max {
                self.climb(page, *parent, &format!("{rail}{below}"), depth + 1, climb);
            }
        }
    }
}
