//! Trivy's words for kinds of packages, operating systems and sources.

use crate::view::Around;
use lazaret_core::finding::Vulnerability;
use lazaret_core::package::{Ecosystem, Package, Presence};

/// What kind of result a package belongs to. The operating system's comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind<'a> {
    /// Packages of the operating system, by its family.
    Os(&'a str),
    /// Libraries that a lock file, a binary or the like lists; the file is the target.
    Listed(&'static str),
    /// Libraries that were found one by one, all under one target.
    Found(&'static str),
}

impl<'a> Kind<'a> {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Os(_) => "os-pkgs",
            Self::Listed(_) | Self::Found(_) => "lang-pkgs",
        }
    }

    pub(super) const fn name(self) -> &'a str {
        match self {
            Self::Os(name) | Self::Listed(name) | Self::Found(name) => name,
        }
    }

    pub(super) const fn is_aggregated(self) -> bool {
        matches!(self, Self::Found(_))
    }
}

/// The kind and the target of a package's result.
pub(super) fn of<'a>(report: Around<'a>, package: &'a Package) -> (Kind<'a>, String) {
    if package.ecosystem.is_os() {
        let os = report.inventory.os.as_ref().map(|found| &found.os);
        let family = os.map_or(package.ecosystem.purl_type(), |os| os_family(&os.id));
        let version = os.and_then(|os| os.version.as_deref()).unwrap_or_default();
        let target = format!("{} ({family} {version})", report.image.name).replace(" )", ")");
        return (Kind::Os(family), target);
    }
    let path = package.locations.first().map_or("", |location| location.path.as_str());
    let kind = library(package, path.rsplit('/').next().unwrap_or_default());
    let target = match kind {
        Kind::Found("python-pkg") => "Python".to_owned(),
        Kind::Found("node-pkg") => "Node.js".to_owned(),
        Kind::Found("gemspec") => "Ruby".to_owned(),
        Kind::Found("conda-pkg") => "Conda".to_owned(),
        Kind::Found(_) => "Java".to_owned(),
        Kind::Os(_) | Kind::Listed(_) => path.to_owned(),
    };
    (kind, target)
}

/// The kind of a library, by its ecosystem and the name of the file it was read from.
fn library(package: &Package, file: &str) -> Kind<'static> {
    let declared = package.presence != Presence::Installed;
    match package.ecosystem {
        Ecosystem::Cargo if file == "Cargo.lock" => Kind::Listed("cargo"),
        Ecosystem::Cargo => Kind::Listed("rustbinary"),
        Ecosystem::Composer if file == "installed.json" => Kind::Listed("composer-vendor"),
        Ecosystem::Composer => Kind::Listed("composer"),
        Ecosystem::Gem if declared || file == "Gemfile.lock" => Kind::Listed("bundler"),
        Ecosystem::Gem => Kind::Found("gemspec"),
        Ecosystem::Golang if file == "go.mod" => Kind::Listed("gomod"),
        Ecosystem::Golang => Kind::Listed("gobinary"),
        Ecosystem::Maven if file.ends_with("gradle.lockfile") => Kind::Listed("gradle"),
        Ecosystem::Maven if file.ends_with(".sbt.lock") => Kind::Listed("sbt"),
        Ecosystem::Maven if declared => Kind::Listed("pom"),
        Ecosystem::Maven => Kind::Found("jar"),
        Ecosystem::Npm if file == "yarn.lock" => Kind::Listed("yarn"),
        Ecosystem::Npm if file.starts_with("pnpm-lock") => Kind::Listed("pnpm"),
        Ecosystem::Npm if file == "bun.lock" => Kind::Listed("bun"),
        Ecosystem::Npm if declared => Kind::Listed("npm"),
        Ecosystem::Npm => Kind::Found("node-pkg"),
        Ecosystem::Nuget if file.ends_with(".deps.json") => Kind::Listed("dotnet-core"),
        Ecosystem::Nuget if file == "Directory.Packages.props" => Kind::Listed("packages-props"),
        Ecosystem::Nuget => Kind::Listed("nuget"),
        Ecosystem::Pypi if file == "Pipfile.lock" => Kind::Listed("pipenv"),
        Ecosystem::Pypi if file == "poetry.lock" => Kind::Listed("poetry"),
        Ecosystem::Pypi if file == "uv.lock" => Kind::Listed("uv"),
        Ecosystem::Pypi if file.starts_with("pylock") => Kind::Listed("pylock"),
        Ecosystem::Pypi if declared => Kind::Listed("pip"),
        Ecosystem::Pypi => Kind::Found("python-pkg"),
        Ecosystem::Cocoapods => Kind::Listed("cocoapods"),
        Ecosystem::Conan => Kind::Listed("conan"),
        Ecosystem::Conda if declared => Kind::Listed("conda-environment"),
        Ecosystem::Conda => Kind::Found("conda-pkg"),
        Ecosystem::Hex => Kind::Listed("hex"),
        Ecosystem::Julia => Kind::Listed("julia"),
        Ecosystem::Pub => Kind::Listed("pub"),
        Ecosystem::Swift => Kind::Listed("swift"),
        // Trivy has no word of its own for the others.
        other => Kind::Listed(other.purl_type()),
    }
}

/// The family Trivy puts an operating system in, from the id in os-release.
pub(super) fn os_family(id: &str) -> &str {
    match id {
        "almalinux" => "alma",
        "amzn" => "amazon",
        "mariner" => "cbl-mariner",
        "ol" => "oracle",
        "rhel" => "redhat",
        "sl-micro" | "sle-micro" | "suse-microos" => "slem",
        other => other,
    }
}

/// A source of advisories.
pub(super) struct Source {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) url: Option<&'static str>,
}

/// The source of a record: a distribution, GitHub or an ecosystem's own database.
pub(super) fn data_source(ecosystem: Ecosystem, vulnerability: &Vulnerability) -> Source {
    let record = vulnerability.reason.record.as_str();
    let segment = vulnerability.reason.segment.as_str();
    if !ecosystem.is_os() {
        return library_source(ecosystem, record, segment);
    }
    let family = os_family(segment.split_once('-').map_or(segment, |(family, _)| family));
    let (name, url) = match family {
        "alpine" => ("Alpine Secdb", "https://secdb.alpinelinux.org/"),
        "debian" => (
            "Debian Security Tracker",
            "https://salsa.debian.org/security-tracker-team/security-tracker",
        ),
        "ubuntu" => ("Ubuntu CVE Tracker", "https://git.launchpad.net/ubuntu-cve-tracker"),
        _ => return Source { id: family.to_owned(), name: segment.to_owned(), url: None },
    };
    Source { id: family.to_owned(), name: name.to_owned(), url: Some(url) }
}

fn library_source(ecosystem: Ecosystem, record: &str, segment: &str) -> Source {
    let source = |id: &str, name: &str, url| Source { id: id.into(), name: name.into(), url };
    if record.starts_with("GHSA-") {
        let kind = match ecosystem {
            Ecosystem::Cargo => "rust",
            Ecosystem::Gem => "rubygems",
            Ecosystem::Golang => "go",
            Ecosystem::Pypi => "pip",
            other => other.purl_type(),
        };
        let url = "https://github.com/advisories";
        return source("ghsa", &format!("GitHub Security Advisory {kind}"), Some(url));
    }
    if record.starts_with("GO-") {
        return source(
            "govulndb",
            "The Go Vulnerability Database",
            Some("https://pkg.go.dev/vuln/"),
        );
    }
    let url = "https://osv.dev";
    source("osv", &format!("OSV {segment}"), Some(url))
}
