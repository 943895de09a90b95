//! Writes a made report of any size in a format, and says what that took: `cargo xtask bench --write N`
//! runs it for every format.
//!
//! `write FORMAT N` writes N packages with a finding each, and prints the seconds it took (of the
//! processor, where the system says so), the bytes of the document and the most memory the process
//! ever had, the report itself included, in KiB. `write --list` names the formats.

#![expect(clippy::print_stdout, reason = "a program for a terminal")]

use lazaret_core::advisory::{Conditions, Range, RangeEnd, Reason, Score, Status};
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::finding::{Detail, Epss, Finding, State, Vulnerability};
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::inventory::{Inventory, Os, OsFound, Relation, RelationKind};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, PackageFact, PackageId, SourcePackage};
use lazaret_core::purl::purl;
use lazaret_core::report::{Provenance, Report, TargetKind};
use lazaret_core::severity::{BySource, Severity};
use lazaret_core::verdict::Verdict;
use lazaret_core::version::Scheme;
use lazaret_report::{Format, Reports, Template, WriteOptions, write, write_template};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Templates in both languages, of the size that people write.
const TEMPLATES: [(&str, &str); 2] = [
    (
        "template.tpl",
        "{{ range . }}<h3>{{ escapeXML .Target }} ({{ len .Vulnerabilities }})</h3>\n\
         {{- range .Vulnerabilities }}\n<tr class=\"{{ .Severity | lower }}\"><td>{{ escapeXML \
         .PkgName }}</td><td>{{ escapeXML .VulnerabilityID }}</td><td>{{ .InstalledVersion }}</td>\
         <td>{{ if .FixedVersion }}{{ .FixedVersion }}{{ else }}-{{ end }}</td><td>\
         {{- range .References }}<a href={{ escapeXML . | printf \"%q\" }}>{{ abbrev 50 . }}</a>\
         {{- end }}</td></tr>{{ end }}{{ end }}\n",
    ),
    (
        "template.j2",
        "{% for finding in findings %}<tr class=\"{{ finding.severity|lower }}\"><td>\
         {{ finding.package.name }}</td><td>{{ finding.id|e }}</td><td>{{ finding.fingerprint }}\
         </td></tr>\n{% endfor %}",
    ),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--list"] => {
            for format in Format::ALL {
                println!("{format}");
            }
            for (name, _) in TEMPLATES {
                println!("{name}");
            }
        }
        [format, count] => {
            let template = TEMPLATES.iter().find(|(name, _)| name == format);
            let template = template.map(|(name, text)| Template::parse(name, text)).transpose()?;
            let reports = Arc::new(Reports(vec![report(count.parse()?)]));
            let options = WriteOptions::default();
            let mut out = Length(0);
            let (start, before) = (Instant::now(), processor());
            match template {
                Some(template) => write_template(&template, &reports, &options, &mut out)?,
                None => write(format.parse()?, &reports, &options, &mut out)?,
            }
            let spent = processor().zip(before).map(|(after, before)| after.saturating_sub(before));
            let seconds = spent.unwrap_or_else(|| start.elapsed()).as_secs_f64();
            println!("{seconds:.3} {} {}", out.0, peak_kib().unwrap_or_default());
        }
        _ => return Err("write FORMAT N, or write --list".into()),
    }
    Ok(())
}

/// How long this thread has run, as Linux counts it: the first number of `schedstat`.
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// The most memory this process ever had, as Linux counts it.
fn peak_kib() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Counts bytes.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn digest(seed: u8) -> Option<Digest> {
    Digest::from_bytes(Algorithm::Sha256, &[seed; 32]).ok()
}

