//! Which findings stand together: those one change of the image mends.

use lazaret_core::finding::{Finding, Vulnerability};
use lazaret_core::inventory::Os;
use lazaret_core::location::{ImagePath, LayerIndex};
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence};
use lazaret_core::report::Report;
use lazaret_core::severity::Severity;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Where the packages of a group are changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The distribution's package manager.
    Os(Ecosystem),
    /// A lock file.
    LockFile(Ecosystem, ImagePath),
    /// A folder packages are installed into.
    Folder(Ecosystem, ImagePath),
    /// Inside packages of the distribution, which bring their own copy.
    Owned(Ecosystem),
}

/// Packages that are changed in one place.
pub(crate) struct Group<'a> {
    /// Whether the base image brought them, where that is known.
    pub(crate) base: Option<bool>,
    pub(crate) place: Place,
    /// The packages, most urgent first.
    pub(crate) clusters: Vec<Cluster<'a>>,
    /// The distribution's name and release, for the title.
    os: String,
}

/// Packages that are the same to the reader: of one source, one version, one layer, and with the
/// same findings.
pub(crate) struct Cluster<'a> {
    /// The packages, sorted by name; copies of one package stand beside each other.
    pub(crate) packages: Vec<&'a Package>,
    /// The findings of the first package, most urgent first. The others have the same.
    pub(crate) findings: Vec<(&'a Finding, &'a Vulnerability)>,
}

impl<'a> Cluster<'a> {
    /// The layer that brought the packages.
    pub(crate) fn layer(&self) -> LayerIndex {
        self.packages.first().map_or(LayerIndex(0), |package| package.layer)
    }

    /// The installed version.
    pub(crate) fn version(&self) -> &'a str {
        self.packages.first().map_or("", |package| &package.version)
    }

    /// How many findings there are, counted as the report counts them: once a package.
    pub(crate) fn findings_total(&self) -> usize {
        self.findings.len() * self.packages.len()
    }

    /// Every package's name, once.
    pub(crate) fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.packages.iter().map(|p| p.name.as_str()).collect();
        names.dedup();
        names
    }

    fn worst(&self) -> Severity {
        self.findings.iter().map(|(finding, _)| finding.severity).max().unwrap_or_default()
    }
}

impl Group<'_> {
    /// What stands above the group.
    pub(crate) fn title(&self) -> String {
        let place = match &self.place {
            Place::Os(_) => format!("{} packages", self.os),
            Place::LockFile(ecosystem, path) | Place::Folder(ecosystem, path) => {
                format!("{} in /{path}", library(*ecosystem))
            }
            Place::Owned(ecosystem) => {
                format!("{} inside {} packages", library(*ecosystem), self.os)
            }
        };
        match self.base {
            Some(true) => format!("Base image: {place}"),
            Some(false) => format!("Application: {place}"),
            None => place,
        }
    }

    fn worst(&self) -> Severity {
        self.clusters.iter().map(Cluster::worst).max().unwrap_or_default()
    }
}

/// What packages of a kind are called.
const fn library(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Npm => "npm packages",
        Ecosystem::Pypi => "Python packages",
        Ecosystem::Cargo => "Rust crates",
        Ecosystem::Composer => "PHP packages",
        Ecosystem::Gem => "Ruby gems",
        Ecosystem::Golang => "Go modules",
        Ecosystem::Maven => "Java packages",
        Ecosystem::Nuget => ".NET packages",
        Ecosystem::Cran => "R packages",
        Ecosystem::Generic => "programs",
        Ecosystem::Hex => "Elixir and Erlang packages",
        Ecosystem::Hackage => "Haskell packages",
        Ecosystem::Pub => "Dart packages",
        Ecosystem::Swift | Ecosystem::Cocoapods => "Swift packages",
        Ecosystem::Conan => "C and C++ packages",
        Ecosystem::Cpan => "Perl distributions",
        Ecosystem::Github => "GitHub actions",
        Ecosystem::Huggingface => "models",
        Ecosystem::Wordpress => "WordPress plugins",
        Ecosystem::Chrome => "Chrome extensions",
        Ecosystem::Bower | Ecosystem::Jsr => "JavaScript packages",
        Ecosystem::Otp => "Erlang applications",
        Ecosystem::Pear => "PEAR packages",
        Ecosystem::Bazel
        | Ecosystem::Bitnami
        | Ecosystem::Brew
        | Ecosystem::Conda
        | Ecosystem::Julia
        | Ecosystem::Luarocks
        | Ecosystem::Nim
        | Ecosystem::Nix
        | Ecosystem::Opam
        | Ecosystem::Snap
        | Ecosystem::Swipl
        | Ecosystem::Terraform
        | Ecosystem::Vscode => ecosystem.name(),
        Ecosystem::Apk
        | Ecosystem::Deb
        | Ecosystem::Rpm
        | Ecosystem::Alpm
        | Ecosystem::Ebuild
        | Ecosystem::Opkg => "packages",
    }
}

/// The distribution's name and release in a few words.
pub(crate) fn os_name(os: Option<&Os>) -> String {
    let Some(os) = os else { return "Operating system".to_owned() };
    let version = os.version.as_deref().or(os.codename.as_deref()).unwrap_or_default();
    format!("{} {version}", capitalized(&os.id)).trim_end().to_owned()
}

