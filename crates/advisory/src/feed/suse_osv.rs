//! SUSE's announcements in the form of OSV: source packages, and beside each the binary packages
//! with their versions (<https://ossf.github.io/osv-schema/>).

use super::gather::{Gather, Rank, Segment};
use super::json::{self, Text};
use super::rpm_rows::{Key, Rows, Wanted};
use super::suse::{FIXES, stream};
use super::suse_product::Product;
use super::{Feed, FeedError, FeedFile, bundle, date, id};
use lazaret_core::advisory::Advisory;
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "osv-suse",
    title: "SUSE announcements, as OSV",
    url: "https://osv-vulnerabilities.storage.googleapis.com/SUSE/all.zip",
    license: "CC-BY-4.0",
    redistributable: true,
    unit: "announcements",
    paths: &[
        "osv/SUSE/all.zip",
        "osv/openSUSE/all.zip",
        "osv-vulnerabilities.storage.googleapis.com/SUSE/all.zip",
        "osv-vulnerabilities.storage.googleapis.com/openSUSE/all.zip",
        "SUSE/all.zip",
        "openSUSE/all.zip",
        "suse/osv.tar.bz2",
        "ftp.suse.com/pub/projects/security/osv.tar.bz2",
    ],
    left_out: &[],
    gaps: &[
        ("SUSE/*", FIXES),
        ("openSUSE/*", FIXES),
        ("suse/*", FIXES),
        ("*/*/all.zip", FIXES),
        ("ftp.suse.com/pub/projects/security/*", FIXES),
    ],
    parse,
};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    published: Option<Text<'a>>,
    #[serde(borrow, default)]
    modified: Option<Text<'a>>,
    #[serde(borrow, default)]
    withdrawn: Option<Text<'a>>,
    #[serde(borrow, default)]
    aliases: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    related: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    upstream: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    affected: Option<Vec<Entry<'a>>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    package: Option<Package<'a>>,
    #[serde(borrow, default)]
    ranges: Option<Vec<Events<'a>>>,
    #[serde(borrow, default)]
    ecosystem_specific: Option<Specific<'a>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    ecosystem: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Deserialize)]
struct Events<'a> {
    #[serde(borrow, default)]
    events: Option<Vec<Event<'a>>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default)]
    fixed: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Specific<'a> {
    #[serde(borrow, default)]
    binaries: Option<Vec<BTreeMap<Text<'a>, Text<'a>>>>,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    // `all.json` is a list of the documents beside it.
    let wanted = |path: &str| bundle::is_named(path, "json") && !path.ends_with("/all.json");
    bundle::files(file.bytes, &wanted, &mut |path, bytes| {
        if let Err(error) = document(bytes, gather) {
            gather.refuse_record(file.path, path, &error);
        }
    })?;
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn document(bytes: &[u8], gather: &mut Gather) -> Result<(), FeedError> {
    let document: Document<'_> = json::parse(bytes)?;
    let announcement = document.id.as_str().trim();
    gather.count();
    if document.withdrawn.is_some() {
        gather.skip("withdrawn");
        return Ok(());
    }
    let lists = [&document.aliases, &document.related, &document.upstream];
    let named = lists.into_iter().flatten().flatten();
    let ids: BTreeSet<String> = named.filter_map(|text| id::cve(text.as_str().trim())).collect();
    if ids.is_empty() {
        gather.skip("no vulnerability");
        return Ok(());
    }
    let mut rows = Rows::default();
    for entry in document.affected.iter().flatten() {
        add(entry, &mut rows, gather);
    }
    if rows.is_empty() {
        let listed = document.affected.as_ref().is_some_and(|affected| !affected.is_empty());
        gather.skip(if listed { "nothing affected in the distribution" } else { "no products" });
        return Ok(());
    }
    let moment =
        |text: &Option<Text<'_>>| text.as_ref().and_then(|text| date::moment(text.as_str()));
    for (name, rows) in rows.finish(Wanted { severity: None, whole: false }, gather) {
        let segment = Segment { name, scheme: Scheme::Rpm, ecosystem: Ecosystem::Rpm };
        let (implied, said): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.implied);
        for (rank, rows) in [(Rank::Excerpt, implied), (Rank::Advisory, said)] {
            let mut advisory = Advisory {
                aliases: vec![announcement.to_owned()],
                published: moment(&document.published),
                modified: moment(&document.modified),
                affected: rows.into_iter().map(|row| row.affected).collect(),
                ..Advisory::default()
            };
            for id in &ids {
                advisory.id.clone_from(id);
                gather.statements(&segment, rank, advisory.clone());
            }
        }
    }
    Ok(())
}

/// Adds what one entry says: of binary packages where it lists them, else of the source package.
fn add(entry: &Entry<'_>, rows: &mut Rows, gather: &mut Gather) {
    let Some(package) = &entry.package else { return gather.note("no package") };
    let ecosystem = package.ecosystem.as_str().replacen(':', " ", 1);
    let product = match Product::named(&ecosystem) {
        Ok(product) => product,
        Err(why) => return gather.note(why),
    };
    let specific = entry.ecosystem_specific.as_ref();
    let binaries = specific.and_then(|specific| specific.binaries.as_deref()).unwrap_or_default();
    let mut fixes: BTreeMap<String, &str> = BTreeMap::new();
    for (name, version) in binaries.iter().flatten() {
        fixes.insert(name.as_str().to_owned(), version.as_str());
    }
    if fixes.is_empty() {
        let events = entry.ranges.iter().flatten().flat_map(|range| range.events.iter().flatten());
        let Some(fixed) = events.filter_map(|event| event.fixed.as_ref()).next_back() else {
            return gather.note("fixed without a version");
        };
        fixes.insert(format!("src:{}", package.name.as_str()), fixed.as_str());
    }
    for segment in &product.segments {
        for (package, version) in &fixes {
            let key = Key { segment: segment.clone(), module: None, package: package.clone() };
            let version = version.trim().to_owned();
            rows.fix(key, stream(product.channel), "", version, None, gather);
        }
    }
}
