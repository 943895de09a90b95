//! Java archives, and the archives in them.
//!
//! What an archive holds is said, best first, by the `pom.properties` that Maven puts into it, one
//! for each library of a shaded archive; by `pom.xml` beside it; and by the archive's own name with
//! its manifest. Only these entries and inner archives are decompressed.

use super::known::{Known, by_class};
use super::manifest::Manifest;
use super::own::{identify, is_without_code, split};
use super::{ARCHIVES, is_archive, is_version, name, pom};
use crate::broken::Broken;
use crate::lang::zip::{Entry, Zip};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Sink};
use lazaret_core::maven::MavenProject;
use lazaret_core::package::{Ecosystem, Need, PackageFact};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Libraries in Java archives, at any depth of archives in archives.
pub(crate) static ARCHIVE: Extractor = Extractor {
    id: "java/archive",
    version: 2,
    title: "Java archives",
    spec: "https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html",
    selects: ARCHIVES,
    gives: Gives { licenses: true, source: false, ownership: false, dev: false, lines: false },
    run,
};

/// Largest `pom.properties`, in bytes: they have three lines, and sometimes a comment.
const PROPERTIES_BYTES_MAX: u64 = 64 << 10;

/// Largest project file that is read, in bytes: those of whole platforms have some 100,000.
const POM_BYTES_MAX: u64 = 1 << 20;

/// How much of a manifest is read, in bytes. What matters comes first; the digests of a signed
/// archive may take megabytes behind it.
const MANIFEST_BYTES_MAX: u64 = 256 << 10;

/// What reading an entry costs beside its bytes, counted as bytes, so that a directory that names
/// one small entry a million times ends as well.
const ENTRY_COST_BYTES: u64 = 512;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    if input.bytes.is_empty() {
        return Ok(());
    }
    let limits = sink.limits().clone();
    let mut walk = Walk {
        work_bytes: limits.archive_bytes_max,
        open_bytes: limits.memory_bytes / 2,
        fact_bytes: limits.memory_bytes / 4,
        depth_max: limits.archive_depth_max,
        place_bytes_max: limits.path_bytes_max,
        is_limited: false,
        broken: Broken::default(),
        sink,
    };
    let archive = Zip::open(input.bytes)?;
    walk.archive(&archive, input.path.name(), "", 0);
    walk.broken.finish()
}

/// The walk through one file.
struct Walk<'s, 'f> {
    sink: &'s mut Sink<'f>,
    broken: Broken,
    /// What may still be decompressed and looked through, in bytes.
    work_bytes: u64,
    /// What inner archives that are open may still take in memory, in bytes.
    open_bytes: u64,
    /// What packages that were found may still take in memory, in bytes: a small archive can hold a
    /// thousand copies of one that needs ten thousand libraries.
    fact_bytes: u64,
    depth_max: u32,
    /// Longest path inside of the file, in bytes.
    place_bytes_max: usize,
    /// Whether a limit was met; once is said.
    is_limited: bool,
}

/// What of an archive's directory matters.
#[derive(Default)]
struct Contents<'a> {
    manifest: Option<Entry<'a>>,
    /// By folder: `META-INF/maven/GROUP/ARTIFACT`.
    projects: BTreeMap<&'a [u8], Project<'a>>,
    archives: Vec<Entry<'a>>,
    /// Whether there is a class of its own.
    has_code: bool,
    known: Vec<&'static Known>,
}

/// The files Maven leaves in an archive about one project.
#[derive(Default)]
struct Project<'a> {
    properties: Option<Entry<'a>>,
    pom: Option<Entry<'a>>,
}

impl<'a> Contents<'a> {
    fn new(archive: &Zip<'a>) -> Self {
        let mut contents = Self::default();
        for entry in archive.entries() {
            let (folder, file) = split_name(entry.name);
            match file {
                b"MANIFEST.MF" if folder == b"META-INF" => {
                    contents.manifest = contents.manifest.or(Some(entry));
                }
                b"pom.properties" if is_project(folder) => {
                    contents.projects.entry(folder).or_default().properties = Some(entry);
                }
                b"pom.xml" if is_project(folder) => {
                    contents.projects.entry(folder).or_default().pom = Some(entry);
                }
                _ if file.is_empty() => {}
                _ => {
                    contents.has_code |= file.ends_with(b".class");
                    contents.known.extend(by_class(entry.name));
                    if std::str::from_utf8(file).is_ok_and(is_archive) {
                        contents.archives.push(entry);
                    }
                }
            }
        }
        contents
    }
}