/// The name of an ecosystem; for a distribution's packages, the distribution's own.
pub(crate) fn ecosystem_name(ecosystem: Ecosystem, os: Option<&Os>) -> String {
    match os {
        Some(os) if ecosystem.is_os() => capitalized(&os.id),
        _ => ecosystem.name().to_owned(),
    }
}

fn capitalized(id: &str) -> String {
    let mut chars = id.chars();
    chars.next().map_or_else(String::new, |first| {
        let mut name: String = first.to_uppercase().collect();
        name.push_str(chars.as_str());
        name
    })
}

/// Groups findings, most urgent group first, the base image and the application each together.
pub(crate) fn groups<'a>(report: &'a Report, shown: &[&'a Finding]) -> Vec<Group<'a>> {
    let mut by_package: BTreeMap<PackageId, Vec<(&Finding, &Vulnerability)>> = BTreeMap::new();
    for finding in shown {
        if let Some(vulnerability) = finding.vulnerability() {
            by_package.entry(vulnerability.package).or_default().push((finding, vulnerability));
        }
    }
    let os = report.inventory.os.as_ref().map(|found| &found.os);
    let mut groups: BTreeMap<(Option<bool>, Place), BTreeMap<ClusterKey<'_>, Cluster<'_>>> =
        BTreeMap::new();
    for (id, mut findings) in by_package {
        let Some(package) = report.inventory.package(id) else { continue };
        // What can be mended first; else the report's order is kept inside a severity.
        findings.sort_by_key(|(finding, _)| (Reverse(finding.severity), !finding.is_fixable()));
        let base = report.image.layers.get(package.layer.index()).and_then(|layer| layer.base);
        let clusters = groups.entry((base, place(package))).or_default();
        clusters
            .entry(ClusterKey::of(package, &findings))
            .or_insert_with(|| Cluster { packages: Vec::new(), findings })
            .packages
            .push(package);
    }
    let mut groups: Vec<Group<'_>> = groups
        .into_iter()
        .map(|((base, place), clusters)| {
            let mut clusters: Vec<Cluster<'_>> = clusters.into_values().collect();
            for cluster in &mut clusters {
                cluster.packages.sort_by(|a, b| a.name.cmp(&b.name));
            }
            clusters.sort_by_key(|cluster| Reverse(urgency(cluster)));
            Group { base, place, clusters, os: os_name(os) }
        })
        .collect();
    let mut origins: BTreeMap<Option<bool>, Severity> = BTreeMap::new();
    for group in &groups {
        let worst = origins.entry(group.base).or_default();
        *worst = group.worst().max(*worst);
    }
    groups.sort_by_key(|group| {
        (Reverse(origins.get(&group.base).copied()), group.base, Reverse(group.worst()))
    });
    groups
}

/// What puts one package before another: the worst severity, how many findings have it, and
/// whether something can be done.
fn urgency(cluster: &Cluster<'_>) -> (Severity, usize, usize) {
    let worst = cluster.worst();
    let of_worst = cluster.findings.iter().filter(|(finding, _)| finding.severity == worst);
    let fixable = of_worst.clone().filter(|(finding, _)| finding.is_fixable()).count();
    (worst, fixable, of_worst.count())
}

/// What packages of one cluster have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ClusterKey<'a> {
    source: &'a str,
    version: &'a str,
    layer: LayerIndex,
    findings: Vec<(&'a str, Severity, &'a [String])>,
}

impl<'a> ClusterKey<'a> {
    fn of(package: &'a Package, findings: &[(&'a Finding, &'a Vulnerability)]) -> Self {
        let source = package.source.as_ref().map_or(&package.name, |source| &source.name);
        let findings = findings
            .iter()
            .map(|(finding, vulnerability)| {
                (finding.id.as_str(), finding.severity, vulnerability.fixed_versions.as_slice())
            })
            .collect();
        Self { source, version: &package.version, layer: package.layer, findings }
    }
}

/// The folders that hold installed packages, by their own names.
const INSTALL_FOLDERS: [&str; 3] = ["node_modules", "site-packages", "dist-packages"];

/// Where a package is changed.
fn place(package: &Package) -> Place {
    let ecosystem = package.ecosystem;
    if ecosystem.is_os() {
        return Place::Os(ecosystem);
    }
    if package.owner.is_some() {
        return Place::Owned(ecosystem);
    }
    let paths = || package.locations.iter().map(|location| &location.path);
    if let Some(lock) = paths().find(|path| path.name() == "package-lock.json") {
        return Place::LockFile(ecosystem, lock.clone());
    }
    let Some(path) = paths().next() else { return Place::Folder(ecosystem, ImagePath::default()) };
    if package.presence != Presence::Installed {
        return Place::LockFile(ecosystem, path.clone());
    }
    Place::Folder(ecosystem, install_folder(path))
}

/// The folder a package is installed into: the outermost one of a known name, else the file's own.
fn install_folder(path: &ImagePath) -> ImagePath {
    let mut folder = ImagePath::default();
    for part in path.as_str().split('/') {
        folder = folder.join(part);
        if INSTALL_FOLDERS.contains(&part) {
            return folder;
        }
    }
    path.parent()
}
