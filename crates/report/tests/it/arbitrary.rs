//! Any report that hangs together, for properties that must hold for all of them.

use lazaret_core::advisory::{Conditions, Range, RangeEnd, Reason, Score, Status};
use lazaret_core::compliance::{Compliance, Control, ControlStatus};
use lazaret_core::digest::{Algorithm, Digest};
use lazaret_core::finding::{
    Checked, Detail, Epss, Exploited, Finding, Kind, License, Misconfiguration, Place, RuleText,
    Secret, State, Vulnerability,
};
use lazaret_core::image::{
    BaseExtent, BaseImage, BaseSource, Confidence, HistoryEntry, Image, ImageConfig, LayerInfo,
    Platform,
};
use lazaret_core::inventory::{Inventory, Os, OsFound, Relation, RelationKind};
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::package::{Ecosystem, Package, PackageId, Presence, SourcePackage};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::report::{
    AttachedSbom, DatabaseOrigin, DatabaseUse, EndOfLife, Provenance, Report, SegmentUse,
    Signature, TargetKind,
};
use lazaret_core::severity::Severity;
use lazaret_core::verdict::{Decision, Effect, Verdict};
use lazaret_core::version::Scheme;
use lazaret_report::Reports;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Any text, control characters and foreign scripts among it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z0-9.+~-]{0,12}", any::<String>()]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<bool>().prop_flat_map(|long| {
        let (algorithm, n) = if long { (Algorithm::Sha512, 64) } else { (Algorithm::Sha256, 32) };
        vec(any::<u8>(), n).prop_map(move |bytes| Digest::from_bytes(algorithm, &bytes).unwrap())
    })
}

fn path() -> impl Strategy<Value = ImagePath> {
    vec(any::<u8>(), 0..12).prop_filter_map("climbs out", |raw| ImagePath::parse(&raw).ok())
}

fn layer_index() -> impl Strategy<Value = LayerIndex> {
    (0_u32..4).prop_map(LayerIndex)
}

fn location() -> impl Strategy<Value = Location> {
    let lines = of((any::<u32>(), any::<u32>()));
    (layer_index(), path(), lines).prop_map(|(layer, path, lines)| Location {
        layer,
        path,
        lines: lines.map(|(start, end)| LineRange { start, end }),
    })
}

fn layer() -> impl Strategy<Value = LayerInfo> {
    (of(digest()), of(digest()), any::<u64>(), of(text()), of(any::<bool>())).prop_map(
        |(blob_digest, diff_id, size_bytes, created_by, base)| LayerInfo {
            blob_digest,
            diff_id,
            size_bytes,
            created_by,
            base,
        },
    )
}

fn config() -> impl Strategy<Value = ImageConfig> {
    let history =
        (text(), any::<bool>(), of(text())).prop_map(|(created_by, empty_layer, created)| {
            HistoryEntry { created_by, empty_layer, created }
        });
    let labels = btree_map(text(), text(), 0..3);
    let run = (of(text()), texts(), texts(), texts(), labels, texts(), texts(), texts());
    (run, of(text()), vec(history, 0..3)).prop_map(|(run, created, history)| {
        let (user, env, entrypoint, cmd, labels, exposed_ports, volumes, healthcheck) = run;
        ImageConfig {
            user,
            env,
            entrypoint,
            cmd,
            labels,
            exposed_ports,
            volumes,
            healthcheck,
            created,
            history,
        }
    })
}

fn image() -> impl Strategy<Value = Image> {
    let platform = (text(), text(), of(text())).prop_map(|(os, architecture, variant)| Platform {
        os,
        architecture,
        variant,
    });
    let annotations = btree_map(text(), text(), 0..3);
    let names = (text(), of(digest()), of(digest()));
    (names, of(platform), annotations, of(base_image()), config(), vec(layer(), 0..4)).prop_map(
        |(names, platform, annotations, base_image, config, layers)| {
            let (name, digest, config_digest) = names;
            Image { name, digest, config_digest, platform, annotations, base_image, config, layers }
        },
    )
}

