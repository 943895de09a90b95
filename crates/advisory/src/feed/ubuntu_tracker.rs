//! Ubuntu's CVE tracker: one text file a vulnerability, with a line for each release and package
//! (<https://git.launchpad.net/ubuntu-cve-tracker/tree/README>).

use super::gather::{Gather, Rank};
use super::osv_statements::is_rejected;
use super::ubuntu::{self, Package, Place, State};
use super::{Feed, FeedError, FeedFile, bundle, date, id, json};
use lazaret_core::advisory::{Advisory, Status};
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "ubuntu-tracker",
    title: "Ubuntu CVE tracker",
    url: "https://git.launchpad.net/ubuntu-cve-tracker",
    license: "none stated",
    redistributable: false,
    unit: "vulnerabilities",
    paths: &[
        "ubuntu-cve-tracker/*.tar.gz",
        "ubuntu-cve-tracker/active/CVE-*",
        "ubuntu-cve-tracker/ignored/CVE-*",
        "ubuntu-cve-tracker/retired/CVE-*",
        "ubuntu-cve-tracker-*.tar.gz",
        "active/CVE-*",
        "ignored/CVE-*",
        "retired/CVE-*",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

#[derive(Debug, thiserror::Error)]
#[error("the file says nothing of the kind this feed has")]
struct NoField;

pub(super) fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "a file of the tracker")?;
    let mut left_out = LeftOut::default();
    if name_of(file.path).is_some() {
        if is_cut_off(file.bytes) {
            return Err(FeedError::CutOff);
        }
        vulnerability(file.path, file.bytes, &mut left_out, gather)
            .map_err(|NoField| FeedError::NoRecords)?;
    } else {
        let wanted = |path: &str| name_of(path).is_some();
        bundle::files(file.bytes, &wanted, &mut |path, bytes| {
            if let Err(error) = vulnerability(path, bytes, &mut left_out, gather) {
                gather.refuse_record(file.path, path, &error);
            }
        })?;
    }
    left_out.note(gather);
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

/// Whether a file ends inside a line. One real file has no end of its last line, which is whole.
fn is_cut_off(bytes: &[u8]) -> bool {
    !bytes.ends_with(b"\n") && !bytes.ends_with(b")")
}

/// The name of the vulnerability whose file this is.
fn name_of(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/');
    let name = parts.next().filter(|name| name.starts_with("CVE-"))?;
    let folder = parts.next()?;
    matches!(folder, "active" | "ignored" | "retired").then_some(name)
}

/// Lines that decide nothing, by reason.
#[derive(Default)]
struct LeftOut {
    absent: u64,
    not_affected: u64,
    upstream: u64,
    other_places: u64,
}

impl LeftOut {
    fn note(&self, gather: &mut Gather) {
        gather.note_many("no such package", self.absent);
        gather.note_many("not affected", self.not_affected);
        gather.note_many("upstream", self.upstream);
        gather.note_many("no release of the distribution", self.other_places);
    }
}

/// What one file says, before it is brought together.
#[derive(Default)]
struct Said<'a> {
    candidate: Option<&'a str>,
    published: Option<i64>,
    rejected: bool,
    priority: Option<Severity>,
    /// By package, and by package and place.
    priorities: BTreeMap<(&'a str, &'a str), Option<Severity>>,
    packages: BTreeMap<(&'static str, &'a str), Lines<'a>>,
}

#[derive(Default)]
struct Lines<'a> {
    package: Package,
    /// How the release is named, for its priority.
    place: Option<&'a str>,
}

fn vulnerability(
    path: &str,
    bytes: &[u8],
    left_out: &mut LeftOut,
    gather: &mut Gather,
) -> Result<(), NoField> {
    let text = String::from_utf8_lossy(bytes);
    let mut said = Said::default();
    let mut fields = 0_u64;
    let mut field = "";
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            said.rejected |= field == "Description" && is_rejected(line);
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else { continue };
        field = key;
        fields = fields.saturating_add(1);
        said.add(key, value.trim(), left_out, gather);
    }
    if fields == 0 {
        return Err(NoField);
    }
    gather.count();
    let name = name_of(path).unwrap_or_default();
    let id = said.candidate.and_then(id::cve).or_else(|| id::cve(name));
    said.file(id.unwrap_or_else(|| name.to_owned()), gather);
    Ok(())
}

impl<'a> Said<'a> {
    fn add(&mut self, key: &'a str, value: &'a str, left_out: &mut LeftOut, gather: &mut Gather) {
        match key {
            "Candidate" => self.candidate = Some(value),
            "PublicDate" => {
                self.published = value.split([' ', 'T']).next().and_then(date::day);
            }
            "Priority" => self.priority = priority(value),
            _ => {
                let Some((place, package)) = key.split_once('_') else { return };
                match place {
                    "Priority" => {
                        let (package, place) = package.split_once('_').unwrap_or((package, ""));
                        self.priorities.insert((package, place), priority(value));
                    }
                    "Patches" | "Tags" | "Assigned-to" | "Discovered-by" | "CVSS" => {}
                    "upstream" => left_out.upstream = left_out.upstream.saturating_add(1),
                    _ => self.add_state(place, package, value, left_out, gather),
                }
            }
        }
    }

