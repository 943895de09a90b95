//! What a finding says beyond the record that found it: which severity counts, and by whom; every
//! score; how likely it is to be exploited, and whether it is.

use crate::build::rfc3339;
use crate::enrich::{AUTO, About, Lookup, SOURCES, of_scores};
use crate::reader::{DbError, broken};
use crate::segment::{AdvisoryRef, Damage};
use lazaret_core::advisory::Score;
use lazaret_core::finding::{Detail, Finding};
use lazaret_core::severity::Severity;
use std::collections::BTreeMap;

/// Completes the findings with what the database knows of their vulnerabilities.
///
/// The severity that counts is the first there is of: what the source that judged the package says
/// of it, in words or by a score; what the NVD says; what another source says, in the order of
/// [`SOURCES`]. `wanted` is another order of sources, in which `auto` stands for this one.
pub(super) fn enrich(
    lookup: &Lookup<'_>,
    wanted: &[String],
    findings: &mut [Finding],
) -> Result<(), DbError> {
    // A vulnerability is looked up once for all the packages that have it.
    let mut known: BTreeMap<String, About<'_>> = BTreeMap::new();
    for finding in findings {
        if !known.contains_key(&finding.id) {
            known.insert(finding.id.clone(), lookup.about(&finding.id)?);
        }
        let Some(about) = known.get(&finding.id) else { continue };
        complete(finding, about)?;
        choose(finding, wanted);
    }
    Ok(())
}

/// Adds what is known to a finding that so far says what its own sources do.
fn complete(finding: &mut Finding, about: &About<'_>) -> Result<(), DbError> {
    let Detail::Vulnerability(vulnerability) = &mut finding.detail else { return Ok(()) };
    vulnerability.epss = about.epss;
    vulnerability.exploited.clone_from(&about.exploited);
    for (source, severity) in &about.severities {
        vulnerability.severities.add(source, *severity);
    }
    for (source, record) in &about.scores {
        let fail = |damage: Damage| broken(source, damage.into());
        let scores = scores(record, source).map_err(fail)?;
        let severity = record.severity().unwrap_or_else(|| {
            of_scores(scores.iter().map(|score| (score.vector.as_str(), score.score)))
        });
        if severity != Severity::Unknown {
            vulnerability.severities.add(source, severity);
        }
        let is_own = |score: &Score| score.source.as_deref() == Some(*source);
        if !vulnerability.scores.iter().any(is_own) {
            vulnerability.scores.extend(scores);
        }
        if vulnerability.cwes.is_empty() {
            vulnerability.cwes = record
                .cwes()
                .map(|cwe| cwe.map(str::to_owned))
                .collect::<Result<_, _>>()
                .map_err(fail)?;
        }
        if vulnerability.published.is_none() {
            vulnerability.published = record.published().and_then(rfc3339);
        }
    }
    Ok(())
}

fn scores(record: &AdvisoryRef<'_>, source: &str) -> Result<Vec<Score>, Damage> {
    let score = |score: Result<(&str, f64), Damage>| {
        let (vector, score) = score?;
        Ok(Score { vector: vector.to_owned(), score, source: Some(source.to_owned()) })
    };
    record.scores().map(score).collect()
}

/// Settles which severity counts.
fn choose(finding: &mut Finding, wanted: &[String]) {
    let Detail::Vulnerability(vulnerability) = &finding.detail else { return };
    let stated = |source: &str| {
        let severity = vulnerability.severities.get(source)?;
        Some((severity, Some(source.to_owned())))
    };
    let own = (finding.severity, finding.severity_source.clone());
    let auto = || {
        if own.0 != Severity::Unknown {
            return Some(own.clone());
        }
        SOURCES.iter().find_map(|source| stated(source))
    };
    let chosen = if wanted.is_empty() {
        auto()
    } else {
        wanted.iter().find_map(|source| if source == AUTO { auto() } else { stated(source) })
    };
    (finding.severity, finding.severity_source) = chosen.unwrap_or_default();
}