fn base_image() -> impl Strategy<Value = BaseImage> {
    let source = || {
        select(vec![
            BaseSource::Comparison,
            BaseSource::Annotation,
            BaseSource::Label,
            BaseSource::Provenance,
            BaseSource::History,
        ])
    };
    let confidence = select(vec![Confidence::Likely, Confidence::Certain]);
    let extent = (1_u32..9, source(), confidence)
        .prop_map(|(layers, source, confidence)| BaseExtent { layers, source, confidence });
    (of(text()), of(digest()), of(source()), of(extent))
        .prop_map(|(name, digest, source, extent)| BaseImage { name, digest, source, extent })
}

/// A package; the owner is set once the number of packages is known.
fn package() -> impl Strategy<Value = Package> {
    let presence = select(vec![Presence::Installed, Presence::Declared, Presence::DeclaredDev]);
    let source = (text(), text()).prop_map(|(name, version)| SourcePackage { name, version });
    let names = (text(), text(), text(), of(text()), of(source));
    let rest = (texts(), layer_index(), vec(location(), 0..3), presence, texts());
    (select(Ecosystem::ALL.to_vec()), names, rest).prop_map(
        |(ecosystem, (name, version, purl, arch, source), rest)| {
            let (licenses, layer, locations, presence, found_by) = rest;
            Package {
                ecosystem,
                name,
                version,
                purl,
                arch,
                source,
                module: None,
                vendor: None,
                licenses,
                layer,
                locations,
                owner: None,
                presence,
                direct: None,
                removed_in: None,
                third_party: None,
                linked: None,
                found_by,
            }
        },
    )
}

fn problem() -> impl Strategy<Value = Problem> {
    let kind = select(vec![
        ProblemKind::Parse,
        ProblemKind::Limit,
        ProblemKind::Layer,
        ProblemKind::Entry,
        ProblemKind::Coverage,
        ProblemKind::Internal,
    ]);
    (kind, text(), of(location()), of(text())).prop_map(|(kind, message, location, extractor)| {
        Problem { kind, message, location, extractor }
    })
}

fn inventory() -> impl Strategy<Value = Inventory> {
    let os = (text(), of(text()), of(text()), of(text()), texts(), location()).prop_map(
        |(id, version, codename, pretty_name, id_like, location)| OsFound {
            os: Os { id, version, codename, pretty_name, id_like },
            location,
        },
    );
    let edges = vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..3);
    (of(os), vec(package(), 0..5), edges, vec(problem(), 0..3)).prop_map(
        |(os, mut packages, edges, problems)| {
            let mut relations = Vec::new();
            let n = packages.len();
            for (from, to) in edges.into_iter().filter(|_| n > 0) {
                let (from, to) = (from.index(n), to.index(n));
                packages[to].owner = Some(PackageId::at(from));
                let (from, to) = (PackageId::at(from), PackageId::at(to));
                relations.push(Relation { from, to, kind: RelationKind::Owns });
            }
            Inventory { os, packages, relations, problems }
        },
    )
}

fn range() -> impl Strategy<Value = Range> {
    let end = prop_oneof![
        text().prop_map(RangeEnd::Fixed),
        text().prop_map(RangeEnd::LastAffected),
        Just(RangeEnd::Open),
    ];
    (of(text()), end).prop_map(|(introduced, end)| Range { introduced, end })
}

fn reason() -> impl Strategy<Value = Reason> {
    (text(), text(), text(), text(), select(Scheme::ALL.to_vec()), of(range())).prop_map(
        |(segment, record, package, version, scheme, range)| Reason {
            segment,
            record,
            package,
            version,
            scheme,
            conditions: Conditions::default(),
            range,
        },
    )
}

