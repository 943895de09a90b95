//! Arch Linux's security tracker: groups of packages and vulnerabilities with their present state
//! (<https://security.archlinux.org/>).

use super::gather::{Gather, Rank, Segment, Statement};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, id, score};
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "arch-tracker",
    title: "Arch Linux security tracker",
    url: "https://security.archlinux.org/issues/all.json",
    license: "none stated",
    redistributable: false,
    unit: "groups",
    paths: &[
        "arch-tracker/all.json",
        "security.archlinux.org/all.json",
        "security.archlinux.org/issues/all.json",
        "issues/all.json",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    packages: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    status: Option<Text<'a>>,
    #[serde(borrow, default)]
    severity: Option<Text<'a>>,
    #[serde(borrow, default)]
    fixed: Option<Text<'a>>,
    #[serde(borrow, default)]
    issues: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    advisories: Option<Vec<Text<'a>>>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let segment =
        Segment { name: "arch".to_owned(), scheme: Scheme::Pacman, ecosystem: Ecosystem::Alpm };
    let groups: Vec<Group<'_>> = json::parse(file.bytes)?;
    for group in groups {
        gather.count();
        take(&group, &segment, gather);
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn take(group: &Group<'_>, segment: &Segment, gather: &mut Gather) {
    let fixed = group.fixed.as_ref().map(|text| text.as_str().trim()).unwrap_or_default();
    if !fixed.is_empty() && !Scheme::Pacman.is_valid(fixed) {
        gather.note("invalid version");
    }
    let open = match group.status.as_ref().map(|text| text.as_str().trim()) {
        Some("Not affected") => {
            gather.skip("not affected");
            return;
        }
        Some("Unknown") => Status::UnderInvestigation,
        _ => Status::Affected,
    };
    // `Testing` has a fix that is not in the stable repositories yet.
    let (status, end) = if fixed.is_empty() {
        (open, RangeEnd::Open)
    } else {
        (Status::Fixed, RangeEnd::Fixed(fixed.to_owned()))
    };
    let severity = group.severity.as_ref().and_then(|word| score::word(word.as_str()));
    let name = group.name.as_str().trim();
    let advisories = group.advisories.iter().flatten().map(|text| text.as_str().trim());
    let aliases: Vec<String> = [name]
        .into_iter()
        .chain(advisories)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    let mut ids: Vec<String> =
        group.issues.iter().flatten().filter_map(|text| id::cve(text.as_str().trim())).collect();
    if ids.is_empty() && !name.is_empty() {
        ids.push(name.to_owned());
    }
    let packages = group.packages.iter().flatten().map(|text| text.as_str().trim());
    let packages: Vec<&str> = packages.filter(|package| !package.is_empty()).collect();
    if ids.is_empty() || packages.is_empty() {
        gather.skip("no package");
        return;
    }
    for id in &ids {
        for package in &packages {
            let ranges = vec![Range { introduced: None, end: end.clone() }];
            let package = (*package).to_owned();
            let affected = Affected { package, status, ranges, severity, ..Affected::default() };
            let (date, rank) = (None, Rank::State);
            gather.state(segment, Statement { id, aliases: &aliases, date, rank, affected });
        }
    }
}
