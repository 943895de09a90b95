//! Ubuntu's statements in the form of OpenVEX, one document a vulnerability
//! (<https://documentation.ubuntu.com/security/security-updates/vex/>).
//!
//! They tell kinds of open apart, which OSV does not. The version of a product is the one the
//! release has now, not the one that fixed it, so that fixes come from the other feeds.

use super::gather::{Gather, Rank};
use super::json::{self, Text};
use super::osv_document::has_extension;
use super::ubuntu::{self, Package, Place, State};
use super::{Feed, FeedError, FeedFile, bundle, id};
use lazaret_core::advisory::{Advisory, Affected, Status};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "ubuntu-vex",
    title: "Ubuntu VEX",
    url: "https://security-metadata.canonical.com/vex/vex-all.tar.xz",
    license: "CC-BY-SA-4.0",
    redistributable: false,
    unit: "documents",
    paths: &[
        "vex-all.tar.*",
        "vex/vex-all.tar.*",
        "security-metadata.canonical.com/vex/vex-all.tar.*",
        "vex/cve/*/CVE-*.json",
        "ubuntu-security-notices/vex/cve/*/CVE-*.json",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    statements: Option<Vec<Statement<'a>>>,
}

#[derive(Deserialize)]
struct Statement<'a> {
    #[serde(borrow)]
    vulnerability: Vulnerability<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow, default)]
    products: Option<Vec<Product<'a>>>,
    /// What is done about it.
    #[serde(borrow, rename = "action_statement", default)]
    action: Option<Text<'a>>,
    /// Why it is not affected.
    #[serde(borrow, rename = "impact_statement", default)]
    impact: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow, default)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Product<'a> {
    #[serde(borrow, rename = "@id", default)]
    id: Option<Text<'a>>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "OpenVEX documents")?;
    if file.bytes.first() == Some(&b'{') {
        let document: Document<'_> = json::parse(file.bytes)?;
        read(&document, gather);
        return Ok(());
    }
    let wanted = |path: &str| path.contains("cve/") && has_extension(path);
    bundle::files(file.bytes, &wanted, &mut |path, bytes| match json::parse(bytes) {
        Ok(document) => read(&document, gather),
        Err(error) => gather.refuse_record(file.path, path, &error),
    })?;
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn read(document: &Document<'_>, gather: &mut Gather) {
    gather.count();
    let mut packages: BTreeMap<(String, &'static str, Cow<'_, str>), Package> = BTreeMap::new();
    for statement in document.statements.iter().flatten() {
        let name = statement.vulnerability.name.as_ref();
        let Some(id) = name.and_then(|name| id::cve(name.as_str().trim())) else {
            gather.note("statement without a vulnerability");
            continue;
        };
        let Some(state) = statement.state() else {
            gather.note("unknown state");
            continue;
        };
        for product in statement.products.iter().flatten() {
            let Some((package, place)) = product.id.as_ref().and_then(|id| source(id.as_str()))
            else {
                continue;
            };
            let Some(place) = place else {
                gather.note("unknown release");
                continue;
            };
            let said = packages.entry((id.clone(), place.release, package)).or_default();
            match place.channel {
                None => said.base = Some(state.clone()),
                Some(channel) => said.channels.push((channel, state.clone())),
            }
        }
    }
    if packages.is_empty() {
        gather.skip("no package");
    }
    for ((id, release, package), said) in packages {
        let segment = ubuntu::segment(release);
        for (rank, affected) in statements(said, &package, gather) {
            let about = Advisory { id: id.clone(), ..Advisory::default() };
            gather.state_about(&segment, about, rank, affected);
        }
    }
}

/// What is to be filed about a package of a release.
fn statements(said: Package, package: &str, gather: &mut Gather) -> Vec<(Rank, Affected)> {
    let cleared = matches!(said.base, Some(State::NotAffected(_)));
    let concluded = said
        .channels
        .iter()
        .any(|(_, state)| matches!(state, State::Unknown | State::Open { .. } | State::Fixed(_)));
    if cleared && concluded {
        // OSV's silence on the release beside a channel would be read as a fix that never comes.
        let status = Status::NotAffected;
        let package = package.to_owned();
        return vec![(Rank::Export, Affected { package, status, ..Affected::default() })];
    }
    let outcome = said.outcome(package, None, gather);
    let rank = if outcome.inferred { Rank::Announced } else { Rank::Export };
    outcome.affected.into_iter().map(|affected| (rank, affected)).collect()
}

impl Statement<'_> {
    fn state(&self) -> Option<State> {
        let says = |text: &Option<Text<'_>>, words: &str| {
            text.as_ref().is_some_and(|text| text.as_str().contains(words))
        };
        let open = |status, looked_at| Some(State::Open { status, looked_at });
        match self.status.as_str() {
            "affected" if says(&self.action, "no longer supported") => {
                open(Status::EndOfLife, false)
            }
            "affected" if says(&self.action, "decided to not fix it") => {
                open(Status::WillNotFix, true)
            }
            "affected" => open(Status::Affected, true),
            "under_investigation" => open(Status::UnderInvestigation, false),
            "not_affected" if says(&self.impact, "does not exist in the archive") => {
                Some(State::Absent)
            }
            "not_affected" => Some(State::NotAffected(None)),
            // Fixed, in a version that is not said.
            "fixed" => Some(State::Unknown),
            _ => None,
        }
    }
}

/// The name of a source package, and where it is, if that is known.
fn source(purl: &str) -> Option<(Cow<'_, str>, Option<Place>)> {
    let rest = purl.strip_prefix("pkg:deb/ubuntu/")?;
    let (path, qualifiers) = rest.split_once('?')?;
    if !qualifiers.split('&').any(|one| one == "arch=source") {
        return None;
    }
    let name = path.split_once('@').map_or(path, |(name, _)| name);
    Some((ubuntu::decoded(name), ubuntu::distro(purl).and_then(Place::of_distro)))
}
