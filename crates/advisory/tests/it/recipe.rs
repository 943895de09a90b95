//! Records, databases and inventories in a few words.

use lazaret_advisory::records::{Records, SegmentRecords, SourceInfo};
use lazaret_advisory::{BuildOptions, Db, write_database, write_database_with};
use lazaret_core::advisory::{Advisory, Affected, Range, RangeEnd, Status};
use lazaret_core::inventory::{Inventory, Os, OsFound};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, SourcePackage};
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;

/// A record that names no package yet.
pub(crate) fn advisory(id: &str, aliases: &[&str]) -> Advisory {
    Advisory {
        id: id.to_owned(),
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        severity: None,
        scores: Vec::new(),
        cwes: Vec::new(),
        published: None,
        modified: None,
        affected: Vec::new(),
    }
}

/// A range in the words of its `Display`: `*`, `< 2`, `<= 2`, `>= 1`, `>= 1, < 2`.
pub(crate) fn range(text: &str) -> Range {
    let mut range = Range { introduced: None, end: RangeEnd::Open };
    for bound in text.split(", ").filter(|bound| *bound != "*") {
        let (sign, version) = bound.split_once(' ').unwrap();
        let version = version.to_owned();
        match sign {
            ">=" => range.introduced = Some(version),
            "<" => range.end = RangeEnd::Fixed(version),
            "<=" => range.end = RangeEnd::LastAffected(version),
            sign => panic!("`{sign}` bounds nothing"),
        }
    }
    range
}

/// What a record says of a package: ranges, and versions by themselves as `= 1.0`.
pub(crate) fn affected(package: &str, extent: &[&str]) -> Affected {
    let (versions, ranges): (Vec<&str>, Vec<&str>) =
        extent.iter().partition(|text| text.starts_with("= "));
    Affected {
        package: package.to_owned(),
        status: Status::Unknown,
        ranges: ranges.into_iter().map(range).collect(),
        versions: versions.into_iter().map(|text| text[2..].to_owned()).collect(),
        ..Affected::default()
    }
}

/// A record about one package.
pub(crate) fn about(id: &str, aliases: &[&str], package: &str, extent: &[&str]) -> Advisory {
    Advisory { affected: vec![affected(package, extent)], ..advisory(id, aliases) }
}

/// A segment of the kind its name says.
pub(crate) fn segment(name: &str, advisories: Vec<Advisory>) -> SegmentRecords {
    let (scheme, ecosystem) = match name.split('-').next().unwrap() {
        "almalinux" => (Scheme::Rpm, Ecosystem::Rpm),
        "alpine" => (Scheme::Apk, Ecosystem::Apk),
        "debian" => (Scheme::Deb, Ecosystem::Deb),
        "crates.io" => (Scheme::Semver, Ecosystem::Cargo),
        "go" => (Scheme::Go, Ecosystem::Golang),
        "maven" => (Scheme::Maven, Ecosystem::Maven),
        "npm" => (Scheme::Semver, Ecosystem::Npm),
        "nuget" => (Scheme::Nuget, Ecosystem::Nuget),
        "packagist" => (Scheme::Composer, Ecosystem::Composer),
        "programs" => (Scheme::Letters, Ecosystem::Generic),
        "rubygems" => (Scheme::Gem, Ecosystem::Gem),
        _ => (Scheme::Pep440, Ecosystem::Pypi),
    };
    let source = SourceInfo {
        id: "recipe".to_owned(),
        url: "https://example.org/feed".to_owned(),
        license: "CC0-1.0".to_owned(),
    };
    SegmentRecords { scheme, ecosystem, source, gap: None, advisories }
}

pub(crate) fn records(segments: Vec<(&str, Vec<Advisory>)>) -> Records {
    let segments =
        segments.into_iter().map(|(name, advisories)| (name.to_owned(), segment(name, advisories)));
    Records { segments: segments.collect(), ..Records::default() }
}

/// Every file of a database, by name.
pub(crate) fn files(records: &Records) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    write_database(records, &mut |file, bytes| {
        files.insert(file.to_owned(), bytes.to_vec());
        Ok(())
    })
    .unwrap();
    files
}

/// A database as the program carries one. Its bytes live as long as the tests.
pub(crate) fn db(segments: Vec<(&str, Vec<Advisory>)>) -> Db {
    db_of(&records(segments))
}

/// A database of these records, likewise.
pub(crate) fn db_of(records: &Records) -> Db {
    opened(files(records))
}

/// A database of a time that follows another.
pub(crate) fn db_after(
    previous: Option<&Db>,
    at: Option<i64>,
    segments: Vec<(&str, Vec<Advisory>)>,
) -> Db {
    let mut files = BTreeMap::new();
    let options = BuildOptions { at, previous };
    write_database_with(&records(segments), &options, &mut |file, bytes| {
        files.insert(file.to_owned(), bytes.to_vec());
        Ok(())
    })
    .unwrap();
    opened(files)
}

fn opened(mut files: BTreeMap<String, Vec<u8>>) -> Db {
    let manifest = String::from_utf8(files.remove("manifest.json").unwrap()).unwrap();
    let segments: Vec<(&str, &'static [u8])> = files
        .iter()
        .map(|(file, bytes)| {
            let name = file.rsplitn(3, '.').last().unwrap();
            let bytes: &'static [u8] = bytes.clone().leak();
            (name, bytes)
        })
        .collect();
    Db::from_static(manifest.leak(), &segments).unwrap()
}

/// An inventory of an image with this operating system, `alpine 3.20.3` say, or none.
pub(crate) fn inventory(os: &str, packages: Vec<Package>) -> Inventory {
    let (id, version) = os.split_once(' ').map_or((os, None), |(id, version)| (id, Some(version)));
    let os = OsFound {
        os: Os { id: id.to_owned(), version: version.map(str::to_owned), ..Os::default() },
        location: location("etc/os-release"),
    };
    Inventory { os: (!id.is_empty()).then_some(os), packages, ..Inventory::default() }
}

pub(crate) fn location(path: &str) -> Location {
    Location { layer: LayerIndex(0), path: ImagePath::parse(path.as_bytes()).unwrap(), lines: None }
}

/// An installed package.
pub(crate) fn package(ecosystem: Ecosystem, name: &str, version: &str) -> Package {
    Package {
        // As dpkg's database has it: a package is its own source unless it says otherwise.
        source: (ecosystem == Ecosystem::Deb)
            .then(|| SourcePackage { name: name.to_owned(), version: version.to_owned() }),
        locations: vec![location("some/file")],
        ..Package::installed(ecosystem, name, version)
    }
}
