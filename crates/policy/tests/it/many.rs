//! Ten thousand findings and what judges them, for a test of its time and for the benchmark.

use lazaret_core::advisory::{Conditions, Reason, Score, Status};
use lazaret_core::finding::{Detail, Epss, Finding, State, Vulnerability};
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::inventory::Inventory;
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence};
use lazaret_core::report::{Provenance, Report, TargetKind};
use lazaret_core::severity::Severity;
use lazaret_core::verdict::Verdict;
use lazaret_core::version::Scheme;
use lazaret_policy::Day;
use std::fmt::Write as _;

/// The day everything is judged on.
pub(crate) fn today() -> Option<Day> {
    Day::parse("2024-06-15")
}

/// An ignore policy as Trivy's documentation has it.
pub(crate) const IGNORE_POLICY: &str = "package trivy

import data.lib.trivy

default ignore = false

ignored_packages := {\"bash\", \"package-7\", \"vim\"}

nvd_v3_vector = v {
\tv := input.CVSS.nvd.V3Vector
}

ignore {
\tinput.PkgName == ignored_packages[_]
}

ignore {
\tinput.Severity == {\"UNKNOWN\"}[_]
\tregex.match(\"^CVE-2023-\", input.VulnerabilityID)
}

ignore {
\tcvss_vector := trivy.parse_cvss_vector_v3(nvd_v3_vector)
\tcvss_vector.AttackVector == \"Physical\"
}

ignore {
\tinput.CweIDs[_] == \"CWE-352\"
\tinput.InstalledVersion == \"2.0.0\"
}
";

/// A rule with a module that is asked of every vulnerability.
pub(crate) const RULE_OF_EACH: &str = "  - id: each
    effect: deny
    when: {kind: vulnerability}
    rego: |
      package each
      deny contains msg if {
        input.finding.severity in {\"HIGH\", \"CRITICAL\"}
        some score in input.finding.scores
        score.score > 9.5
        msg := sprintf(\"%s in %s\", [input.finding.id, input.finding.package.name])
      }
";

/// A rule with a module that is asked of everything at once.
pub(crate) const RULE_OF_ALL: &str = "  - id: all
    effect: deny
    rego: |
      package all
      severe contains finding.fingerprint if {
        some finding in input.findings
        finding.severity == \"CRITICAL\"
        startswith(finding.package.name, \"package-9\")
      }
      deny contains msg if {
        count(severe) > 100
        msg := sprintf(\"%d severe findings\", [count(severe)])
      }
";

/// So many findings in a thousand packages of one layer.
pub(crate) fn report(findings: usize) -> Report {
    let layer = LayerInfo {
        blob_digest: None,
        diff_id: None,
        size_bytes: 1 << 20,
        created_by: None,
        base: None,
    };
    let mut report = Report {
        target: TargetKind::Image,
        image: Image { name: "shop/web:1".into(), layers: vec![layer], ..Image::default() },
        inventory: Inventory::default(),
        end_of_life: None,
        findings: Vec::new(),
        rules: std::collections::BTreeMap::new(),
        compliance: None,
        verdict: Verdict::default(),
        provenance: Provenance {
            tool: "lazaret".into(),
            version: "0".into(),
            looked_for: Vec::new(),
            database: None,
            attached: Vec::new(),
        },
    };
    report.inventory.packages = (0..1_000).map(package).collect();
    report.findings = (0..findings).map(finding).collect();
    report
}

fn package(n: usize) -> Package {
    let path = format!("app/node_modules/package-{n}/package.json");
    let path = ImagePath::parse(path.as_bytes()).unwrap_or_default();
    Package {
        purl: format!("pkg:npm/package-{n}@1.0.0"),
        ecosystem: Ecosystem::Npm,
        name: format!("package-{n}"),
        version: "1.0.0".into(),
        arch: None,
        source: None,
        module: None,
        vendor: None,
        licenses: vec!["MIT".into()],
        layer: LayerIndex(0),
        locations: vec![Location { layer: LayerIndex(0), path, lines: None }],
        owner: None,
        presence: Presence::Installed,
        direct: None,
        removed_in: None,
        third_party: None,
        linked: None,
        found_by: Vec::new(),
    }
}

fn finding(n: usize) -> Finding {
    let name = format!("package-{}", n % 1_000);
    let fix = n.is_multiple_of(2).then(|| "1.0.1".to_owned());
    let score = |source: &str, score: f64| Score {
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N".into(),
        score,
        source: Some(source.into()),
    };
    let vulnerability = Vulnerability {
        package: PackageId::at(n % 1_000),
        aliases: vec![format!("GHSA-{n:04}-{n:04}-{n:04}")],
        status: if fix.is_some() { Status::Fixed } else { Status::Affected },
        fix_first_seen: fix.as_ref().map(|_| "2024-05-01T00:00:00Z".into()),
        fixed_versions: fix.into_iter().collect(),
        fix_channel: None,
        scores: vec![score("nvd", 7.5), score("ghsa", 8.1)],
        severities: [("ghsa".to_owned(), Severity::High), ("nvd".to_owned(), Severity::Low)].into(),
        epss: Some(Epss { score: 0.01, percentile: 0.5 }),
        exploited: None,
        cwes: vec!["CWE-79".into(), "CWE-352".into()],
        published: Some("2024-03-01T00:00:00Z".into()),
        modified: Some("2024-04-01T00:00:00Z".into()),
        first_seen: None,
        reason: Reason {
            segment: "npm".into(),
            record: format!("GHSA-{n:04}-{n:04}-{n:04}"),
            package: name.clone(),
            version: "1.0.0".into(),
            scheme: Scheme::Semver,
            conditions: Conditions::default(),
            range: None,
        },
    };
    let id = format!("CVE-2024-{n:05}");
    Finding {
        severity: Severity::ALL.get(n % 5).copied().unwrap_or_default(),
        severity_source: Some("ghsa".into()),
        fingerprint: format!("{id}/{name}"),
        id,
        detail: Detail::Vulnerability(Box::new(vulnerability)),
        state: State::Open,
    }
}

/// A policy of so many rules that ask for all kinds of things.
pub(crate) fn rules(count: usize) -> String {
    let mut text = "version: 1\nrules:\n".to_owned();
    for n in 0..count {
        let when = match n % 5 {
            0 => "{severity: HIGH, fixable: true, days-since-fix: 30}".to_owned(),
            1 => format!("{{package: [\"package-{n}*\", \"*-{n}\"], severity: LOW}}"),
            2 => format!("{{path: \"app/**/package-{n}/*\", kev: true}}"),
            3 => format!("{{epss: 0.{n:02}, package: \"pkg:npm/package-{n}\"}}"),
            _ => format!("{{id: [\"CVE-2024-000{n}\", \"CVE-2023-*\"], cvss: 7}}"),
        };
        let effect = if n % 7 == 0 { "allow" } else { "deny" };
        // Writing to a String cannot fail.
        let _: std::fmt::Result =
            writeln!(text, "  - {{id: r{n}, effect: {effect}, when: {when}}}");
    }
    text
}

/// A `.trivyignore` of so many lines.
pub(crate) fn ignored(count: usize) -> String {
    let mut text = String::new();
    for n in 0..count {
        // Writing to a String cannot fail.
        let _: std::fmt::Result = writeln!(text, "CVE-2024-{:05}", n * 20);
    }
    text
}