fn split_name(name: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memrchr(b'/', name) {
        Some(at) => {
            let (folder, file) = name.split_at_checked(at).unwrap_or((name, b""));
            (folder, file.get(1..).unwrap_or_default())
        }
        None => (b"", name),
    }
}

/// Whether Maven puts its files here: also below `classes` of a module of a JDK, and below
/// `WEB-INF/classes`.
fn is_project(folder: &[u8]) -> bool {
    memchr::memmem::find(folder, b"META-INF/maven/").is_some()
}

impl Walk<'_, '_> {
    fn archive(&mut self, archive: &Zip<'_>, file: &str, place: &str, depth: u32) {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        if is_without_code(stem) {
            return;
        }
        let contents = Contents::new(archive);
        self.packages(archive, &contents, stem, place);
        for entry in &contents.archives {
            self.inner(archive, entry, place, depth);
        }
    }

    /// An archive inside of the archive at `place`.
    fn inner(&mut self, outer: &Zip<'_>, entry: &Entry<'_>, place: &str, depth: u32) {
        let stored_at = plain(&String::from_utf8_lossy(entry.name));
        let separator = if place.is_empty() { "" } else { "!" };
        let inner_place = format!("{place}{separator}{stored_at}");
        if depth >= self.depth_max || inner_place.len() > self.place_bytes_max {
            self.limit("archives are in archives too deep to be looked into");
            return;
        }
        if !self.spend(entry.size_bytes) {
            return;
        }
        let taken = Zip::memory_bytes(entry);
        if taken > self.open_bytes {
            self.limit("an inner archive does not fit into the memory limit");
            return;
        }
        let content = match outer.content(entry) {
            Ok(content) => content,
            Err(error) => return self.report(&inner_place, &error),
        };
        self.open_bytes = self.open_bytes.saturating_sub(taken);
        if !content.is_empty() {
            match Zip::open(&content) {
                Ok(archive) => {
                    let file = stored_at.rsplit('/').next().unwrap_or(&stored_at);
                    self.archive(&archive, file, &inner_place, depth.saturating_add(1));
                }
                Err(error) => self.report(&inner_place, &error),
            }
        }
        self.open_bytes = self.open_bytes.saturating_add(taken);
    }

    /// The packages of one archive: those its project files name, and itself.
    fn packages(&mut self, archive: &Zip<'_>, contents: &Contents<'_>, stem: &str, place: &str) {
        let manifest = self.manifest(archive, contents, place);
        let stated = manifest.version();
        let mut found = Vec::new();
        for project in contents.projects.values() {
            let properties = project.properties.as_ref();
            let properties = properties.and_then(|entry| self.properties(archive, entry, place));
            let pom = project.pom.as_ref().and_then(|entry| self.pom(archive, entry, place));
            found.extend(coordinates(properties, pom, stem, stated));
        }
        let own = identify(stem, &manifest, &contents.known);
        let mut names = BTreeSet::new();
        for one in &found {
            let mut package = PackageFact::installed(Ecosystem::Maven, &*one.name, &*one.version);
            if let Some(pom) = &one.pom {
                package.licenses.clone_from(&pom.licenses);
                package.needs = needs(pom, &one.name);
            }
            if package.licenses.is_empty() && is_own(one, stem, found.len()) {
                package.licenses = manifest.licenses();
            }
            names.insert(one.name.as_str());
            self.package(package, place);
        }
        let is_named = found.iter().any(|one| is_own(one, stem, found.len()));
        // A name without a group is no better than that of a project of the same version.
        let own = own.filter(|own| {
            let is_known = own.group.is_none() && found.iter().any(|o| o.version == own.version);
            !is_named && !is_known && contents.has_code
        });
        let own_name = own.as_ref().map(|own| match &own.group {
            Some(group) => format!("{group}:{}", own.artifact),
            None => own.artifact.clone(),
        });
        if let (Some(own), Some(name)) = (&own, &own_name) {
            let mut package = PackageFact::installed(Ecosystem::Maven, &**name, &*own.version);
            package.licenses = manifest.licenses();
            names.insert(name);
            self.package(package, place);
        }
        self.nameless(&contents.known, &names, place);
    }

    /// Says which libraries are here without anything that tells their version.
    fn nameless(&mut self, known: &[&'static Known], names: &BTreeSet<&str>, place: &str) {
        let mut missing = BTreeSet::new();
        for one in known {
            let is_of_group = |name: &&str| {
                name.strip_prefix(one.group).is_some_and(|rest| rest.starts_with(':'))
            };
            // Projects share classes between their own archives.
            let mut siblings = known.iter().filter(|other| other.is_sibling(one));
            let is_named = names.iter().any(is_of_group)
                || siblings.any(|other| names.iter().any(|name| name.starts_with(other.group)));
            if !is_named && missing.insert(one.group) {
                let message = format!("holds {}:{} of an unknown version", one.group, one.artifact);
                self.report(place, &ParseError::new(message));
            }
        }
    }

    fn package(&mut self, mut package: PackageFact, place: &str) {
        package.inside = (!place.is_empty()).then(|| place.to_owned());
        let bytes = u64::try_from(memory_bytes(&package)).unwrap_or(u64::MAX);
        let Some(left) = self.fact_bytes.checked_sub(bytes) else {
            self.limit(
                "the archives in the file have more libraries than fit into the memory limit",
            );
            return;
        };
        self.fact_bytes = left;
        self.sink.package(package);
    }

    fn manifest(&mut self, archive: &Zip<'_>, contents: &Contents<'_>, place: &str) -> Manifest {
        let Some(entry) = &contents.manifest else { return Manifest::default() };
        if !self.spend(entry.size_bytes.min(MANIFEST_BYTES_MAX)) {
            return Manifest::default();
        }
        let bytes = if entry.size_bytes <= MANIFEST_BYTES_MAX {
            archive.content(entry)
        } else {
            archive.beginning(entry, MANIFEST_BYTES_MAX).map(Cow::Owned)
        };
        match bytes {
            Ok(bytes) => Manifest::parse(&bytes),
            Err(error) => {
                self.report(place, &error);
                Manifest::default()
            }
        }
    }

    fn properties(
        &mut self,
        archive: &Zip<'_>,
        entry: &Entry<'_>,
        place: &str,
    ) -> Option<Properties> {
        let bytes = self.small(archive, entry, PROPERTIES_BYTES_MAX, place)?;
        Some(Properties::parse(&bytes))
    }

    fn pom(&mut self, archive: &Zip<'_>, entry: &Entry<'_>, place: &str) -> Option<MavenProject> {
        let bytes = self.small(archive, entry, POM_BYTES_MAX, place)?;
        match pom::parse(&bytes) {
            Ok(pom) => Some(pom),
            Err(error) => {
                self.report(place, &error);
                None
            }
        }
    }

    fn small<'a>(
        &mut self,
        archive: &Zip<'a>,
        entry: &Entry<'a>,
        max: u64,
        place: &str,
    ) -> Option<Cow<'a, [u8]>> {
        if entry.size_bytes > max {
            let name = String::from_utf8_lossy(entry.name).into_owned();
            let message = format!("`{name}` has {} bytes, more than {max}", entry.size_bytes);
            self.report(place, &ParseError::new(message));
            return None;
        }
        if !self.spend(entry.size_bytes) {
            return None;
        }
        match archive.content(entry) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.report(place, &error);
                None
            }
        }
    }

    /// Takes from what may be decompressed; says so once when there is not enough.
    fn spend(&mut self, bytes: u64) -> bool {
        let left = self.work_bytes.checked_sub(bytes.saturating_add(ENTRY_COST_BYTES));
        if left.is_none() {
            self.limit("the archives in the file are larger than the limit");
        }
        self.work_bytes = left.unwrap_or(self.work_bytes);
        left.is_some()
    }

    fn limit(&mut self, why: &str) {
        if !self.is_limited {
            self.is_limited = true;
            self.sink.limit(format!("{why}; what lies beyond was not looked at"));
        }
    }

    fn report(&mut self, place: &str, error: &ParseError) {
        let message = match place {
            "" => error.message.clone(),
            _ => format!("{place}: {}", error.message),
        };
        self.broken.report_anywhere(self.sink, &message);
    }
}

