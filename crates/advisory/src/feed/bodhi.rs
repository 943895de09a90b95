//! Fedora's updates as Bodhi gives them: pages of JSON, or one update a file. Each names the
//! source packages that were built (<https://bodhi.fedoraproject.org/docs/server_api/>).

use super::errata::{Erratum, fixed_in};
use super::gather::{Gather, Segment};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, date, id};
use crate::feed::score;
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "fedora-bodhi",
    title: "Fedora updates, Bodhi",
    url: "https://bodhi.fedoraproject.org/updates/?type=security&status=stable&page={n}",
    license: "none stated",
    redistributable: false,
    unit: "updates",
    paths: &["fedora-bodhi/*.json", "bodhi.fedoraproject.org/updates/*.json"],
    left_out: &[],
    gaps: &[],
    parse,
};

#[derive(Deserialize)]
#[serde(untagged)]
enum Document<'a> {
    #[serde(borrow)]
    Page(Page<'a>),
    One(Box<Update<'a>>),
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    updates: Vec<Update<'a>>,
}

#[derive(Deserialize)]
struct Update<'a> {
    #[serde(borrow)]
    alias: Text<'a>,
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    notes: Option<Text<'a>>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    status: Option<Text<'a>>,
    #[serde(borrow, default)]
    severity: Option<Text<'a>>,
    #[serde(borrow, default)]
    date_stable: Option<Text<'a>>,
    #[serde(borrow, default)]
    date_pushed: Option<Text<'a>>,
    #[serde(borrow, default)]
    date_modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    release: Option<Release<'a>>,
    #[serde(borrow, default)]
    bugs: Option<Vec<Bug<'a>>>,
    #[serde(borrow, default)]
    builds: Option<Vec<Build<'a>>>,
}

#[derive(Deserialize)]
struct Release<'a> {
    #[serde(borrow, default)]
    version: Option<Text<'a>>,
    #[serde(borrow, default)]
    id_prefix: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Bug<'a> {
    #[serde(borrow, default)]
    title: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Build<'a> {
    #[serde(borrow)]
    nvr: Text<'a>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Text<'a>>,
    #[serde(default)]
    epoch: Option<u32>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let updates = match json::parse(file.bytes)? {
        Document::Page(page) => page.updates,
        Document::One(update) => vec![*update],
    };
    for update in updates {
        gather.count();
        take(&update, gather);
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn text<'t>(text: Option<&'t Text<'_>>) -> &'t str {
    text.map(|text| text.as_str().trim()).unwrap_or_default()
}

fn take(update: &Update<'_>, gather: &mut Gather) {
    if text(update.kind.as_ref()) != "security" {
        gather.skip("no vulnerability");
        return;
    }
    if text(update.status.as_ref()) != "stable" {
        gather.skip("not released");
        return;
    }
    let release =
        update.release.as_ref().filter(|release| text(release.id_prefix.as_ref()) == "FEDORA");
    let number = release.map(|release| text(release.version.as_ref())).unwrap_or_default();
    if !(1..=3).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) {
        gather.skip("not the distribution's own packages");
        return;
    }
    let mut rows = Vec::new();
    for build in update.builds.iter().flatten() {
        match nvr(build) {
            Some((name, version)) => rows.push(fixed_in(format!("src:{name}"), version)),
            None => gather.note("invalid version"),
        }
    }
    if rows.is_empty() {
        gather.skip("no versions");
        return;
    }
    let titles = update.bugs.iter().flatten().map(|bug| text(bug.title.as_ref()));
    let texts: [Vec<&str>; 2] =
        [titles.chain([text(update.title.as_ref())]).collect(), vec![text(update.notes.as_ref())]];
    let mut ids = BTreeSet::new();
    for texts in texts {
        if ids.is_empty() {
            ids = texts.into_iter().flat_map(id::cves_in_prose).collect();
        }
    }
    let name = update.alias.as_str().trim();
    if ids.is_empty() {
        ids.insert(name.to_owned());
    }
    let published = date::loose(text(update.date_stable.as_ref()))
        .or(date::loose(text(update.date_pushed.as_ref())));
    let erratum = Erratum {
        id: name.to_owned(),
        severity: severity(text(update.severity.as_ref())),
        published,
        modified: date::loose(text(update.date_modified.as_ref())).or(published),
    };
    let segment = Segment {
        name: format!("fedora-{number}"),
        scheme: Scheme::Rpm,
        ecosystem: Ecosystem::Rpm,
    };
    for id in ids {
        erratum.file(&segment, &id, Vec::new(), rows.clone(), gather);
    }
}

/// The source package and version of a build such as `httpd-2.4.55-1.fc36`.
fn nvr<'b>(build: &'b Build<'_>) -> Option<(&'b str, String)> {
    // A module's build is named like a package, and is none.
    if matches!(text(build.kind.as_ref()), "module" | "container" | "flatpak") {
        return None;
    }
    let (rest, release) = build.nvr.as_str().trim().rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let version = match build.epoch {
        None | Some(0) => format!("{version}-{release}"),
        Some(epoch) => format!("{epoch}:{version}-{release}"),
    };
    (!name.is_empty() && Scheme::Rpm.is_valid(&version)).then_some((name, version))
}

/// Bodhi's words: *urgent* is the worst.
fn severity(word: &str) -> Option<Severity> {
    if word == "urgent" { Some(Severity::Critical) } else { score::word(word) }
}