fn state() -> impl Strategy<Value = State> {
    prop_oneof![
        Just(State::Open),
        (text(), text(), of(text())).prop_map(|(by, reason, until)| State::Suppressed {
            by,
            reason,
            until
        }),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        (location(), of(text()), of(layer_index())).prop_map(|(location, inside, deleted_by)| {
            Place::File { location, inside, deleted_by }
        }),
        text().prop_map(|name| Place::Env { name }),
        text().prop_map(|name| Place::Label { name }),
        any::<u32>().prop_map(|entry| Place::History { entry }),
        Just(Place::Image),
    ]
}

/// What a finding can be beside a vulnerability.
fn other_detail() -> impl Strategy<Value = Detail> {
    let secret = (text(), text(), texts(), text(), place()).prop_map(
        |(title, category, aliases, stub, at)| {
            Detail::Secret(Box::new(Secret { title, category, aliases, stub, at }))
        },
    );
    let checked = select(vec![Checked::Image, Checked::Dockerfile, Checked::Kubernetes]);
    let broken = (text(), text(), checked, texts(), place(), of(any::<u32>())).prop_map(
        |(title, message, checked, aliases, at, history)| {
            let broken = Misconfiguration { title, message, checked, aliases, at, history };
            Detail::Misconfiguration(Box::new(broken))
        },
    );
    let license = (text(), text(), any::<bool>(), of(place()), 0_u8..=100).prop_map(
        |(license, class, has_package, at, confidence)| {
            let package = has_package.then_some(PackageId(0));
            Detail::License(Box::new(License { license, class, package, at, confidence }))
        },
    );
    prop_oneof![secret, broken, license]
}

/// A finding about a package that is chosen once the packages are known.
fn finding() -> impl Strategy<Value = Finding> {
    // Boxed, for strategies in strategies lie on the stack by value.
    (vulnerability().boxed(), of(other_detail().boxed())).prop_map(|(mut finding, other)| {
        if let Some(other) = other {
            finding.detail = other;
        }
        finding
    })
}

fn vulnerability() -> impl Strategy<Value = Finding> {
    let score = (text(), 0_u8..=100, of(text())).prop_map(|(vector, tenths, source)| Score {
        vector,
        score: f64::from(tenths) / 10.0,
        source,
    });
    let epss = (0_u32..=100_000, 0_u32..=100_000).prop_map(|(score, percentile)| Epss {
        score: f64::from(score) / 100_000.0,
        percentile: f64::from(percentile) / 100_000.0,
    });
    let exploited = (text(), of(text()), any::<bool>())
        .prop_map(|(added, due, ransomware)| Exploited { added, due, ransomware });
    let severities = btree_map(text(), select(Severity::ALL.to_vec()), 0..3);
    let vulnerability = (
        (texts(), select(Status::ALL.to_vec()), texts(), vec(score, 0..3)),
        (texts(), of(text()), of(text()), reason()),
        (severities, of(epss), of(exploited)),
    );
    (text(), select(Severity::ALL.to_vec()), of(text()), vulnerability, state(), text()).prop_map(
        |(id, severity, severity_source, vulnerability, state, fingerprint)| {
            let ((aliases, status, fixed_versions, scores), rest, known) = vulnerability;
            let (severities, epss, exploited) = known;
            let (cwes, published, modified, reason) = rest;
            let package = PackageId(0);
            let detail = Detail::Vulnerability(Box::new(Vulnerability {
                package,
                aliases,
                status,
                fixed_versions,
                fix_channel: None,
                scores,
                severities: severities.into_iter().collect(),
                epss,
                exploited,
                cwes,
                published,
                modified,
                first_seen: None,
                fix_first_seen: None,
                reason,
            }));
            Finding { id, severity, severity_source, detail, state, fingerprint }
        },
    )
}

