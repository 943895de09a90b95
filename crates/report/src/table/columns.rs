//! The rows: one a finding, in columns.

use super::fix::phrase;
use super::group::{Cluster, Group};
use super::style::{Pen, Role};
use super::{Page, Report, count, instruction, text, thousands};
use crate::base::BESIDE;
use lazaret_core::advisory::Score;
use lazaret_core::finding::{Finding, Vulnerability};
use lazaret_core::location::LayerIndex;

/// Columns between two columns.
const GUTTER: usize = 2;
/// The longest severity and the heading above it.
const SEVERITY: usize = 8;
/// The heading above the score.
const SCORE: usize = 5;
/// The headings above names and versions.
const NAME_MIN: usize = 7;
const VERSION_MIN: usize = 9;
/// The widest a column of fixed versions gets.
const FIXED_MAX: usize = 32;
/// From this width on there is room for what is good to know.
const WIDE: usize = 110;
/// The least a layer's instruction needs to say something.
const INSTRUCTION_MIN: usize = 28;
/// Rows of one package before the rest is counted: a kernel has hundreds of findings, and nobody
/// reads past the first few of one package. JSON has them all.
const ROWS_MAX: usize = 10;
/// Names shown for one row of packages.
const NAMES_MAX: usize = 12;
/// Columns one name, version or id may take. Genuine ones stay far below; an image that has a
/// longer one is showing off.
const CELL_MAX: usize = 100;

/// Where columns begin and how wide they are.
pub(super) struct Columns {
    name: usize,
    version: usize,
    id: usize,
    fixed: usize,
    /// How many columns the layer's instruction may take beside the rows; none when it stands above
    /// them.
    instruction: Option<usize>,
    /// Whether there is a score column.
    score: bool,
    /// Whether layers are told apart.
    layers: bool,
    /// Whether every package stands on a line of its own, for there is no room beside the rows.
    stacked: bool,
    /// Whether every package fits beside its rows.
    complete: bool,
}

/// Columns for all groups, which are easiest to read below each other; none when some package does
/// not fit, and each group is better off with its own.
pub(super) fn shared(page: &Page<'_>, report: &Report, groups: &[Group<'_>]) -> Option<Columns> {
    Some(Columns::fit(page, report, groups)).filter(|columns| columns.complete)
}