/// What a package takes in memory, in bytes: its texts, and the structures around them.
fn memory_bytes(package: &PackageFact) -> usize {
    let needs = package.needs.iter().map(|need| need.name.len().saturating_add(48));
    let licenses = package.licenses.iter().map(|license| license.len().saturating_add(24));
    let inside = package.inside.as_ref().map_or(0, String::len);
    let own = [package.name.len(), package.version.len(), inside, 512];
    needs.chain(licenses).chain(own).fold(0, usize::saturating_add)
}

/// A path in an archive without the parts that would lead elsewhere.
fn plain(name: &str) -> String {
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    parts.collect::<Vec<_>>().join("/").replace(|c: char| c.is_control(), "?")
}

/// One library by its project files.
struct Coordinates {
    name: String,
    artifact: String,
    version: String,
    pom: Option<MavenProject>,
}

/// The library, with the version of the archive where its own files have none.
fn coordinates(
    properties: Option<Properties>,
    pom: Option<MavenProject>,
    stem: &str,
    stated: Option<&str>,
) -> Option<Coordinates> {
    let properties = properties.unwrap_or_default();
    let of_pom = pom.as_ref().map(pom::own_coordinates).unwrap_or_default();
    let artifact = properties.artifact.or(of_pom.artifact)?;
    let group = properties.group.or(of_pom.group)?;
    let name = name(&group, &artifact)?;
    let (file, in_name) = split(stem, stated);
    let of_archive = in_name.or(stated).filter(|_| file == artifact).map(str::to_owned);
    let mut versions = [properties.version, of_pom.version, of_archive].into_iter().flatten();
    let version = versions.find(|version| is_version(version))?;
    Some(Coordinates { name, artifact, version, pom })
}