    /// Takes a line such as `esm-infra/xenial_curl: released (7.47.0-1ubuntu2.19+esm1)`.
    fn add_state(
        &mut self,
        name: &'a str,
        package: &'a str,
        value: &str,
        left_out: &mut LeftOut,
        gather: &mut Gather,
    ) {
        let (word, remark) = value.split_once('(').unwrap_or((value, ""));
        let remark = remark.trim_end().trim_end_matches(')').trim();
        let Some(state) = state(word.trim(), remark, gather) else { return };
        let Some(place) = Place::of_distro(name) else {
            left_out.other_places = left_out.other_places.saturating_add(1);
            return;
        };
        match state {
            State::Absent => left_out.absent = left_out.absent.saturating_add(1),
            State::NotAffected(_) => {
                left_out.not_affected = left_out.not_affected.saturating_add(1);
            }
            State::Fixed(_) | State::Open { .. } | State::Unknown => {}
        }
        let lines = self.packages.entry((place.release, package)).or_default();
        match place.channel {
            None => {
                lines.package.base = Some(state);
                lines.place = Some(name);
            }
            Some(channel) => {
                lines.package.channels.push((channel, state));
                lines.place.get_or_insert(name);
            }
        }
    }

    fn file(self, id: String, gather: &mut Gather) {
        if self.rejected {
            gather.skip("rejected");
            return;
        }
        if self.packages.is_empty() {
            gather.skip("no package");
            return;
        }
        let mut useful = false;
        for ((release, package), lines) in self.packages {
            let severity = lines
                .place
                .and_then(|place| self.priorities.get(&(package, place)))
                .or_else(|| self.priorities.get(&(package, "")))
                .copied()
                .unwrap_or(self.priority);
            let outcome = lines.package.outcome(package, severity, gather);
            if outcome.inferred && !outcome.affected.is_empty() {
                gather.note("release without a line of its own");
            }
            for affected in outcome.affected {
                useful = true;
                let about =
                    Advisory { id: id.clone(), published: self.published, ..Advisory::default() };
                gather.state_about(&ubuntu::segment(release), about, Rank::State, affected);
            }
        }
        if !useful {
            gather.skip("not affected");
        }
    }
}

/// A priority; reasons may follow it.
fn priority(value: &str) -> Option<Severity> {
    value.split_ascii_whitespace().next().and_then(ubuntu::severity)
}

/// What a line says; nothing where it is no line about a state.
fn state(word: &str, remark: &str, gather: &mut Gather) -> Option<State> {
    let open = |status| Some(State::Open { status, looked_at: true });
    match word {
        "DNE" => Some(State::Absent),
        "not-affected" => {
            let since = (!remark.is_empty() && is_version(remark)).then(|| remark.to_owned());
            Some(State::NotAffected(since))
        }
        "released" if remark.is_empty() => {
            gather.note("released without a version");
            Some(State::Unknown)
        }
        "released" => {
            if !Scheme::Deb.is_valid(remark) {
                gather.note("invalid version");
            }
            Some(State::Fixed(remark.to_owned()))
        }
        "needed" | "pending" | "in-progress" | "active" => open(Status::Affected),
        "deferred" => open(Status::FixDeferred),
        "needs-triage" | "untriaged" => {
            Some(State::Open { status: Status::UnderInvestigation, looked_at: false })
        }
        "ignored" if is_unsupported(remark) => {
            let looked_at = ["was needed", "was pending", "was deferred", "was released"];
            let looked_at = looked_at.iter().any(|words| remark.contains(words));
            Some(State::Open { status: Status::EndOfLife, looked_at })
        }
        "ignored" => open(Status::WillNotFix),
        _ => {
            gather.note("unknown state");
            None
        }
    }
}

/// Whether a remark is a version and not words. Both begin with anything, but a version has a
/// digit at its start and no blank.
fn is_version(remark: &str) -> bool {
    remark.starts_with(|c: char| c.is_ascii_digit()) && Scheme::Deb.is_valid(remark)
}

/// Whether a remark says that the release or the package is not supported any more.
fn is_unsupported(remark: &str) -> bool {
    let words = [
        "end of life",
        "end-of-life",
        "no longer supported",
        "out of support",
        "replaced by ",
        "superseded by ",
    ];
    words.iter().any(|words| remark.contains(words))
        || (remark.contains("end of ") && remark.contains(" support"))
}
