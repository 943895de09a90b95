//! RubySec's advisories about gems and Ruby itself (<https://github.com/rubysec/ruby-advisory-db>).
//!
//! A document says which versions are patched and which never were affected; all others are.

use super::gather::{Gather, Segment};
use super::gem_requirement::{RequirementError, spans};
use super::span::{none_of, to_ranges};
use super::yaml::{self, YamlError};
use super::{Feed, FeedError, FeedFile, bundle, date, id, program};
use crate::name::filed_under;
use lazaret_core::advisory::{Advisory, Affected, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "rubysec",
    title: "RubySec",
    url: "https://codeload.github.com/rubysec/ruby-advisory-db/tar.gz/refs/heads/master",
    // The part that came from the OSVDB is not the project's to give away.
    license: "LicenseRef-public-domain AND LicenseRef-OSVDB",
    redistributable: false,
    unit: "advisories",
    paths: &[
        "ruby-advisory-db*.tar.gz",
        "ruby-advisory-db*.zip",
        "rubygems/ruby-advisory-db*.tar.gz",
        "rubygems/ruby-advisory-db*.zip",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    gem: Option<String>,
    #[serde(default)]
    engine: Option<String>,
    #[serde(default)]
    cve: Option<String>,
    #[serde(default)]
    ghsa: Option<String>,
    #[serde(default)]
    osvdb: Option<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    cvss_v2: Option<f64>,
    #[serde(default)]
    cvss_v3: Option<f64>,
    #[serde(default)]
    cvss_v4: Option<f64>,
    #[serde(default)]
    patched_versions: Option<Vec<String>>,
    #[serde(default)]
    unaffected_versions: Option<Vec<String>>,
}

#[derive(Debug, thiserror::Error)]
enum DocumentError {
    #[error(transparent)]
    Yaml(#[from] YamlError),
    #[error(transparent)]
    Requirement(#[from] RequirementError),
    #[error("the document names neither a gem nor a Ruby")]
    NoPackage,
    #[error("the document has no id")]
    NoId,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    bundle::files(file.bytes, &is_advisory, &mut |path, bytes| {
        gather.count();
        if let Err(error) = record(bytes, gather) {
            gather.refuse_record(file.path, path, &error);
        }
    })?;
    if gather.records() == 0 {
        return Err(FeedError::NoRecords);
    }
    program::say_which(gather);
    Ok(())
}

/// `gems/NAME/ID.yml` and `rubies/NAME/ID.yml`, below the folder of an archive or not.
fn is_advisory(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let is_document = parts.next().is_some_and(|name| {
        name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("yml"))
    });
    is_document && parts.nth(1).is_some_and(|folder| matches!(folder, "gems" | "rubies"))
}

fn record(bytes: &[u8], gather: &mut Gather) -> Result<(), DocumentError> {
    let document: Document = yaml::parse(bytes)?;
    let (segment, name) = match (&document.gem, &document.engine) {
        (Some(gem), _) => (gems(), gem),
        (None, Some(engine)) => (program::segment(), engine),
        (None, None) => return Err(DocumentError::NoPackage),
    };
    let mut ids = ids(&document).into_iter();
    let id = ids.next().ok_or(DocumentError::NoId)?;

    let mut good = Vec::new();
    let lists = [document.patched_versions, document.unaffected_versions];
    for requirement in lists.into_iter().flatten().flatten() {
        good.extend(spans(&requirement)?);
    }
    let mut ranges = to_ranges(&none_of(good, Scheme::Gem), Scheme::Gem);
    if document.gem.is_none() {
        program::fit(&mut ranges);
    }
    if ranges.is_empty() {
        gather.skip("no version is affected");
        return Ok(());
    }
    let fixed = ranges.iter().any(|range| matches!(range.end, RangeEnd::Fixed(_)));
    let affected = Affected {
        package: filed_under(segment.ecosystem, name.trim()).into_owned(),
        status: if fixed { Status::Fixed } else { Status::Affected },
        ranges,
        ..Affected::default()
    };
    let published = document.date.as_deref().and_then(date::day);
    // Only numbers, no vectors. An old score decides where there is no newer one.
    let newer = [document.cvss_v3, document.cvss_v4].into_iter().flatten();
    let score = newer.reduce(f64::max).or(document.cvss_v2);
    let advisory = Advisory {
        id,
        aliases: ids.collect(),
        severity: score.map(Severity::from_score).filter(|known| *known != Severity::Unknown),
        published,
        affected: vec![affected],
        ..Advisory::default()
    };
    gather.account(&segment, advisory);
    Ok(())
}

fn gems() -> Segment {
    Segment { name: "rubygems".to_owned(), scheme: Scheme::Gem, ecosystem: Ecosystem::Gem }
}

/// The ids of a document, the best known first. They stand there without what tells whose they
/// are.
fn ids(document: &Document) -> Vec<String> {
    let cve = document.cve.as_deref().and_then(|number| id::cve(&format!("CVE-{}", number.trim())));
    let ghsa = document.ghsa.as_deref().map(|rest| format!("GHSA-{}", rest.trim()));
    let osvdb = document.osvdb.as_deref().map(|number| format!("OSVDB-{}", number.trim()));
    [cve, ghsa, osvdb].into_iter().flatten().collect()
}
