//! What Debian's feeds share: release names, and how advisories become statements.

use super::gather::{Gather, Rank, Segment, Statement};
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;

/// Debian's releases: code name and version, oldest first. `sid` is the one without a version.
pub static RELEASES: &[(&str, &str)] = &[
    ("buzz", "1.1"),
    ("rex", "1.2"),
    ("bo", "1.3"),
    ("hamm", "2.0"),
    ("slink", "2.1"),
    ("potato", "2.2"),
    ("woody", "3.0"),
    ("sarge", "3.1"),
    ("etch", "4"),
    ("lenny", "5"),
    ("squeeze", "6"),
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
    ("sid", "sid"),
];

/// The version of a release, such as `12` for `bookworm`; `sid` for `sid`.
pub fn version_of(codename: &str) -> Option<&'static str> {
    RELEASES.iter().find(|(name, _)| *name == codename).map(|(_, version)| *version)
}

/// The segment of a release; none where no such release is known.
pub(super) fn segment(codename: &str) -> Option<Segment> {
    let name = format!("debian-{}", version_of(codename)?);
    Some(Segment { name, scheme: Scheme::Deb, ecosystem: Ecosystem::Deb })
}

/// The severity of Debian's urgency. Stars mark an urgency taken over from elsewhere.
pub(super) fn severity(urgency: &str) -> Option<Severity> {
    match urgency.trim().trim_end_matches('*') {
        "unimportant" | "negligible" | "low" => Some(Severity::Low),
        "medium" => Some(Severity::Medium),
        "high" => Some(Severity::High),
        _ => None,
    }
}

/// Whether an urgency says that the release does not support the package any more.
pub(super) fn is_end_of_life(urgency: &str) -> bool {
    urgency.trim_end_matches('*') == "end-of-life"
}

/// One DSA or DLA.
#[derive(Debug, Default)]
pub(super) struct Notice {
    /// Its own id, such as `DSA-5865-1`.
    pub(super) id: String,
    pub(super) date: Option<i64>,
    /// The vulnerabilities it is about.
    pub(super) cves: Vec<String>,
    /// Ids of other kinds it names.
    pub(super) others: Vec<String>,
    /// What it says about releases.
    pub(super) fixes: Vec<Fix>,
}

/// What a notice says about one package in one release.
#[derive(Debug)]
pub(super) struct Fix {
    pub(super) release: String,
    pub(super) package: String,
    /// A version, or a word in angle brackets such as `<not-affected>`.
    pub(super) version: String,
}

impl Notice {
    /// Files the notice under each of its vulnerabilities, or under its own id where it has none
    /// (an update that only mends an earlier one).
    pub(super) fn file(self, gather: &mut Gather) {
        gather.count();
        if self.fixes.is_empty() {
            gather.skip("no package");
            return;
        }
        let mut aliases = self.others;
        let ids = if self.cves.is_empty() {
            vec![self.id]
        } else {
            aliases.push(self.id);
            self.cves
        };
        for Fix { release, package, version } in self.fixes {
            let Some(segment) = segment(&release) else {
                gather.note("unknown release");
                continue;
            };
            let Some((status, end)) = meaning(&version, gather) else { continue };
            let ranges: Vec<Range> =
                end.into_iter().map(|end| Range { introduced: None, end }).collect();
            for id in &ids {
                let affected = Affected {
                    package: package.clone(),
                    status,
                    ranges: ranges.clone(),
                    ..Affected::default()
                };
                let (date, rank) = (self.date, Rank::Advisory);
                gather.state(&segment, Statement { id, aliases: &aliases, date, rank, affected });
            }
        }
    }
}

/// What stands in a notice in place of a version, or the version.
fn meaning(version: &str, gather: &mut Gather) -> Option<(Status, Option<RangeEnd>)> {
    if let Some(word) = version.strip_prefix('<') {
        let open = |status| Some((status, Some(RangeEnd::Open)));
        return match word.trim_end_matches('>') {
            "not-affected" => Some((Status::NotAffected, None)),
            "unfixed" | "no-dsa" => open(Status::Affected),
            "ignored" => open(Status::WillNotFix),
            "postponed" => open(Status::FixDeferred),
            "end-of-life" => open(Status::EndOfLife),
            "undetermined" => open(Status::UnderInvestigation),
            _ => {
                gather.note("unknown state");
                None
            }
        };
    }
    if !Scheme::Deb.is_valid(version) {
        gather.note("invalid version");
    }
    Some((Status::Fixed, Some(RangeEnd::Fixed(version.to_owned()))))
}
