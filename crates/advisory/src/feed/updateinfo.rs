//! `updateinfo.xml`: a repository's errata, each with the packages that bring it
//! (<https://github.com/rpm-software-management/createrepo_c>). Amazon Linux, Bottlerocket, Fedora
//! and Rocky Linux.

use super::errata::{Builds, Erratum, evr, severity};
use super::gather::{Gather, Segment};
use super::xml::Xml;
use super::{Feed, FeedError, FeedFile, date, id};
use crate::module::Build;
use lazaret_core::advisory::{Affected, Range, RangeEnd};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Amazon Linux: the core repository of each release, and the extras.
pub(super) static AMAZON: Feed = Feed {
    id: "amazon-updateinfo",
    title: "Amazon Linux security advisories",
    url: "https://cdn.amazonlinux.com/{path}/repodata/updateinfo.xml.gz",
    license: "none stated",
    redistributable: false,
    unit: "advisories",
    paths: &[
        "amazon/*/*updateinfo.xml*",
        "amazon/*/*/*updateinfo.xml*",
        "amazon/*/*/*/*updateinfo.xml*",
        "cdn.amazonlinux.com/*/*/*/*/*/repodata/*updateinfo.xml*",
        "cdn.amazonlinux.com/*/*/*/*/*/*/repodata/*updateinfo.xml*",
        "packages.*.amazonaws.com/*/*/*/*/repodata/*updateinfo.xml*",
    ],
    left_out: &[],
    gaps: &[],
    parse: |file, gather| parse(file, gather, amazon),
};

/// Bottlerocket.
pub(super) static BOTTLEROCKET: Feed = Feed {
    id: "bottlerocket-updateinfo",
    title: "Bottlerocket security advisories",
    url: "https://advisories.bottlerocket.aws/updateinfo.xml.gz",
    license: "none stated",
    redistributable: false,
    unit: "advisories",
    paths: &["bottlerocket/updateinfo.xml*", "advisories.bottlerocket.aws/updateinfo.xml*"],
    left_out: &[],
    gaps: &[],
    parse: |file, gather| {
        parse(file, gather, |_, collection| match collection.short.as_str() {
            "bottlerocket" => Some(Place::of("bottlerocket".to_owned())),
            _ => None,
        })
    },
};

/// Fedora: the updates of each release and, until 38, its modular updates.
pub(super) static FEDORA: Feed = Feed {
    id: "fedora-updateinfo",
    title: "Fedora updates",
    url: "https://dl.fedoraproject.org/pub/fedora/linux/updates/{n}/Everything/x86_64/repodata/{hash}-updateinfo.xml.zst",
    license: "none stated",
    redistributable: false,
    unit: "updates",
    paths: &[
        "fedora/*/*updateinfo.xml*",
        "fedora/*/*/*updateinfo.xml*",
        "*.fedoraproject.org/pub/fedora/linux/updates/*/*/*/repodata/*updateinfo.xml*",
        "*.fedoraproject.org/pub/archive/fedora/linux/updates/*/*/*/repodata/*updateinfo.xml*",
    ],
    left_out: &[],
    gaps: &[],
    parse: |file, gather| parse(file, gather, fedora),
};

/// Rocky Linux.
pub(super) static ROCKY: Feed = Feed {
    id: "rocky-updateinfo",
    title: "Rocky Linux errata",
    url: "https://download.rockylinux.org/pub/rocky/{n}/{repository}/x86_64/os/repodata/{hash}-updateinfo.xml.gz",
    license: "BSD-3-Clause",
    redistributable: true,
    unit: "advisories",
    paths: &[
        "rocky/*/*/*updateinfo.xml*",
        "rocky/*/*/*/*updateinfo.xml*",
        "*.rockylinux.org/pub/rocky/*/*/*/os/repodata/*updateinfo.xml*",
        "*.rockylinux.org/vault/rocky/*/*/*/os/repodata/*updateinfo.xml*",
    ],
    left_out: &[],
    gaps: &[],
    parse: |file, gather| parse(file, gather, rocky),
};