/// Whether a library is the archive itself, and not one that was put into it.
fn is_own(one: &Coordinates, stem: &str, count: usize) -> bool {
    let rest = stem.strip_prefix(&*one.artifact);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']))
        // Files are renamed, but seldom away from their version.
        || (count == 1 && stem.ends_with(&*one.version))
}

/// What a library needs to run. Versions are what its makers asked for, not what was chosen.
fn needs(pom: &MavenProject, name: &str) -> Vec<Need> {
    let runs = |scope: Option<&str>| matches!(scope, None | Some("compile" | "runtime"));
    let needed = pom.dependencies.iter().filter(|d| !d.is_optional && runs(d.scope.as_deref()));
    let names = needed.filter_map(|d| {
        let fill = |text: &str| pom::fill(pom, text);
        super::name(&fill(&d.group)?, &fill(&d.artifact)?)
    });
    let mut seen = BTreeSet::new();
    names
        .filter(|needed| needed != name && seen.insert(needed.clone()))
        .map(|name| Need { name, version: None })
        .collect()
}

/// `pom.properties`.
#[derive(Default)]
struct Properties {
    group: Option<String>,
    artifact: Option<String>,
    version: Option<String>,
}

impl Properties {
    fn parse(bytes: &[u8]) -> Self {
        let mut properties = Self::default();
        for line in Lines::new(bytes) {
            let line = String::from_utf8_lossy(line.text);
            let line = line.trim();
            let Some((key, value)) = line.split_once(['=', ':']) else { continue };
            let value = value.trim();
            let field = match key.trim() {
                "groupId" => &mut properties.group,
                "artifactId" => &mut properties.artifact,
                "version" => &mut properties.version,
                _ => continue,
            };
            // A value nobody filled in is none.
            if !value.is_empty() && !value.contains("${") && !value.contains('@') {
                *field = Some(value.to_owned());
            }
        }
        properties
    }
}
