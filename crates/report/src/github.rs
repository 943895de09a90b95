//! GitHub's dependency snapshot, as its dependency submission API takes it
//! (<https://docs.github.com/rest/dependency-graph/dependency-submission>).
//!
//! It lists packages only: GitHub matches them itself. A snapshot is about a commit, which an image
//! does not know, so commit, branch and job are told by whoever writes it.

use crate::pretty::{self, Style};
use crate::{Reports, WriteOptions, moment};
use lazaret_core::inventory::RelationKind;
use lazaret_core::package::{Package, PackageId, Presence};
use lazaret_core::report::Report;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// Where the tool is described; the schema wants an address.
const DETECTOR_URL: &str = "https://lazaret.example";

/// What GitHub wants to know besides the packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GithubOptions {
    /// The commit, 40 hexadecimal digits; left out when empty.
    pub sha: String,
    /// The branch or tag, such as `refs/heads/main`; left out when empty.
    pub git_ref: String,
    /// What tells this kind of snapshot from others of the repository: a later one with the same
    /// word takes the place of an earlier one. `lazaret` when empty.
    pub correlator: String,
    /// Which run it is of; `0` when empty.
    pub job_id: String,
    /// Where the run is shown; left out when empty.
    pub job_url: String,
}

/// Writes all reports into one snapshot, with manifests of their own.
pub(crate) fn write(
    reports: &Reports,
    options: &WriteOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let first = reports.0.first();
    let scanned = first.and_then(|report| moment::created(report, options));
    let GithubOptions { sha, git_ref, correlator, job_id, job_url } = &options.github;
    let snapshot = Snapshot {
        version: 0,
        sha,
        git_ref,
        job: Job {
            correlator: if correlator.is_empty() { "lazaret" } else { correlator },
            id: if job_id.is_empty() { "0" } else { job_id },
            html_url: job_url,
        },
        detector: Detector {
            name: "lazaret",
            version: first.map_or("0.0.0", |report| &report.provenance.version),
            url: DETECTOR_URL,
        },
        scanned: scanned.unwrap_or_else(|| moment::EPOCH.to_owned()),
        manifests: reports.0.iter().flat_map(manifests).collect(),
    };
    pretty::write(&snapshot, Style::Plain, out)
}

#[derive(Serialize)]
struct Snapshot<'a> {
    version: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    sha: &'a str,
    #[serde(rename = "ref", skip_serializing_if = "str::is_empty")]
    git_ref: &'a str,
    job: Job<'a>,
    detector: Detector<'a>,
    scanned: String,
    manifests: BTreeMap<String, Manifest<'a>>,
}

#[derive(Serialize)]
struct Job<'a> {
    correlator: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    html_url: &'a str,
}

#[derive(Serialize)]
struct Detector<'a> {
    name: &'static str,
    version: &'a str,
    url: &'static str,
}

#[derive(Serialize)]
struct Manifest<'a> {
    name: String,
    file: File,
    metadata: BTreeMap<&'static str, String>,
    resolved: BTreeMap<&'a str, Resolved<'a>>,
}

#[derive(Serialize)]
struct File {
    source_location: String,
}

#[derive(Serialize)]
struct Resolved<'a> {
    package_url: &'a str,
    relationship: &'static str,
    scope: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dependencies: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Place<'a>>,
}

/// Where a package is: one of the few things GitHub keeps beside it.
#[derive(Serialize)]
struct Place<'a> {
    #[serde(rename = "lazaret:path")]
    path: &'a str,
}

/// One manifest for the operating system's packages, one for each ecosystem of installed packages,
/// and one for each lock file.
fn manifests(report: &Report) -> BTreeMap<String, Manifest<'_>> {
    let mut manifests = BTreeMap::new();
    let mut needs = needs(report);
    for (position, package) in report.inventory.packages.iter().enumerate() {
        // GitHub goes by the package url, and knows nothing of what a later layer removed.
        if package.purl.is_empty() || package.removed_in.is_some() {
            continue;
        }
        let name = manifest_name(report, package);
        let key = format!("{}: {name}", report.image.name);
        let manifest = manifests.entry(key).or_insert_with(|| Manifest {
            name,
            file: File { source_location: source(report) },
            metadata: metadata(report),
            resolved: BTreeMap::new(),
        });
        let dependencies = needs.remove(&PackageId::at(position)).unwrap_or_default();
        let path = package.locations.first().map(|location| location.path.as_str());
        manifest.resolved.entry(package.purl.as_str()).or_insert_with(|| Resolved {
            package_url: &package.purl,
            relationship: if package.direct == Some(false) { "indirect" } else { "direct" },
            scope: match package.presence {
                Presence::DeclaredDev => "development",
                Presence::Installed | Presence::Declared | Presence::Described => "runtime",
            },
            dependencies,
            metadata: path.map(|path| Place { path }),
        });
    }
    manifests
}

fn manifest_name(report: &Report, package: &Package) -> String {
    let declared = matches!(package.presence, Presence::Declared | Presence::DeclaredDev);
    let os = report.inventory.os.as_ref().map(|found| &found.os);
    match (package.locations.first(), os) {
        (Some(place), _) if declared => place.path.as_str().to_owned(),
        (_, Some(os)) if package.ecosystem.is_os() => {
            format!("{} {}", os.id, os.version.as_deref().unwrap_or_default()).trim().to_owned()
        }
        _ => package.ecosystem.name().to_owned(),
    }
}

/// Where the packages are: the image, since none of it is a file of the repository.
fn source(report: &Report) -> String {
    match &report.image.digest {
        Some(digest) if !report.image.name.contains('@') => {
            format!("{}@{digest}", report.image.name)
        }
        _ => report.image.name.clone(),
    }
}

fn metadata(report: &Report) -> BTreeMap<&'static str, String> {
    let image = &report.image;
    let mut metadata = BTreeMap::from([("lazaret:image", image.name.clone())]);
    metadata.extend(image.digest.as_ref().map(|digest| ("lazaret:digest", digest.to_string())));
    metadata
        .extend(image.platform.as_ref().map(|platform| ("lazaret:platform", platform.to_string())));
    metadata
}

/// The package urls of what each package needs.
fn needs(report: &Report) -> BTreeMap<PackageId, Vec<&str>> {
    let mut needs: BTreeMap<PackageId, Vec<&str>> = BTreeMap::new();
    let inventory = &report.inventory;
    for relation in &inventory.relations {
        if relation.kind != RelationKind::DependsOn {
            continue;
        }
        let Some(package) = inventory.package(relation.to) else { continue };
        let list = needs.entry(relation.from).or_default();
        if !package.purl.is_empty() && !list.contains(&package.purl.as_str()) {
            list.push(&package.purl);
        }
    }
    needs
}