fn effect() -> impl Strategy<Value = Effect> {
    select(vec![Effect::Pass, Effect::Warn, Effect::Fail, Effect::Incomplete])
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let segment = (text(), digest(), of(text()), any::<u32>())
        .prop_map(|(name, digest, newest, records)| SegmentUse { name, digest, newest, records });
    let origin = select(vec![DatabaseOrigin::Snapshot, DatabaseOrigin::Directory]);
    let database = (origin, digest(), of(text()), vec(segment, 0..3)).prop_map(
        |(origin, digest, newest, segments)| DatabaseUse { origin, digest, newest, segments },
    );
    let looked_for = vec(select(Kind::ALL.to_vec()), 0..3);
    let attached = (digest(), text(), path()).prop_map(|(digest, kind, path)| AttachedSbom {
        digest,
        kind,
        path,
        signature: Signature::NotChecked,
    });
    (text(), text(), looked_for, of(database), vec(attached, 0..3)).prop_map(
        |(tool, version, looked_for, database, attached)| Provenance {
            tool,
            version,
            looked_for,
            database,
            attached,
        },
    )
}

fn report() -> impl Strategy<Value = Report> {
    let findings = vec((finding().boxed(), any::<prop::sample::Index>()), 0..4);
    let decisions = vec((text(), effect(), text(), vec(any::<prop::sample::Index>(), 0..3)), 0..3);
    let target = select(vec![TargetKind::Image, TargetKind::Rootfs]);
    let end_of_life =
        (text(), of(text())).prop_map(|(date, extended)| EndOfLife { date, extended });
    let rule = (text(), text(), text(), texts()).prop_map(|(title, why, fix, aliases)| RuleText {
        title,
        why,
        fix,
        aliases,
    });
    let control =
        (text(), text(), select(Severity::ALL.to_vec()), any::<bool>(), texts(), any::<u32>());
    let control = (control, vec(any::<prop::sample::Index>(), 0..3));
    let compliance = of((text(), text(), text(), vec(control, 0..3)));
    let target = (target, of(end_of_life), btree_map(text(), rule, 0..3), compliance);
    let (target, provenance) = (target.boxed(), provenance().boxed());
    (target, image(), inventory(), findings, (effect(), decisions), provenance).prop_map(
        |(target, image, inventory, findings, (effect, decisions), provenance)| {
            let (target, end_of_life, rules, compliance) = target;
            let packages = inventory.packages.len();
            let findings: Vec<Finding> = findings
                .into_iter()
                .filter(|_| packages > 0)
                .map(|(mut finding, at)| {
                    let package = PackageId::at(at.index(packages));
                    match &mut finding.detail {
                        Detail::Vulnerability(vulnerability) => vulnerability.package = package,
                        Detail::License(license) if license.package.is_some() => {
                            license.package = Some(package);
                        }
                        _ => {}
                    }
                    finding
                })
                .collect();
            let decisions = decisions
                .into_iter()
                .map(|(rule, effect, message, at)| {
                    let at = at.iter().filter(|_| !findings.is_empty());
                    let findings =
                        at.map(|at| u32::try_from(at.index(findings.len())).unwrap()).collect();
                    Decision { rule, effect, message, findings }
                })
                .collect();
            let verdict = Verdict { effect, decisions };
            let compliance = compliance.map(|(id, title, version, controls)| {
                let control = |(control, at): (_, Vec<prop::sample::Index>)| {
                    let (id, name, severity, is_met, rules, looked_at) = control;
                    let at = at.iter().filter(|_| !findings.is_empty());
                    let findings = at.map(|at| u32::try_from(at.index(findings.len())).unwrap());
                    let status =
                        if is_met { ControlStatus::Pass } else { ControlStatus::NotChecked };
                    let findings = findings.collect();
                    Control { id, name, severity, status, rules, looked_at, findings }
                };
                let controls = controls.into_iter().map(control).collect();
                Compliance { id, title, version, controls }
            });
            Report {
                target,
                image,
                inventory,
                end_of_life,
                findings,
                rules,
                compliance,
                verdict,
                provenance,
            }
        },
    )
}

/// None, one or several reports.
pub(crate) fn reports() -> impl Strategy<Value = Reports> {
    vec(report(), 0..3).prop_map(Reports)
}