impl Columns {
    /// Finds widths that suit every row of some groups.
    pub(super) fn fit(page: &Page<'_>, report: &Report, groups: &[Group<'_>]) -> Self {
        let clusters = || groups.iter().flat_map(|group| &group.clusters);
        let rows = || clusters().flat_map(|cluster| cluster.findings.iter().take(rows_of(cluster)));
        let id = rows().map(|(finding, _)| text::width(&cell(page, &finding.id))).max();
        let id = id.unwrap_or(0).clamp(2, 24);
        let nearest = |v| phrase(v, page.pen.ellipsis(), |text| cell(page, text), 0);
        let fixed = rows().map(|(_, v)| text::width(&nearest(v))).max();
        let fixed = fixed.unwrap_or(0).clamp(8, FIXED_MAX);
        let mut lefts: Vec<(usize, usize)> = clusters()
            .map(|cluster| {
                let name = text::width(&names(page, cluster)).max(NAME_MIN);
                (name, text::width(&cell(page, cluster.version())).max(VERSION_MIN))
            })
            .collect();
        lefts.sort_by_key(|(name, version)| name + version);

        let right = GUTTER + SEVERITY + GUTTER + id + GUTTER + fixed;
        let room = page.width.saturating_sub(GUTTER + GUTTER + right);
        let all = lefts.iter().copied().fold((0, 0), wider);
        let spare = room.saturating_sub(all.0 + all.1);
        let score = spare >= SCORE + GUTTER
            && page.width >= WIDE
            && rows().any(|(_, v)| !v.scores.is_empty());
        let spare = if score { spare - SCORE - GUTTER } else { spare };
        let layers = report.image.layers.len() > 1;
        let everything = |v| phrase(v, page.pen.ellipsis(), |text| cell(page, text), usize::MAX);
        let longest = rows().map(|(_, v)| text::width(&everything(v))).max();
        let longest = longest.unwrap_or(0).clamp(fixed, FIXED_MAX);
        let enough = GUTTER + INSTRUCTION_MIN;
        let (fixed, spare) = if spare >= enough + longest - fixed {
            (longest, spare + fixed - longest)
        } else {
            (fixed, spare)
        };
        let instruction = (layers && spare >= enough).then(|| spare - GUTTER);
        // As wide as room allows; a package that is wider stands on a line of its own.
        let mut fitting = None;
        let mut widest = (0, 0);
        for left in &lefts {
            widest = wider(widest, *left);
            if widest.0 + widest.1 > room {
                break;
            }
            fitting = Some(widest);
        }
        let (name, version) = fitting.unwrap_or_default();
        Self {
            name,
            version,
            id,
            fixed,
            instruction,
            score,
            layers,
            stacked: fitting.is_none(),
            complete: fitting == Some(all),
        }
    }

    /// The column the severity begins at.
    const fn severity(&self) -> usize {
        if self.stacked {
            return GUTTER + GUTTER;
        }
        GUTTER + self.name + GUTTER + self.version + GUTTER
    }

    /// The column the id begins at.
    const fn id(&self) -> usize {
        self.severity() + SEVERITY + GUTTER + if self.score { SCORE + GUTTER } else { 0 }
    }

    /// The column the fixed version begins at.
    const fn fixed(&self) -> usize {
        self.id() + self.id + GUTTER
    }

    /// The rows of a group, by the layer that brought the packages.
    pub(super) fn group(&self, page: &mut Page<'_>, report: &Report, group: &Group<'_>) {
        if self.instruction.is_some() || !self.layers {
            self.header(page);
            for cluster in &group.clusters {
                self.cluster(page, report, cluster);
            }
            return;
        }
        // The layer with the most urgent package first.
        let mut layers: Vec<LayerIndex> = Vec::new();
        for cluster in &group.clusters {
            if !layers.contains(&cluster.layer()) {
                layers.push(cluster.layer());
            }
        }
        for (n, layer) in layers.into_iter().enumerate() {
            if n > 0 {
                page.line("");
            }
            let brought = if report.image.is_beside(layer) {
                BESIDE.to_owned()
            } else {
                format!("layer {}", brought_by(page, report, layer))
            };
            let brought = text::cut(&brought, page.width - GUTTER, page.pen.ellipsis());
            let brought = page.pen.paint(Role::Dim, &brought);
            page.line(format!("{:GUTTER$}{brought}", ""));
            if n == 0 {
                self.header(page);
            }
            for cluster in group.clusters.iter().filter(|cluster| cluster.layer() == layer) {
                self.cluster(page, report, cluster);
            }
        }
    }

    /// The names of the columns.
    fn header(&self, page: &mut Page<'_>) {
        let mut line = Line::new(Pen { color: false, ..page.pen });
        if !self.stacked {
            line.put(GUTTER, Role::Dim, "PACKAGE");
            line.put(GUTTER + self.name + GUTTER, Role::Dim, "INSTALLED");
        }
        line.put(self.severity(), Role::Dim, "SEVERITY");
        if self.score {
            line.put(self.severity() + SEVERITY + GUTTER, Role::Dim, "SCORE");
        }
        line.put(self.id(), Role::Dim, "ID");
        line.put(self.fixed(), Role::Dim, "FIXED IN");
        if self.instruction.is_some() {
            line.put(self.fixed() + self.fixed + GUTTER, Role::Dim, "LAYER");
        }
        let line = page.pen.paint(Role::Dim, &line.text);
        page.line(line);
    }

    /// The rows of one cluster.
    fn cluster(&self, page: &mut Page<'_>, report: &Report, cluster: &Cluster<'_>) {
        let names = names(page, cluster);
        let version = cell(page, cluster.version());
        let fits = text::width(&names) <= self.name && text::width(&version) <= self.version;
        let mut line = Line::new(page.pen);
        if fits && !self.stacked {
            line.put(GUTTER, Role::Heading, &names);
            line.put(GUTTER + self.name + GUTTER, Role::Text, &version);
        } else {
            hanging(page, &names, &version);
        }
        let mut brought = self.instruction.map(|room| {
            let brought = brought_by(page, report, cluster.layer());
            text::cut(&brought, room, page.pen.ellipsis())
        });
        let rows = rows_of(cluster);
        for (finding, vulnerability) in cluster.findings.iter().take(rows) {
            let started = std::mem::replace(&mut line, Line::new(page.pen));
            self.row(page, started, (finding, vulnerability), brought.take());
        }
        if rows < cluster.findings.len() {
            let rest = cluster.findings.iter().skip(rows).map(|(finding, _)| *finding);
            let rest = severities(&count(rest));
            let more = format!("+ {} more: {rest}", thousands(cluster.findings.len() - rows));
            // Below the severities, or as far to the left as it takes.
            let indent = self.severity().min(page.width.saturating_sub(text::width(&more)));
            let more = page.pen.paint(Role::Dim, &more);
            page.line(format!("{:indent$}{more}", ""));
        }
    }

    /// One finding, on a line that may already hold its package, and what brought the package.
    fn row(
        &self,
        page: &mut Page<'_>,
        mut line: Line,
        (finding, vulnerability): (&Finding, &Vulnerability),
        brought: Option<String>,
    ) {
        line.put(self.severity(), Role::Severity(finding.severity), finding.severity.name());
        let score = score_of(finding, vulnerability);
        if let (true, Some(score)) = (self.score, score) {
            let score = format!("{score:>SCORE$.1}");
            line.put(self.severity() + SEVERITY + GUTTER, Role::Text, &score);
        }
        let rest = page.width.saturating_sub(self.id());
        let id = text::cut(&page.plain(&finding.id), rest, page.pen.ellipsis());
        line.put(self.id(), Role::Text, &id);
        let last = self.instruction.is_none();
        let room = if last { page.width.saturating_sub(self.fixed()) } else { self.fixed };
        let fixed = phrase(vulnerability, page.pen.ellipsis(), |text| cell(page, text), room);
        let mut at = self.fixed();
        // What does not fit goes below the id, where no other column is.
        if text::width(&id) > self.id || at + text::width(&fixed) > page.width {
            page.line(std::mem::replace(&mut line, Line::new(page.pen)).text);
            at = self.id();
        }
        let fixed = text::cut(&fixed, page.width.saturating_sub(at), page.pen.ellipsis());
        let role = if finding.is_fixable() { Role::Text } else { Role::Dim };
        line.put(at, role, &fixed);
        if let Some(brought) = brought {
            let column = self.fixed() + self.fixed + GUTTER;
            if line.width + GUTTER > column {
                page.line(std::mem::replace(&mut line, Line::new(page.pen)).text);
            }
            line.put(column, Role::Dim, &brought);
        }
        page.line(line.text);
        if let Some(exploited) = &vulnerability.exploited {
            let words = format!("known exploited since {}", exploited.added);
            let words = text::cut(&page.plain(&words), rest, page.pen.ellipsis());
            let mut line = Line::new(page.pen);
            line.put(self.id(), Role::Bad, &words);
            page.line(line.text);
        }
    }
}