const SCHEME: Scheme = Scheme::Rpm;

/// One update.
#[derive(Debug, Default)]
struct Update {
    kind: String,
    id: String,
    title: String,
    issued: String,
    updated: String,
    release: String,
    severity: String,
    description: String,
    /// Kind, id and title.
    references: Vec<(String, String, String)>,
    collections: Vec<Collection>,
}

/// Packages of one repository.
#[derive(Debug, Default)]
struct Collection {
    short: String,
    name: String,
    /// Name and stream of the module they are built in.
    module: Option<String>,
    packages: Vec<Package>,
}

#[derive(Debug)]
struct Package {
    name: String,
    version: String,
    arch: String,
}

/// Where the packages of a collection belong.
#[derive(Debug, Default)]
struct Place {
    segment: String,
    /// The line of versions they are of, such as `8.2` for a repository of PHP 8.2 besides the
    /// release's own PHP.
    line: Option<String>,
}

impl Place {
    fn of(segment: String) -> Self {
        Self { segment, line: None }
    }
}

/// Says where the packages of a collection belong, if they are the distribution's.
type Find = fn(&Update, &Collection) -> Option<Place>;

fn parse(file: &FeedFile<'_>, gather: &mut Gather, find: Find) -> Result<(), FeedError> {
    let mut xml = Xml::open(file.bytes, "updates", "a list of updates")?;
    while xml.child()? {
        if xml.name() == "update" {
            let update = read(&mut xml)?;
            gather.count();
            take(&update, find, gather);
        } else {
            xml.skip()?;
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn read(xml: &mut Xml<'_>) -> Result<Update, FeedError> {
    let mut update = Update { kind: attribute(xml, "type")?, ..Update::default() };
    while xml.child()? {
        match xml.name() {
            "id" => update.id = xml.text()?,
            "title" => update.title = xml.text()?,
            "release" => update.release = xml.text()?,
            "severity" => update.severity = xml.text()?,
            "description" => update.description = xml.text()?,
            "issued" => {
                update.issued = attribute(xml, "date")?;
                xml.skip()?;
            }
            "updated" => {
                update.updated = attribute(xml, "date")?;
                xml.skip()?;
            }
            "references" => {
                while xml.child()? {
                    let [kind, id, title] =
                        ["type", "id", "title"].map(|name| attribute(xml, name));
                    update.references.push((kind?, id?, title?));
                    xml.skip()?;
                }
            }
            "pkglist" => {
                while xml.child()? {
                    update.collections.push(collection(xml)?);
                }
            }
            _ => xml.skip()?,
        }
    }
    Ok(update)
}

fn collection(xml: &mut Xml<'_>) -> Result<Collection, FeedError> {
    let mut collection = Collection { short: attribute(xml, "short")?, ..Collection::default() };
    while xml.child()? {
        match xml.name() {
            "name" => collection.name = xml.text()?,
            "module" => {
                let (name, stream) = (attribute(xml, "name")?, attribute(xml, "stream")?);
                if !name.is_empty() && !stream.is_empty() {
                    collection.module = Some(format!("{name}:{stream}"));
                }
                xml.skip()?;
            }
            "package" => {
                let part = |name| attribute(xml, name);
                let (epoch, version, release) =
                    (part("epoch")?, part("version")?, part("release")?);
                let epoch = if epoch.is_empty() { "0" } else { &epoch };
                let whole = format!("{epoch}:{version}-{release}");
                let (name, arch) = (part("name")?, part("arch")?);
                collection.packages.push(Package { name, version: evr(&whole).to_owned(), arch });
                xml.skip()?;
            }
            _ => xml.skip()?,
        }
    }
    Ok(collection)
}

/// An attribute of the element last begun; empty where it has none.
fn attribute(xml: &Xml<'_>, name: &str) -> Result<String, FeedError> {
    Ok(xml.attribute(name)?.map(|value| value.trim().to_owned()).unwrap_or_default())
}

fn take(update: &Update, find: Find, gather: &mut Gather) {
    if update.kind != "security" {
        gather.skip("no vulnerability");
        return;
    }
    if update.id.is_empty() {
        gather.skip("no id");
        return;
    }
    let places: Vec<(&Collection, Place)> = update
        .collections
        .iter()
        .filter_map(|collection| Some((collection, find(update, collection)?)))
        .collect();
    if places.is_empty() && !update.collections.is_empty() {
        gather.skip("not the distribution's own packages");
        return;
    }
    let sources_only =
        update.collections.iter().flat_map(|collection| &collection.packages).all(is_source);
    let mut segments: BTreeMap<String, Vec<Affected>> = BTreeMap::new();
    for (collection, place) in places {
        let mut builds = Builds::default();
        for package in &collection.packages {
            if is_source(package) && !sources_only {
                continue;
            }
            if package.name.is_empty() || !SCHEME.is_valid(&package.version) {
                gather.note("invalid version");
                continue;
            }
            let source = format!("src:{}", package.name);
            let name = if is_source(package) { &source } else { &package.name };
            // Some repositories of modules name other packages beside.
            let modular = Build::of(&package.version) == Build::Module;
            let module = collection.module.as_deref().filter(|_| modular);
            builds.add(name, module, &package.version, Some(&package.arch));
        }
        let mut rows = builds.into_affected();
        if let Some(line) = &place.line {
            rows.iter_mut().flat_map(|row| &mut row.ranges).for_each(|range| begin(range, line));
        }
        segments.entry(place.segment).or_default().extend(rows);
    }
    if segments.values().all(Vec::is_empty) {
        gather.skip("no versions");
        return;
    }
    let erratum = Erratum {
        id: update.id.clone(),
        severity: severity(&update.severity),
        published: date::loose(&update.issued),
        modified: date::loose(&update.updated).or(date::loose(&update.issued)),
    };
    let ids = vulnerabilities(update);
    for (name, rows) in segments {
        let segment = Segment { name, scheme: SCHEME, ecosystem: Ecosystem::Rpm };
        for id in &ids {
            erratum.file(&segment, id, Vec::new(), rows.clone(), gather);
        }
    }
}

fn is_source(package: &Package) -> bool {
    matches!(package.arch.as_str(), "src" | "nosrc")
}

/// The vulnerabilities an update names: those it refers to, else those its titles and at last its
/// description tell, else itself.
fn vulnerabilities(update: &Update) -> BTreeSet<String> {
    let references = &update.references;
    let typed = references.iter().filter(|(kind, ..)| kind == "cve").map(|(_, id, _)| id.as_str());
    let titles = references.iter().map(|(_, _, title)| title.as_str());
    let sources: [Vec<&str>; 3] = [
        typed.collect(),
        titles.chain([update.title.as_str()]).collect(),
        vec![update.description.as_str()],
    ];
    for texts in sources {
        let found: BTreeSet<String> = texts.into_iter().flat_map(id::cves_in_prose).collect();
        if !found.is_empty() {
            return found;
        }
    }
    BTreeSet::from([update.id.clone()])
}

/// Lets a range begin with its line, where the fixed version is of that line.
fn begin(range: &mut Range, line: &str) {
    let RangeEnd::Fixed(fixed) = &range.end else { return };
    let (epoch, version) = match fixed.split_once(':') {
        Some((epoch, version)) => (format!("{epoch}:"), version),
        None => (String::new(), fixed.as_str()),
    };
    let of_line = version
        .strip_prefix(line)
        .is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii_digit()));
    let start = format!("{epoch}{line}");
    if of_line && SCHEME.compare(&start, fixed) == Ok(Ordering::Less) {
        range.introduced = Some(start);
    }
}

/// `Amazon Linux AMI`, `Amazon Linux 2`, `Amazon Linux 2 - Php8.2`.
fn amazon(_: &Update, collection: &Collection) -> Option<Place> {
    let rest = collection.name.strip_prefix("Amazon Linux ")?;
    let (release, topic) = rest.split_once(" - ").unwrap_or((rest, ""));
    let segment = match release.trim() {
        "AMI" => "amazon-1".to_owned(),
        release => number("amazon", release)?,
    };
    // The repositories besides the core of the second release hold other versions of its packages.
    let name = topic.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let line = topic.get(name.len()..).filter(|line| line.starts_with(|c: char| c != '.'));
    Some(Place { segment, line: line.map(str::to_owned) })
}

/// `Fedora 43`, `Fedora 38 Modular`; not EPEL, which is for other distributions.
fn fedora(update: &Update, collection: &Collection) -> Option<Place> {
    let name = if update.release.is_empty() { &collection.name } else { &update.release };
    let release = name.strip_prefix("Fedora ")?.trim_end_matches(" Modular");
    number("fedora", release).map(Place::of)
}

/// `Rocky Linux 9`; not the special interest groups' own packages.
fn rocky(update: &Update, _: &Collection) -> Option<Place> {
    if update.id.starts_with("RXSA-") {
        return None;
    }
    let release = update.release.strip_prefix("Rocky Linux ")?;
    number("rocky", release.split(['.', ' ']).next()?).map(Place::of)
}

fn number(segment: &str, release: &str) -> Option<String> {
    let fits = (1..=4).contains(&release.len()) && release.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| format!("{segment}-{release}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(find: Find, release: &str, name: &str, id: &str) -> Option<(String, Option<String>)> {
        let update = Update { release: release.to_owned(), id: id.to_owned(), ..Update::default() };
        let collection = Collection { name: name.to_owned(), ..Collection::default() };
        find(&update, &collection).map(|place| (place.segment, place.line))
    }

    #[test]
    fn a_collection_belongs_to_a_release_and_maybe_a_line_of_versions() {
        for (find, release, name, id, segment, line) in [
            (amazon as Find, "", "Amazon Linux AMI", "", "amazon-1", None),
            (amazon, "", "Amazon Linux 2", "", "amazon-2", None),
            (amazon, "", "Amazon Linux 2 - Kernel-5.15", "", "amazon-2", Some("5.15")),
            (amazon, "", "Amazon Linux 2 - Docker", "", "amazon-2", None),
            (amazon, "", "Amazon Linux 2023 - Kernel Livepatch", "", "amazon-2023", None),
            (fedora, "Fedora 43", "Fedora 43", "", "fedora-43", None),
            (fedora, "Fedora 38 Modular", "Fedora 38 Modular", "", "fedora-38", None),
            (fedora, "", "Fedora 41", "", "fedora-41", None),
            (rocky, "Rocky Linux 9", "rocky-linux-9-x86-64-baseos-rpms", "", "rocky-9", None),
            (rocky, "Rocky Linux 8.6", "", "RLSA-2022:1", "rocky-8", None),
        ] {
            let expected = Some((segment.to_owned(), line.map(str::to_owned)));
            assert_eq!(place(find, release, name, id), expected, "{release} {name}");
        }
        for (find, release, id) in [
            (fedora as Find, "Fedora EPEL 9", ""),
            (rocky, "Rocky Linux 8", "RXSA-2023:0101"),
            (rocky, "Rocky Linux SIG Cloud 8", "RLSA-1"),
        ] {
            assert_eq!(place(find, release, "", id), None, "{release} {id}");
        }
    }

    #[test]
    fn a_line_begins_where_its_number_does() {
        for (fixed, line, expected) in [
            ("5.15.43-20.123.amzn2", "5.15", ">= 5.15, < 5.15.43-20.123.amzn2"),
            ("1:1.22.1-1.amzn2.0.1", "1", ">= 1:1, < 1:1.22.1-1.amzn2.0.1"),
            ("8.2.9-1.amzn2", "8", ">= 8, < 8.2.9-1.amzn2"),
            // What a repository brings besides is of lines of its own.
            ("1.10.1-9.amzn2", "8.2", "< 1.10.1-9.amzn2"),
            ("80.2-1.amzn2", "8", "< 80.2-1.amzn2"),
        ] {
            let mut range = Range { introduced: None, end: RangeEnd::Fixed(fixed.to_owned()) };
            begin(&mut range, line);
            assert_eq!(range.to_string(), expected);
        }
    }
}
