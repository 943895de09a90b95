//! Errata as OVAL: one definition an advisory, which names its packages in the comments of its
//! criteria, as in `bind is earlier than 30:9.3.3-8.el5`. Oracle Linux and Photon OS.

use super::errata::{Builds, Erratum, evr, severity};
use super::gather::{Gather, Segment};
use super::oval::{self, Criteria, Definition};
use super::{Feed, FeedError, FeedFile, date, id};
use lazaret_core::advisory::Score;
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use std::collections::BTreeMap;

/// Oracle Linux.
pub(super) static ORACLE: Feed = Feed {
    id: "oracle-oval",
    title: "Oracle Linux errata, OVAL",
    url: "https://linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2",
    license: "none stated",
    redistributable: false,
    unit: "advisories",
    paths: &[
        "oracle-oval/com.oracle.elsa-*.xml*",
        "linux.oracle.com/security/oval/com.oracle.elsa-*.xml*",
        "com.oracle.elsa-*.xml*",
    ],
    left_out: &[],
    gaps: &[],
    parse: |file, gather| {
        parse(
            file,
            gather,
            &Distribution {
                segment: "oracle",
                installed: "Oracle Linux ",
                minor: "",
                reference: "elsa",
            },
        )
    },
};

/// Photon OS.
pub(super) static PHOTON: Feed = Feed {
    id: "photon-oval",
    title: "Photon OS advisories, OVAL",
    url: "https://packages.vmware.com/photon/photon_oval_definitions/com.vmware.phsa-photon{n}.xml.gz",
    license: "none stated",
    redistributable: false,
    unit: "advisories",
    paths: &[
        "photon/com.vmware.phsa-photon*.xml*",
        "packages.vmware.com/photon/photon_oval_definitions/com.vmware.phsa-photon*.xml*",
        "com.vmware.phsa-photon*.xml*",
    ],
    left_out: &[],
    gaps: &[],
    parse: |file, gather| {
        parse(
            file,
            gather,
            &Distribution {
                segment: "photon",
                installed: "Photon OS ",
                minor: ".0",
                reference: "",
            },
        )
    },
};

/// What one distribution's definitions are like.
struct Distribution {
    /// The first part of the segment's name.
    segment: &'static str,
    /// What stands before the release in the criterion that asks for it.
    installed: &'static str,
    /// What the segment's name has behind the release.
    minor: &'static str,
    /// The source of the reference that has the advisory's id; empty where the title begins with
    /// the id.
    reference: &'static str,
}

fn parse(
    file: &FeedFile<'_>,
    gather: &mut Gather,
    distribution: &Distribution,
) -> Result<(), FeedError> {
    oval::definitions(file.bytes, gather, &mut |definition, gather| {
        gather.count();
        take(definition, distribution, gather);
    })?;
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn take(definition: Definition, distribution: &Distribution, gather: &mut Gather) {
    let mut found = BTreeMap::new();
    walk(&definition.criteria, &Context::default(), distribution, &mut found, gather);
    if found.is_empty() {
        gather.skip("no versions");
        return;
    }
    let erratum = Erratum {
        id: advisory_id(&definition, distribution),
        severity: severity(&definition.severity),
        published: date::day(&definition.date),
        modified: date::day(&definition.date),
    };
    let mut vulnerabilities: BTreeMap<String, Vec<Score>> = BTreeMap::new();
    for (text, scores) in definition.vulnerabilities {
        if let Some(id) = id::cve(&text) {
            vulnerabilities.entry(id).or_default().extend(scores);
        }
    }
    for (source, text) in &definition.references {
        if let Some(id) = id::cve(text).filter(|_| source == "CVE") {
            vulnerabilities.entry(id).or_default();
        }
    }
    if vulnerabilities.is_empty() {
        if erratum.id.is_empty() {
            gather.skip("no vulnerability");
            return;
        }
        vulnerabilities.insert(erratum.id.clone(), Vec::new());
    }
    for (release, builds) in found {
        let name = format!("{}-{release}{}", distribution.segment, distribution.minor);
        let segment = Segment { name, scheme: Scheme::Rpm, ecosystem: Ecosystem::Rpm };
        let rows = builds.into_affected();
        for (id, scores) in &vulnerabilities {
            erratum.file(&segment, id, scores.clone(), rows.clone(), gather);
        }
    }
}

/// The advisory's id, by its reference or at the beginning of the title.
fn advisory_id(definition: &Definition, distribution: &Distribution) -> String {
    let mut references = definition.references.iter();
    match references.find(|(source, _)| source == distribution.reference) {
        Some((_, id)) if !id.is_empty() => id.clone(),
        _ => {
            let word = definition.title.split_ascii_whitespace().next().unwrap_or_default();
            word.trim_end_matches(':').to_owned()
        }
    }
}

/// What holds for everything below a level of criteria.
#[derive(Clone, Default)]
struct Context<'c> {
    release: Option<&'c str>,
    arch: Option<&'c str>,
    module: Option<&'c str>,
}

/// Collects the packages of the criteria, by release.
fn walk<'c>(
    criteria: &'c Criteria,
    above: &Context<'c>,
    distribution: &Distribution,
    found: &mut BTreeMap<String, Builds>,
    gather: &mut Gather,
) {
    let mut context = above.clone();
    let mut packages = Vec::new();
    for criterion in &criteria.criteria {
        let comment = criterion.comment.as_str();
        if let Some((name, version)) = comment.split_once(" is earlier than ") {
            packages.push((name.trim(), version.trim()));
        } else if let Some(rest) = comment.strip_prefix(distribution.installed)
            && let Some(release) = rest.strip_suffix(" is installed")
        {
            context.release = Some(release.trim());
        } else if let Some(rest) = comment.strip_prefix(distribution.installed)
            && let Some(arch) = rest.strip_prefix("arch is ")
        {
            context.arch = Some(arch.trim());
        } else if let Some(rest) = comment.strip_prefix("Module ")
            && let Some(module) = rest.strip_suffix(" is enabled")
        {
            context.module = Some(module.trim());
        } else if !comment.contains(" is signed with ") && !comment.ends_with(" is ksplice-based") {
            gather.note("unknown criterion");
        }
    }
    for (name, version) in packages {
        let version = evr(version);
        let number = |release: &&str| {
            (1..=3).contains(&release.len()) && release.bytes().all(|byte| byte.is_ascii_digit())
        };
        match context.release.filter(number) {
            None => gather.note("unknown release"),
            Some(_) if name.is_empty() || !Scheme::Rpm.is_valid(version) => {
                gather.note("invalid version");
            }
            Some(release) => {
                let builds = found.entry(release.to_owned()).or_default();
                builds.add(name, context.module, version, context.arch);
            }
        }
    }
    for below in &criteria.below {
        walk(below, &context, distribution, found, gather);
    }
}
