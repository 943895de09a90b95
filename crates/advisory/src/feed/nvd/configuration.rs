//! From the configurations of a record to the programs it affects.
//!
//! A configuration is a list of nodes, each a list of CPE names, of which any (`OR`) or all (`AND`)
//! must be there. What is marked as vulnerable is affected; the rest says what it must run on. A
//! scanner of images knows little of what runs around them, so a program is taken to be affected
//! wherever it runs, except where it must be on an operating system that no image has.

use super::cpe::{self, Cpe};
use crate::feed::gather::Gather;
use crate::feed::json::Text;
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Names read of one record. The longest real records have some ten thousand.
const NAMES_MAX: usize = 100_000;

/// Vendors whose operating systems no image of ours runs on, with the one product of theirs that is
/// meant where they have others.
const ELSEWHERE: [(&str, Option<&str>); 3] =
    [("apple", None), ("google", Some("android")), ("microsoft", None)];

/// Targets of programs that a Linux image may hold as programs of its own. Others are plug-ins
/// (`wordpress`), packages of a registry (`node.js`), or for other systems (`windows`).
const TARGETS: [&str; 6] = ["*", "-", "docker", "linux", "linux_kernel", "unix"];

#[derive(Deserialize)]
pub(super) struct Configuration<'a> {
    #[serde(borrow, default)]
    pub(super) operator: Option<Text<'a>>,
    #[serde(default)]
    pub(super) negate: bool,
    #[serde(borrow, default)]
    pub(super) nodes: Vec<Node<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Node<'a> {
    #[serde(default)]
    pub(super) negate: bool,
    #[serde(borrow, default, rename = "cpeMatch")]
    pub(super) cpe_match: Vec<Match<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Match<'a> {
    #[serde(default)]
    vulnerable: bool,
    #[serde(borrow, alias = "cpe23Uri")]
    criteria: Text<'a>,
    #[serde(borrow, default)]
    version_start_including: Option<Text<'a>>,
    #[serde(borrow, default)]
    version_start_excluding: Option<Text<'a>>,
    #[serde(borrow, default)]
    version_end_including: Option<Text<'a>>,
    #[serde(borrow, default)]
    version_end_excluding: Option<Text<'a>>,
}

/// What is affected of one program.
#[derive(Default)]
struct Extent {
    ranges: BTreeSet<Range>,
    versions: BTreeSet<String>,
}

/// The programs that some configurations affect.
pub(super) fn affected(configurations: &[Configuration<'_>], gather: &mut Gather) -> Vec<Affected> {
    let mut programs: BTreeMap<String, Extent> = BTreeMap::new();
    let mut room = NAMES_MAX;
    for configuration in configurations {
        if configuration.negate || configuration.nodes.iter().any(|node| node.negate) {
            gather.note("negated configuration");
            continue;
        }
        if configuration.is_elsewhere() {
            gather.note("on another operating system");
            continue;
        }
        for one in configuration.nodes.iter().flat_map(|node| &node.cpe_match) {
            let Some(left) = room.checked_sub(1) else {
                gather.note("record with too many names");
                break;
            };
            room = left;
            if one.vulnerable {
                add(one, &mut programs, gather);
            }
        }
    }
    programs.into_iter().map(|(package, extent)| extent.affected(package)).collect()
}

impl Configuration<'_> {
    /// Whether some node asks for an operating system that no image has.
    fn is_elsewhere(&self) -> bool {
        self.operator.as_ref().is_some_and(|operator| operator.as_str() == "AND")
            && self.nodes.iter().any(|node| {
                !node.cpe_match.is_empty()
                    && node.cpe_match.iter().all(|one| !one.vulnerable && one.is_elsewhere())
            })
    }
}

impl Match<'_> {
    fn is_elsewhere(&self) -> bool {
        cpe::parse(self.criteria.as_str()).is_some_and(|cpe| {
            cpe.part == "o"
                && ELSEWHERE.iter().any(|(vendor, product)| {
                    cpe.vendor == *vendor && product.is_none_or(|product| cpe.product == product)
                })
        })
    }

    /// The range of versions the name is about, if it is about one.
    fn range(&self, gather: &mut Gather) -> Option<Range> {
        let text = |text: &Option<Text<'_>>| Some(text.as_ref()?.as_str().trim().to_owned());
        let introduced = text(&self.version_start_including);
        let above = text(&self.version_start_excluding);
        if introduced.is_none() && above.is_some() {
            // The database has no such bound; the one version below it is reported for nothing.
            gather.note("range above its first version");
        }
        let fixed = text(&self.version_end_excluding).map(RangeEnd::Fixed);
        let end = fixed.or_else(|| text(&self.version_end_including).map(RangeEnd::LastAffected));
        let introduced = introduced.or(above);
        if introduced.is_none() && end.is_none() {
            return None;
        }
        Some(Range { introduced, end: end.unwrap_or(RangeEnd::Open) })
    }
}

fn add(one: &Match<'_>, programs: &mut BTreeMap<String, Extent>, gather: &mut Gather) {
    let Some(cpe) = cpe::parse(one.criteria.as_str()) else {
        gather.note("name that is none");
        return;
    };
    if cpe.part != "a" {
        return;
    }
    if !TARGETS.contains(&cpe.target.as_str()) {
        gather.note("program for another platform");
        return;
    }
    let range = one.range(gather);
    let version = version(&cpe);
    let package = format!("{}:{}", cpe.vendor, cpe.product);
    match (range, version) {
        (Some(range), _) => {
            programs.entry(package).or_default().ranges.insert(range);
        }
        (None, Version::Any) => {
            let range = Range { introduced: None, end: RangeEnd::Open };
            programs.entry(package).or_default().ranges.insert(range);
        }
        (None, Version::One(version)) => {
            programs.entry(package).or_default().versions.insert(version);
        }
        (None, Version::Unsaid) => gather.note("program without a version"),
    }
}

/// The versions a name itself is about.
enum Version {
    Any,
    One(String),
    /// `-`: the version is not said, or makes no sense for the product.
    Unsaid,
}

fn version(cpe: &Cpe) -> Version {
    match (cpe.version.as_str(), cpe.update.as_str()) {
        ("*", _) => Version::Any,
        ("-", _) => Version::Unsaid,
        (version, "*" | "-") => Version::One(version.to_owned()),
        // As OpenSSL, PHP and most others write theirs.
        (version, update) => Version::One(format!("{version}-{update}")),
    }
}

impl Extent {
    fn affected(self, package: String) -> Affected {
        let is_fixed = |range: &Range| matches!(range.end, RangeEnd::Fixed(_));
        let status =
            if self.ranges.iter().any(is_fixed) { Status::Fixed } else { Status::Affected };
        Affected {
            package,
            status,
            ranges: self.ranges.into_iter().collect(),
            versions: self.versions.into_iter().collect(),
            ..Affected::default()
        }
    }
}