/// The worst score of the source whose severity counts, else of all.
fn score_of(finding: &Finding, vulnerability: &Vulnerability) -> Option<f64> {
    let counts = |score: &&Score| score.source.is_some() && score.source == finding.severity_source;
    let worst =
        |scores: &mut dyn Iterator<Item = &Score>| scores.map(|score| score.score).reduce(f64::max);
    worst(&mut vulnerability.scores.iter().filter(counts))
        .or_else(|| worst(&mut vulnerability.scores.iter()))
}

/// The wider of two names and the wider of two versions.
fn wider(a: (usize, usize), b: (usize, usize)) -> (usize, usize) {
    (a.0.max(b.0), a.1.max(b.1))
}

/// A layer's number, and the instruction that made it.
fn brought_by(page: &Page<'_>, report: &Report, layer: LayerIndex) -> String {
    if report.image.is_beside(layer) {
        return BESIDE.to_owned();
    }
    let created_by = report
        .image
        .layers
        .get(layer.index())
        .and_then(|layer| layer.created_by.as_deref())
        .map(instruction::short);
    match created_by {
        Some(created_by) => format!("{}: {}", layer.0, page.plain(&created_by)),
        None => layer.0.to_string(),
    }
}

/// Packages and their version on lines of their own, for what is too long for its column.
fn hanging(page: &mut Page<'_>, names: &str, version: &str) {
    let room = page.width.saturating_sub(GUTTER);
    let mut parts: Vec<String> = text::wrap(names, room);
    let last = parts.pop().unwrap_or_default();
    for line in parts {
        let line = page.pen.paint(Role::Heading, &line);
        page.line(format!("{:GUTTER$}{line}", ""));
    }
    let painted = page.pen.paint(Role::Heading, &last);
    if text::width(&last) + GUTTER + text::width(version) <= room {
        page.line(format!("{:GUTTER$}{painted}  {version}", ""));
    } else {
        page.line(format!("{:GUTTER$}{painted}", ""));
        for line in text::wrap(version, room) {
            page.line(format!("{:GUTTER$}{line}", ""));
        }
    }
}

