//! What writing a report costs: `cargo xtask bench --write N` runs this in a release build, once for
//! each format.
//!
//! `write` lists the formats. `write FORMAT N` makes a report of N findings, writes it to nowhere and
//! prints the seconds that took and the bytes it came to. The peak of memory, the report included,
//! is for whoever runs it to see. `write none N` makes the report and writes nothing.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use lazaret_core::advisory::{Conditions, Range, RangeEnd, Reason, Score, Status};
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::finding::{
    Checked, Detail, Finding, Kind, License, Misconfiguration, Place, RuleText, Secret, State,
    Vulnerability,
};
use lazaret_core::image::{Image, LayerInfo, Platform};
use lazaret_core::inventory::{Inventory, Os, OsFound};
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence};
use lazaret_core::report::{Provenance, Report, TargetKind};
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Verdict;
use lazaret_core::version::Scheme;
use lazaret_report::{Format, Reports, WriteOptions, write};
use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::time::Instant;

/// Packages of the image; real ones have some hundreds to some thousands.
const PACKAGES: usize = 2_000;
/// Layers of the image.
const LAYERS: usize = 20;

/// Counts what is written, and forgets it.
#[derive(Default)]
struct Nowhere(u64);

impl io::Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += u64::try_from(bytes.len()).unwrap_or(0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [word, findings] = arguments.as_slice() else {
        for format in Format::ALL {
            println!("{format}");
        }
        return Ok(());
    };
    let reports = Reports(vec![report(findings.parse()?)?]);
    if word == "none" {
        return Ok(());
    }
    let mut out = Nowhere::default();
    let start = Instant::now();
    write(word.parse()?, &reports, &WriteOptions::default(), &mut out)?;
    println!("{:.3} {}", start.elapsed().as_secs_f64(), out.0);
    // What it takes to forget the report is nobody's wait.
    std::mem::forget(reports);
    Ok(())
}

fn digest(n: usize) -> Result<Digest, Box<dyn Error>> {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&u64::try_from(n)?.to_be_bytes());
    Ok(Digest::from_bytes(Algorithm::Sha256, &bytes)?)
}

fn location(n: usize, path: &str, line: Option<u32>) -> Result<Location, Box<dyn Error>> {
    Ok(Location {
        layer: LayerIndex::at(n % LAYERS),
        path: ImagePath::parse(path.as_bytes())?,
        lines: line.map(|line| LineRange { start: line, end: line + 2 }),
    })
}

fn report(findings: usize) -> Result<Report, Box<dyn Error>> {
    let layers = (0..LAYERS).map(|n| {
        Ok(LayerInfo {
            blob_digest: Some(digest(n)?),
            diff_id: Some(digest(n + LAYERS)?),
            size_bytes: 1 << 24,
            created_by: Some(format!("RUN apt-get update && apt-get install -y package-{n}")),
            base: Some(n < LAYERS / 2),
        })
    });
    let image = Image {
        name: "registry.example/shop/web:1.4".into(),
        digest: Some(digest(1_000)?),
        config_digest: Some(digest(1_001)?),
        platform: Some(Platform::linux("amd64")),
        layers: layers.collect::<Result<_, Box<dyn Error>>>()?,
        ..Image::default()
    };
    let packages = (0..PACKAGES).map(package).collect::<Result<_, _>>()?;
    let os = Os { id: "debian".into(), version: Some("12".into()), ..Os::default() };
    let inventory = Inventory {
        os: Some(OsFound { os, location: location(0, "usr/lib/os-release", None)? }),
        packages,
        ..Inventory::default()
    };
    let mut findings: Vec<Finding> =
        (0..findings).map(|n| finding(n, &inventory)).collect::<Result<_, _>>()?;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let rule = |n: usize| RuleText {
        title: format!("The title of rule {n}"),
        why: "Why it matters, in a sentence of the usual length, with `code`.".into(),
        fix: "What to do about it, in a sentence of the usual length.".into(),
        aliases: vec![format!("DL30{n:02}")],
    };
    Ok(Report {
        target: TargetKind::Image,
        image,
        inventory,
        end_of_life: None,
        findings,
        rules: (0..100).map(|n| (format!("DF{n:03}"), rule(n))).collect(),
        compliance: None,
        verdict: Verdict::default(),
        provenance: Provenance {
            tool: "lazaret".into(),
            version: "0.1.0".into(),
            looked_for: Kind::ALL.to_vec(),
            database: None,
        },
    })
}

