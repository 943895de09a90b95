//! Red Hat's bucket of a Trivy database.
//!
//! A statement there is not about a release but about products, by numbers that stand for CPE
//! names; a second bucket says which products the packages of a repository belong to. A release is
//! judged here by the products of its base repositories, which is what Trivy does for an image that
//! does not name its repositories.

use super::ImportError;
use super::bbolt::{Bucket, Value};
use super::draft::{Draft, Tally};
use super::trivy::{bucket, severity};
use crate::feed::Segment;
use lazaret_core::advisory::{Advisory, Affected, Conditions, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The statements.
pub(super) const BUCKET: &str = "Red Hat";
/// What repositories are made of.
pub(super) const CPE_BUCKET: &str = "Red Hat CPE";

/// The base repositories of each release, for the processor that has them all.
const BASE: &[(&str, &[&str])] = &[
    ("rhel-6", &["rhel-6-server-rpms", "rhel-6-server-extras-rpms"]),
    ("rhel-7", &["rhel-7-server-rpms", "rhel-7-server-extras-rpms"]),
    ("rhel-8", &["rhel-8-for-x86_64-baseos-rpms", "rhel-8-for-x86_64-appstream-rpms"]),
    ("rhel-9", &["rhel-9-for-x86_64-baseos-rpms", "rhel-9-for-x86_64-appstream-rpms"]),
    ("rhel-10", &["rhel-10-for-x86_64-baseos-rpms", "rhel-10-for-x86_64-appstream-rpms"]),
];

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Document {
    entries: Vec<Statement>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Statement {
    fixed_version: String,
    cves: Vec<Cve>,
    arches: Vec<String>,
    status: u8,
    /// Numbers of products.
    affected: Vec<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Cve {
    #[serde(rename = "ID")]
    id: String,
    severity: u8,
}

/// What is known of a vulnerability by itself: its id, and the severity a statement gives it.
pub(super) type Describe<'d> = &'d dyn Fn(&str, Option<Severity>) -> Result<Advisory, ImportError>;

/// Reads the statements about the base repositories of each release.
pub(super) fn read(
    root: Bucket<'_>,
    tally: &mut Tally,
    describe: Describe<'_>,
) -> Result<Vec<Draft>, ImportError> {
    let Some(packages) = bucket(root, BUCKET.as_bytes())? else { return Ok(Vec::new()) };
    let mut releases = releases(root)?;
    packages.each(&mut |package, value| -> Result<(), ImportError> {
        let (Ok(package), Value::Bucket(ids)) = (std::str::from_utf8(package), value) else {
            tally.note("package that is no bucket");
            return Ok(());
        };
        ids.each(&mut |id, value| -> Result<(), ImportError> {
            let (Ok(id), Value::Bytes(json)) = (std::str::from_utf8(id), value) else {
                tally.note("record that is no document");
                return Ok(());
            };
            tally.record();
            let document = match serde_json::from_slice::<Document>(json) {
                Ok(document) => document,
                Err(error) => {
                    tally.refuse(format!("{BUCKET}/{package}/{id}"), &error);
                    return Ok(());
                }
            };
            for statement in &document.entries {
                let mut is_used = false;
                for (draft, products) in &mut releases {
                    if statement.affected.iter().any(|product| products.contains(product)) {
                        is_used = true;
                        put(draft, package, id, statement, describe)?;
                    }
                }
                if !is_used {
                    tally.note("statement about no base repository of Red Hat");
                }
            }
            Ok(())
        })
    })?;
    let drafts = releases.into_iter().map(|(draft, _)| draft);
    Ok(drafts.filter(|draft| !draft.is_empty()).collect())
}

/// The releases whose base repositories are known, each with the numbers of their products.
fn releases(root: Bucket<'_>) -> Result<Vec<(Draft, BTreeSet<u32>)>, ImportError> {
    let products = bucket(root, CPE_BUCKET.as_bytes())?;
    let repositories = match products {
        Some(products) => bucket(products, b"repository")?,
        None => None,
    };
    let Some(repositories) = repositories else { return Ok(Vec::new()) };
    let mut releases = Vec::new();
    for (name, base) in BASE {
        let mut products = BTreeSet::new();
        for repository in *base {
            if let Some(Value::Bytes(json)) = repositories.get(repository.as_bytes())? {
                products.extend(serde_json::from_slice::<Vec<u32>>(json).unwrap_or_default());
            }
        }
        let (scheme, ecosystem) = (Scheme::Rpm, Ecosystem::Rpm);
        let segment = Segment { name: (*name).to_owned(), scheme, ecosystem };
        releases.push((Draft::new(segment), products));
    }
    Ok(releases)
}

/// Files a statement under each vulnerability it is about: `id` is one, or an announcement.
fn put(
    draft: &mut Draft,
    package: &str,
    id: &str,
    statement: &Statement,
    describe: Describe<'_>,
) -> Result<(), ImportError> {
    // Packages of a module are written `nodejs:12::npm`.
    let (module, package) = match package.split_once("::") {
        Some((module, package)) => (Some(module.to_owned()), package),
        None => (None, package),
    };
    let status = Status::ALL.get(usize::from(statement.status)).copied().unwrap_or_default();
    let (ranges, status) = match (statement.fixed_version.as_str(), status) {
        (_, Status::NotAffected) => (Vec::new(), Status::NotAffected),
        ("", status) => {
            let status = if status == Status::Unknown { Status::Affected } else { status };
            (vec![Range { introduced: None, end: RangeEnd::Open }], status)
        }
        (fixed, _) => {
            let end = RangeEnd::Fixed(fixed.to_owned());
            (vec![Range { introduced: None, end }], Status::Fixed)
        }
    };
    let mut arches = statement.arches.clone();
    arches.sort_unstable();
    arches.dedup();
    let conditions = Conditions { arches, module, channel: None };
    let is_cve = id.starts_with("CVE-");
    let by_id: BTreeMap<&str, u8> =
        statement.cves.iter().map(|cve| (cve.id.as_str(), cve.severity)).collect();
    for (cve, code) in by_id {
        let record = if is_cve || cve.is_empty() { id } else { cve };
        let severity = severity(code);
        if !draft.has(record) {
            let described = describe(record, severity)?;
            draft.advisory(record, || described);
        }
        let advisory = draft.advisory(record, Advisory::default);
        advisory.aliases.push(id.to_owned());
        advisory.affected.push(Affected {
            imports: Vec::new(),
            package: package.to_owned(),
            status,
            ranges: ranges.clone(),
            versions: Vec::new(),
            severity,
            conditions: conditions.clone(),
        });
    }
    Ok(())
}