/// How many rows a cluster has. One or two more cost no more room than the line that counts them.
fn rows_of(cluster: &Cluster<'_>) -> usize {
    let total = cluster.findings.len();
    if total > ROWS_MAX + 2 { ROWS_MAX } else { total }
}

/// The names of a cluster's packages, and how many copies there are of a single one.
fn names(page: &Page<'_>, cluster: &Cluster<'_>) -> String {
    let names = cluster.names();
    let shown = if names.len() > NAMES_MAX + 2 { NAMES_MAX } else { names.len() };
    let mut text: Vec<String> = names.iter().take(shown).map(|name| cell(page, name)).collect();
    if shown < names.len() {
        text.push(format!("+ {} more", names.len() - shown));
    }
    let copies = cluster.packages.len();
    if let ([name], true) = (text.as_slice(), copies > 1) {
        return format!("{name} ({copies} copies)");
    }
    text.join(", ")
}

/// A name, version or id as it may stand in a column.
fn cell(page: &Page<'_>, text: &str) -> String {
    text::cut(&page.plain(text), CELL_MAX, page.pen.ellipsis())
}

/// Counts in words, most urgent first: `2 critical, 9 high`.
pub(super) fn severities(counts: &super::Counts) -> String {
    let words: Vec<String> = counts
        .iter()
        .rev()
        .map(|(severity, n)| format!("{} {}", thousands(*n), severity.name().to_ascii_lowercase()))
        .collect();
    words.join(", ")
}

/// A line that is filled from left to right.
struct Line {
    pen: Pen,
    text: String,
    width: usize,
}

impl Line {
    const fn new(pen: Pen) -> Self {
        Self { pen, text: String::new(), width: 0 }
    }

    /// Puts text at a column, or right behind what already reaches into it.
    fn put(&mut self, column: usize, role: Role, text: &str) {
        let gap = column.saturating_sub(self.width);
        self.text.extend(std::iter::repeat_n(' ', gap));
        self.text.push_str(&self.pen.paint(role, text));
        self.width += gap + text::width(text);
    }
}