fn package(n: usize) -> Result<Package, Box<dyn Error>> {
    let (ecosystem, kind, path) = match n % 3 {
        0 => (Ecosystem::Deb, "deb/debian", "var/lib/dpkg/status".to_owned()),
        1 => (Ecosystem::Npm, "npm", "app/package-lock.json".to_owned()),
        _ => {
            let path = format!("usr/lib/python3/dist-packages/package_{n}-1.2.dist-info/METADATA");
            (Ecosystem::Pypi, "pypi", path)
        }
    };
    Ok(Package {
        purl: format!("pkg:{kind}/package-{n}@1.2.3-4%2Bb1"),
        ecosystem,
        name: format!("package-{n}"),
        version: "1.2.3-4+b1".into(),
        arch: Some("amd64".into()),
        source: None,
        module: None,
        vendor: None,
        licenses: vec!["MIT OR Apache-2.0".into()],
        layer: LayerIndex::at(n % LAYERS),
        locations: vec![location(n, &path, Some(u32::try_from(n)? + 1))?],
        owner: None,
        presence: Presence::Installed,
        direct: None,
        removed_in: None,
        third_party: None,
        found_by: vec!["dpkg/status".into()],
    })
}

/// Nine of ten are vulnerabilities, as in real images; one in twenty does not count.
fn finding(n: usize, inventory: &Inventory) -> Result<Finding, Box<dyn Error>> {
    let package = PackageId::at(n * 7 % PACKAGES);
    let at = |path: &str| -> Result<Place, Box<dyn Error>> {
        let location = location(n, path, Some(u32::try_from(n % 500)? + 1))?;
        Ok(Place::File { location, inside: None, deleted_by: None })
    };
    let (id, detail) = match n % 30 {
        10 => (
            "SEC-github-token".to_owned(),
            Detail::Secret(Box::new(Secret {
                title: "GitHub personal access token".into(),
                category: "GitHub".into(),
                aliases: vec![],
                stub: "ghp_****".into(),
                at: at(&format!("app/config/{n}/.env"))?,
            })),
        ),
        20 => (
            format!("DF{:03}", n / 30 % 100),
            Detail::Misconfiguration(Box::new(Misconfiguration {
                title: "A title of the usual length".into(),
                message: format!("A message of the usual length about line {n}."),
                checked: Checked::Dockerfile,
                aliases: vec!["DL3007".into(), "AVD-DS-0001".into()],
                at: at(&format!("app/{n}/Dockerfile"))?,
                history: None,
            })),
        ),
        29 => (
            "GPL-3.0-only".to_owned(),
            Detail::License(Box::new(License {
                license: "GPL-3.0-only".into(),
                class: "restricted".into(),
                package: Some(package),
                at: None,
                confidence: 100,
            })),
        ),
        _ => (
            format!("CVE-2024-{}", n / 3),
            Detail::Vulnerability(Box::new(vulnerability(n, package, inventory))),
        ),
    };
    let state = match n % 20 {
        19 => State::Suppressed {
            by: ".trivyignore:3".into(),
            reason: "no clients".into(),
            until: None,
        },
        _ => State::Open,
    };
    let severity = *Severity::ALL.get(n % Severity::ALL.len()).ok_or("no severity")?;
    let fingerprint = format!("{n:032x}");
    Ok(Finding { id, severity, severity_source: Some("debian".into()), detail, state, fingerprint })
}

fn vulnerability(n: usize, package: PackageId, inventory: &Inventory) -> Vulnerability {
    let name = inventory.package(package).map(|package| package.name.clone());
    Vulnerability {
        package,
        aliases: vec![format!("GHSA-xxxx-{n:04}-yyyy"), format!("DEBIAN-CVE-2024-{n}")],
        status: Status::Fixed,
        fixed_versions: vec!["1.2.4-1".into(), "1.3.0-1".into()],
        fix_channel: None,
        scores: vec![Score {
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
            score: 9.8,
            source: Some("nvd".into()),
        }],
        severities: BTreeMap::new(),
        epss: None,
        exploited: None,
        cwes: vec!["CWE-79".into()],
        published: Some("2024-06-27T11:15:24Z".into()),
        modified: Some("2024-07-27T11:15:24Z".into()),
        first_seen: None,
        fix_first_seen: None,
        reason: Reason {
            segment: "debian-12".into(),
            record: format!("CVE-2024-{n}"),
            package: name.unwrap_or_default(),
            version: "1.2.3-4+b1".into(),
            scheme: Scheme::Deb,
            conditions: Conditions::default(),
            range: Some(Range { introduced: None, end: RangeEnd::Fixed("1.2.4-1".into()) }),
        },
    }
}
