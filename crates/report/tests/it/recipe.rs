//! Reports to write: a shop's image on Debian 12 with old Python and npm packages, and the parts
//! it is made of.

use lazaret_core::advisory::{Conditions, Range, RangeEnd, Reason, Score, Status};
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::finding::{
    Checked, Detail, Finding, Kind, License, Misconfiguration, Place, RuleText, Secret, State,
    Vulnerability,
};
use lazaret_core::image::{
    BaseExtent, BaseImage, BaseSource, Confidence, HistoryEntry, Image, ImageConfig, LayerInfo,
    Platform,
};
use lazaret_core::inventory::{Inventory, Os, OsFound};
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::package::{Ecosystem, Package, PackageFact, PackageId, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::purl::purl;
use lazaret_core::report::{
    DatabaseOrigin, DatabaseUse, Provenance, Report, SegmentUse, TargetKind,
};
use lazaret_core::severity::{BySource, Severity};
use lazaret_core::verdict::{Decision, Effect, Verdict};
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;

/// A digest that is the same for the same seed.
pub(crate) fn digest(seed: u8) -> Digest {
    Digest::from_bytes(Algorithm::Sha256, &[seed; 32]).unwrap()
}

pub(crate) fn path(text: &str) -> ImagePath {
    ImagePath::parse(text.as_bytes()).unwrap()
}

fn layer(seed: u8, base: bool, created_by: &str) -> LayerInfo {
    LayerInfo {
        blob_digest: Some(digest(seed)),
        diff_id: Some(digest(seed + 100)),
        size_bytes: 1_000_000 * u64::from(seed),
        created_by: Some(created_by.to_owned()),
        base: Some(base),
    }
}

fn image() -> Image {
    let layers = vec![
        layer(1, true, "/bin/sh -c #(nop) ADD file:b5bd6b0f6f8d5f1f3c1b in / "),
        layer(
            2,
            true,
            "RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends python3 python3-pip nodejs npm ca-certificates # buildkit",
        ),
        layer(3, false, "COPY requirements.txt /app/ # buildkit"),
        layer(
            4,
            false,
            "RUN /bin/sh -c pip install --no-cache-dir -r /app/requirements.txt # buildkit",
        ),
        layer(5, false, "COPY . /app # buildkit"),
    ];
    let history = layers
        .iter()
        .filter_map(|layer| layer.created_by.clone())
        .map(|created_by| HistoryEntry { created_by, ..HistoryEntry::default() })
        .collect();
    Image {
        name: "registry.example/shop/web:1.4".into(),
        digest: Some(digest(0x3f)),
        config_digest: Some(digest(0x40)),
        platform: Some(Platform::linux("amd64")),
        annotations: [("org.opencontainers.image.base.name".into(), "debian:12".into())].into(),
        base_image: Some(BaseImage {
            name: Some("debian:12".into()),
            digest: Some(digest(0x41)),
            source: Some(BaseSource::Annotation),
            extent: Some(BaseExtent {
                layers: 2,
                source: BaseSource::History,
                confidence: Confidence::Likely,
            }),
        }),
        config: ImageConfig {
            env: vec!["PATH=/usr/local/bin:/usr/bin:/bin".into()],
            cmd: vec!["python3".into(), "manage.py".into(), "runserver".into()],
            labels: [("maintainer".into(), "shop@example".into())].into(),
            exposed_ports: vec!["8000/tcp".into()],
            created: Some("2024-02-13T08:00:00Z".into()),
            history,
            ..ImageConfig::default()
        },
        layers,
    }
}

/// A report that is put together piece by piece.
pub(crate) struct Recipe {
    pub(crate) report: Report,
}

impl Recipe {
    /// An image without packages and findings, checked against the program's snapshot.
    pub(crate) fn debian() -> Self {
        let os = Os {
            id: "debian".into(),
            version: Some("12".into()),
            codename: Some("bookworm".into()),
            pretty_name: Some("Debian GNU/Linux 12 (bookworm)".into()),
            id_like: vec![],
        };
        let location =
            Location { layer: LayerIndex(0), path: path("usr/lib/os-release"), lines: None };
        let segment = |seed, name: &str, newest: &str, records| SegmentUse {
            name: name.into(),
            digest: digest(seed),
            newest: Some(format!("{newest}T10:00:00Z")),
            records,
        };
        Self {
            report: Report {
                target: TargetKind::Image,
                image: image(),
                inventory: Inventory { os: Some(OsFound { os, location }), ..Inventory::default() },
                end_of_life: None,
                findings: vec![],
                rules: BTreeMap::new(),
                compliance: None,
                verdict: Verdict::default(),
                provenance: Provenance {
                    looked_for: vec![Kind::Vulnerability],
                    tool: "lazaret".into(),
                    version: "0.1.0".into(),
                    database: Some(DatabaseUse {
                        origin: DatabaseOrigin::Snapshot,
                        digest: digest(0x77),
                        newest: Some("2026-07-23T10:00:00Z".into()),
                        segments: vec![
                            segment(0x71, "debian-12", "2026-07-23", 48_211),
                            segment(0x72, "npm", "2026-07-20", 5_120),
                            segment(0x73, "pypi", "2026-07-21", 3_377),
                        ],
                    }),
                    attached: Vec::new(),
                },
            },
        }
    }

    fn package(&mut self, fact: PackageFact, layer: u32, file: &str, found_by: &str) -> PackageId {
        let os = self.report.inventory.os.as_ref().map(|found| &found.os);
        let package = Package {
            purl: purl(&fact, os),
            ecosystem: fact.ecosystem,
            name: fact.name,
            version: fact.version,
            arch: fact.arch,
            source: fact.source,
            module: fact.module,
            vendor: fact.vendor,
            licenses: fact.licenses,
            layer: LayerIndex(layer),
            locations: vec![Location {
                layer: LayerIndex(layer),
                path: path(file),
                lines: fact.lines,
            }],
            owner: None,
            presence: fact.presence,
            direct: None,
            removed_in: None,
            third_party: None,
            linked: None,
            found_by: vec![found_by.to_owned()],
        };
        self.report.inventory.packages.push(package);
        PackageId::at(self.report.inventory.packages.len() - 1)
    }

    /// A Debian package of a source package.
    pub(crate) fn deb(&mut self, layer: u32, source: &str, name: &str, version: &str) -> PackageId {
        let mut fact = PackageFact::installed(Ecosystem::Deb, name, version);
        fact.arch = Some("amd64".into());
        fact.source = Some(SourcePackage { name: source.into(), version: version.into() });
        self.package(fact, layer, "var/lib/dpkg/status", "dpkg/status")
    }

    /// An Alpine package.
    pub(crate) fn apk(&mut self, name: &str, version: &str) -> PackageId {
        let fact = PackageFact::installed(Ecosystem::Apk, name, version);
        self.package(fact, 0, "lib/apk/db/installed", "apk/installed")
    }

    /// A Python package installed by pip.
    pub(crate) fn python(&mut self, layer: u32, name: &str, version: &str) -> PackageId {
        let fact = PackageFact::installed(Ecosystem::Pypi, name, version);
        let file =
            format!("usr/local/lib/python3.11/dist-packages/{name}-{version}.dist-info/METADATA");
        self.package(fact, layer, &file, "python/metadata")
    }

    /// An npm package of the application's lock file.
    pub(crate) fn npm(&mut self, layer: u32, name: &str, version: &str) -> PackageId {
        let mut fact = PackageFact::installed(Ecosystem::Npm, name, version);
        fact.presence = Presence::Declared;
        self.package(fact, layer, "app/package-lock.json", "npm/package-lock")
    }

    /// An npm package read from its own folder.
    pub(crate) fn npm_folder(
        &mut self,
        layer: u32,
        file: &str,
        name: &str,
        version: &str,
    ) -> PackageId {
        let fact = PackageFact::installed(Ecosystem::Npm, name, version);
        self.package(fact, layer, file, "npm/package-json")
    }

    /// A finding about a package, fixed in some versions or in none.
    pub(crate) fn finding(
        &mut self,
        package: PackageId,
        id: &str,
        score: f64,
        fixed: &[&str],
    ) -> &mut Finding {
        let status = if fixed.is_empty() { Status::Affected } else { Status::Fixed };
        let found = &self.report.inventory.packages[package.index()];
        let (segment, scheme) = match found.ecosystem {
            Ecosystem::Apk => ("alpine-3.20", Scheme::Apk),
            Ecosystem::Deb => ("debian-12", Scheme::Deb),
            Ecosystem::Npm => ("npm", Scheme::Semver),
            Ecosystem::Pypi => ("pypi", Scheme::Pep440),
            other => panic!("the recipes know no database of {other} packages"),
        };
        let end =
            fixed.first().map_or(RangeEnd::Open, |version| RangeEnd::Fixed((*version).to_owned()));
        let vulnerability = Vulnerability {
            package,
            aliases: vec![],
            status,
            fixed_versions: fixed.iter().map(|&version| version.to_owned()).collect(),
            scores: vec![Score {
                vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
                score,
                source: None,
            }],
            fix_channel: None,
            severities: BySource::default(),
            epss: None,
            exploited: None,
            first_seen: None,
            fix_first_seen: None,
            cwes: vec!["CWE-79".into()],
            published: Some("2024-06-27T11:15:24Z".into()),
            modified: None,
            reason: Reason {
                segment: segment.into(),
                record: id.into(),
                package: found.source.as_ref().map_or(&found.name, |source| &source.name).clone(),
                version: found.version.clone(),
                scheme,
                conditions: Conditions::default(),
                range: Some(Range { introduced: None, end }),
            },
        };
        let n = u8::try_from(self.report.findings.len() % 256).unwrap();
        self.report.findings.push(Finding {
            id: id.into(),
            severity: Severity::from_score(score),
            severity_source: Some(segment.into()),
            detail: Detail::Vulnerability(Box::new(vulnerability)),
            state: State::Open,
            fingerprint: digest(n).hex()[..32].to_owned(),
        });
        self.report.findings.last_mut().unwrap()
    }

    /// A finding that is no vulnerability.
    pub(crate) fn other(&mut self, id: &str, severity: Severity, detail: Detail) -> &mut Finding {
        let n = u8::try_from(self.report.findings.len() % 256).unwrap();
        self.report.findings.push(Finding {
            id: id.into(),
            severity,
            severity_source: None,
            detail,
            state: State::Open,
            fingerprint: digest(n).hex()[..32].to_owned(),
        });
        self.report.findings.last_mut().unwrap()
    }

    /// A token of GitHub's somewhere.
    pub(crate) fn secret(&mut self, at: Place) -> &mut Finding {
        let secret = Secret {
            title: "GitHub personal access token".into(),
            category: "GitHub".into(),
            aliases: vec!["github-pat".into()],
            stub: "ghp_****".into(),
            at,
        };
        self.other("SEC-github-token", Severity::Critical, Detail::Secret(Box::new(secret)))
    }

    /// A rule that is broken, with what Trivy and Hadolint call it where they have it.
    pub(crate) fn misconfiguration(
        &mut self,
        id: &str,
        checked: Checked,
        aliases: &[&str],
        at: Place,
    ) -> &mut Finding {
        let broken = Misconfiguration {
            title: format!("The title of {id}"),
            message: format!("This breaks [{id}]."),
            checked,
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            at,
            history: None,
        };
        self.rule(id, "It *matters*.", "Do `this`.");
        self.other(id, Severity::Medium, Detail::Misconfiguration(Box::new(broken)))
    }

    /// What is said of a rule.
    pub(crate) fn rule(&mut self, id: &str, why: &str, fix: &str) {
        let text = RuleText {
            title: format!("The title of {id}"),
            why: why.into(),
            fix: fix.into(),
            aliases: vec![],
        };
        self.report.rules.insert(id.into(), text);
    }

    /// A license of a package, or of a file.
    pub(crate) fn license(
        &mut self,
        license: &str,
        package: Option<PackageId>,
        at: Option<Place>,
    ) -> &mut Finding {
        let found = License {
            license: license.into(),
            class: "restricted".into(),
            package,
            confidence: if package.is_some() { 100 } else { 97 },
            at,
        };
        self.other(license, Severity::High, Detail::License(Box::new(found)))
    }

    /// The status of the last finding.
    pub(crate) fn status(&mut self, status: Status) {
        let Detail::Vulnerability(vulnerability) =
            &mut self.report.findings.last_mut().unwrap().detail
        else {
            panic!("the last finding is no vulnerability")
        };
        vulnerability.status = status;
    }

    /// A rule's decision, which becomes the verdict when it is worse.
    pub(crate) fn decision(&mut self, rule: &str, effect: Effect, message: &str) {
        let verdict = &mut self.report.verdict;
        verdict.effect = verdict.effect.max(effect);
        verdict.decisions.push(Decision {
            rule: rule.into(),
            effect,
            message: message.into(),
            findings: vec![],
        });
    }

    pub(crate) fn problem(&mut self, kind: ProblemKind, place: Option<(u32, &str)>, message: &str) {
        let location = place.map(|(layer, file)| Location {
            layer: LayerIndex(layer),
            path: path(file),
            lines: None,
        });
        let mut problem = Problem::general(kind, message);
        problem.location = location;
        self.report.inventory.problems.push(problem);
    }

    pub(crate) fn build(mut self) -> Report {
        self.report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.report
    }
}

/// The shop's image, with findings in the base image, in Python and in npm packages.
pub(crate) fn shop() -> Recipe {
    let mut shop = Recipe::debian();
    shop.deb(0, "apt", "apt", "2.6.1");
    let libc = shop.deb(0, "glibc", "libc6", "2.36-9+deb12u4");
    let libc_bin = shop.deb(0, "glibc", "libc-bin", "2.36-9+deb12u4");
    let libssl = shop.deb(0, "openssl", "libssl3", "3.0.11-1~deb12u2");
    let openssl = shop.deb(1, "openssl", "openssl", "3.0.11-1~deb12u2");
    let zlib = shop.deb(0, "zlib", "zlib1g", "1:1.2.13.dfsg-1");
    shop.deb(1, "python3.11", "python3.11", "3.11.2-6");
    let pam = shop.deb(0, "pam", "libpam-modules-bin", "1.5.2-6+deb12u1");
    let django = shop.python(3, "Django", "2.2.1");
    let urllib3 = shop.python(3, "urllib3", "1.26.4");
    shop.python(3, "gunicorn", "22.0.0");
    let lodash = shop.npm(4, "lodash", "4.17.15");
    let minimist = shop.npm(4, "minimist", "1.2.5");
    shop.npm(4, "express", "4.21.2");

    for package in [libssl, openssl] {
        shop.finding(package, "CVE-2024-5535", 9.1, &["3.0.15-1~deb12u1"]);
        shop.finding(package, "CVE-2024-6119", 7.5, &["3.0.14-1~deb12u2"]);
        shop.finding(package, "CVE-2023-5678", 5.3, &["3.0.13-1~deb12u1"]);
    }
    for package in [libc, libc_bin] {
        shop.finding(package, "CVE-2024-2961", 7.3, &["2.36-9+deb12u6"]);
        shop.finding(package, "CVE-2019-1010022", 3.1, &[]);
    }
    shop.finding(zlib, "CVE-2023-45853", 9.8, &[]);
    shop.status(Status::WillNotFix);
    shop.finding(pam, "CVE-2024-22365", 5.5, &[]);
    shop.status(Status::FixDeferred);
    shop.finding(django, "CVE-2022-28346", 9.8, &["2.2.28", "3.2.13", "4.0.4"]);
    shop.finding(django, "CVE-2021-31542", 7.5, &["2.2.21", "3.1.9", "3.2.1"]);
    shop.finding(django, "CVE-2019-12781", 5.3, &["2.2.3"]);
    shop.finding(urllib3, "CVE-2021-33503", 7.5, &["1.26.5"]);
    shop.finding(urllib3, "CVE-2023-45803", 4.2, &["1.26.18", "2.0.7"]);
    shop.finding(lodash, "CVE-2021-23337", 7.2, &["4.17.21"]);
    shop.finding(lodash, "CVE-2020-8203", 7.4, &["4.17.19"]);
    shop.finding(lodash, "GHSA-x5rq-j2xg-h7qm", 5.0, &["4.17.21"]);
    shop.finding(minimist, "CVE-2021-44906", 9.8, &["1.2.6"]);
    shop.decision("fail-on:HIGH", Effect::Fail, "13 findings are HIGH or worse");
    shop
}

/// A place in a file, on some lines.
pub(crate) fn in_file(layer: u32, file: &str, lines: Option<(u32, u32)>) -> Place {
    let lines = lines.map(|(start, end)| LineRange { start, end });
    Place::File {
        location: Location { layer: LayerIndex(layer), path: path(file), lines },
        inside: None,
        deleted_by: None,
    }
}

/// The shop's image with findings of every kind at every kind of place.
pub(crate) fn everything() -> Recipe {
    let mut shop = shop();
    let dockerfile = ["DL3002", "DS-0002", "DS002", "AVD-DS-0002"];
    shop.secret(in_file(4, "app/.env", Some((3, 3))));
    let mut deleted = in_file(2, "root/key.tar", None);
    if let Place::File { inside, deleted_by, .. } = &mut deleted {
        *inside = Some("home/id_rsa".into());
        *deleted_by = Some(LayerIndex(3));
    }
    shop.secret(deleted);
    shop.secret(Place::Env { name: "TOKEN".into() });
    shop.secret(Place::Label { name: "org.example.token".into() });
    shop.secret(Place::History { entry: 1 });
    shop.rule("SEC-github-token", "Whoever has it can do what its owner can.", "Revoke it.");
    let lines = in_file(4, "app/Dockerfile", Some((7, 9)));
    shop.misconfiguration("DF001", Checked::Dockerfile, &dockerfile, lines);
    shop.misconfiguration("IM001", Checked::Image, &[], Place::Image);
    shop.misconfiguration("KS001", Checked::Kubernetes, &[], in_file(4, "k8s.yaml", Some((1, 2))));
    let django = PackageId(8);
    shop.license("GPL-3.0-only", Some(django), None);
    shop.license("GPL-3.0-only", Some(PackageId(1)), None);
    shop.license("AGPL-3.0-only", None, Some(in_file(4, "app/COPYING", None)));
    shop.report.provenance.looked_for = Kind::ALL.to_vec();
    shop
}

/// A finding that does not count.
pub(crate) fn suppress(finding: &mut Finding, by: &str, reason: &str, until: Option<&str>) {
    finding.state =
        State::Suppressed { by: by.into(), reason: reason.into(), until: until.map(str::to_owned) };
}