/// An image of Debian with that many packages, half of them of the distribution and half of npm, and
/// a finding about each.
fn report(count: usize) -> Report {
    let os = Os { id: "debian".into(), version: Some("12".into()), ..Os::default() };
    let packages: Vec<Package> = (0..count).map(|n| package(n, &os)).collect();
    let findings = packages.iter().enumerate().map(|(n, package)| finding(n, package)).collect();
    let relations = (1..count)
        .map(|n| Relation {
            from: PackageId::at(n - 1),
            to: PackageId::at(n),
            kind: RelationKind::DependsOn,
        })
        .collect();
    let path = ImagePath::parse(b"usr/lib/os-release").unwrap_or_default();
    let location = Location { layer: LayerIndex(0), path, lines: None };
    let layer = |seed| LayerInfo {
        blob_digest: digest(seed),
        diff_id: digest(seed + 100),
        size_bytes: 1_000_000,
        created_by: Some("COPY . /app # buildkit".into()),
        base: Some(seed == 1),
    };
    Report {
        target: TargetKind::Image,
        image: Image {
            name: "registry.example/shop/web:1.4".into(),
            digest: digest(50),
            layers: (1..10).map(layer).collect(),
            ..Image::default()
        },
        inventory: Inventory {
            os: Some(OsFound { os, location }),
            packages,
            relations,
            problems: vec![],
        },
        end_of_life: None,
        findings,
        rules: BTreeMap::new(),
        compliance: None,
        verdict: Verdict::default(),
        provenance: Provenance {
            tool: "lazaret".into(),
            version: "0.0.0".into(),
            looked_for: Vec::new(),
            database: None,
            attached: Vec::new(),
        },
    }
}

fn package(n: usize, os: &Os) -> Package {
    let is_deb = n.is_multiple_of(2);
    let (ecosystem, name) =
        if is_deb { (Ecosystem::Deb, "libpackage") } else { (Ecosystem::Npm, "@scope/package") };
    let mut fact = PackageFact::installed(ecosystem, format!("{name}-{n}"), "1.2.3-4+deb12u1");
    let mut path = format!("app/node_modules/{}/package.json", fact.name);
    if is_deb {
        fact.arch = Some("amd64".into());
        let version = fact.version.clone();
        fact.source = Some(SourcePackage { name: format!("package-{n}"), version });
        path = "var/lib/dpkg/status".into();
    }
    let path = ImagePath::parse(path.as_bytes()).unwrap_or_default();
    let mut package = Package::installed(ecosystem, &*fact.name, &*fact.version);
    package.purl = purl(&fact, Some(os));
    package.arch = fact.arch;
    package.source = fact.source;
    package.licenses = vec![if is_deb { "GPL-2.0-or-later" } else { "MIT" }.into()];
    package.layer = LayerIndex(3);
    package.locations = vec![Location { layer: LayerIndex(3), path, lines: None }];
    package.found_by = vec![if is_deb { "dpkg/status" } else { "npm/package-json" }.into()];
    package
}

fn finding(n: usize, package: &Package) -> Finding {
    let severity = Severity::ALL[n % Severity::ALL.len()];
    let vulnerability = Vulnerability {
        package: PackageId::at(n),
        aliases: vec![format!("GHSA-x5rq-j2xg-{n}")],
        status: Status::Fixed,
        fixed_versions: vec!["1.2.4".into()],
        fix_channel: None,
        scores: vec![Score {
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
            score: 9.8,
            source: Some("nvd".into()),
        }],
        severities: BySource::from([("nvd", severity)]),
        epss: Some(Epss { score: 0.01, percentile: 0.5 }),
        exploited: None,
        first_seen: None,
        fix_first_seen: None,
        cwes: vec!["CWE-79".into()],
        published: Some("2024-06-27T11:15:24Z".into()),
        modified: Some("2024-07-27T11:15:24Z".into()),
        reason: Reason {
            segment: "debian-12".into(),
            record: format!("CVE-2024-{n}"),
            package: package.name.clone(),
            version: package.version.clone(),
            scheme: Scheme::Deb,
            conditions: Conditions::default(),
            range: Some(Range { introduced: None, end: RangeEnd::Fixed("1.2.4".into()) }),
        },
    };
    Finding {
        id: format!("CVE-2024-{n}"),
        severity,
        severity_source: Some("nvd".into()),
        detail: Detail::Vulnerability(Box::new(vulnerability)),
        state: State::Open,
        fingerprint: format!("{n:032x}"),
    }
}
