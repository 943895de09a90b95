//! The Victims project's database of Java and Python packages
//! (<https://github.com/victims/victims-cve-db>), as it was left in 2020.

use super::gather::{Gather, Segment};
use super::span::{Span, any_of, fix_at, to_ranges};
use super::yaml::{self, YamlError};
use super::{Feed, FeedError, FeedFile, Gap, bundle, id};
use crate::name::filed_under;
use lazaret_core::advisory::{Advisory, Affected, Range, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::severity::Severity;
use lazaret_core::version::Scheme;
use serde::Deserialize;

const SOME: Gap = Gap { weight: 3, lacking: "those the Victims project knew in 2020" };

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "victims",
    title: "Victims CVE database",
    url: "https://github.com/victims/victims-cve-db",
    // Facts made from it would have to be given away under the same terms.
    license: "CC-BY-SA-4.0",
    redistributable: false,
    unit: "vulnerabilities",
    paths: &["maven/victims-cve-db.tar.gz", "victims-cve-db*.tar.gz", "victims-cve-db*.zip"],
    left_out: &[],
    gaps: &[("*", SOME), ("*/*", SOME)],
    parse,
};

/// Conditions read of one list; real ones have eleven.
const CONDITIONS_MAX: usize = 1_000;

#[derive(Deserialize)]
struct Document {
    cve: String,
    #[serde(default)]
    cvss_v2: Option<f64>,
    #[serde(default)]
    cvss_v3: Option<f64>,
    #[serde(default)]
    affected: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(rename = "groupId", default)]
    group: Option<String>,
    #[serde(rename = "artifactId", default)]
    artifact: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    version: Option<Vec<String>>,
    #[serde(default)]
    fixedin: Option<Vec<String>>,
}

#[derive(Debug, thiserror::Error)]
enum DocumentError {
    #[error(transparent)]
    Yaml(#[from] YamlError),
    #[error("`{0}` is no CVE")]
    Id(String),
    #[error("`{0}` is no condition of this database")]
    Condition(String),
    #[error("a list has more than {CONDITIONS_MAX} conditions")]
    TooMuch,
    #[error("a package has no name")]
    NoName,
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    bundle::files(file.bytes, &|path| folder(path).is_some(), &mut |path, bytes| {
        let Some(folder) = folder(path) else { return };
        gather.count();
        if let Err(error) = record(folder, bytes, gather) {
            gather.refuse_record(file.path, path, &error);
        }
    })?;
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

/// `database/java/YEAR/NUMBER.yaml`: the language.
fn folder(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/');
    let name = parts.next()?;
    let is_document = name.rsplit_once('.').is_some_and(|(_, extension)| extension == "yaml");
    let language = parts.nth(1).filter(|language| matches!(*language, "java" | "python"))?;
    (is_document && parts.next() == Some("database")).then_some(language)
}

fn record(folder: &str, bytes: &[u8], gather: &mut Gather) -> Result<(), DocumentError> {
    let document: Document = yaml::parse(bytes)?;
    let id = format!("CVE-{}", document.cve.trim());
    let id = id::cve(&id).ok_or(DocumentError::Id(document.cve))?;
    let segment = if folder == "java" {
        Segment { name: "maven".to_owned(), scheme: Scheme::Maven, ecosystem: Ecosystem::Maven }
    } else {
        Segment { name: "pypi".to_owned(), scheme: Scheme::Pep440, ecosystem: Ecosystem::Pypi }
    };
    let mut affected = Vec::new();
    for package in document.affected {
        let name = match (package.group, package.artifact, package.name) {
            (Some(group), Some(artifact), _) => format!("{}:{}", group.trim(), artifact.trim()),
            (_, _, Some(name)) => name.trim().to_owned(),
            _ => return Err(DocumentError::NoName),
        };
        let vulnerable = package.version.unwrap_or_default();
        let fixed = package.fixedin.unwrap_or_default();
        let ranges = ranges(&vulnerable, &fixed, segment.scheme, gather)?;
        if ranges.is_empty() {
            gather.note("package without versions");
            continue;
        }
        affected.push(Affected {
            package: filed_under(segment.ecosystem, &name).into_owned(),
            status: if fixed.is_empty() { Status::Affected } else { Status::Fixed },
            ranges,
            ..Affected::default()
        });
    }
    if affected.is_empty() {
        gather.skip("no versions");
        return Ok(());
    }
    let score = document.cvss_v3.or(document.cvss_v2);
    let advisory = Advisory {
        id,
        severity: score.map(Severity::from_score).filter(|known| *known != Severity::Unknown),
        affected,
        ..Advisory::default()
    };
    gather.account(&segment, advisory);
    Ok(())
}

/// The vulnerable versions as they are said to be, and where the fixes are: the lists say nothing
/// of what lies between the two.
fn ranges(
    vulnerable: &[String],
    fixed: &[String],
    scheme: Scheme,
    gather: &mut Gather,
) -> Result<Vec<Range>, DocumentError> {
    let spans = spans(vulnerable, scheme, gather)?;
    let mut ranges = to_ranges(&any_of(spans, scheme), scheme);
    if ranges.is_empty() {
        return Ok(ranges);
    }
    for span in self::spans(fixed, scheme, gather)? {
        ranges.extend(span.first().map(fix_at));
    }
    Ok(ranges)
}

fn spans(
    conditions: &[String],
    scheme: Scheme,
    gather: &mut Gather,
) -> Result<Vec<Span>, DocumentError> {
    if conditions.len() > CONDITIONS_MAX {
        return Err(DocumentError::TooMuch);
    }
    let mut spans = Vec::new();
    for condition in conditions {
        match one_condition(condition, scheme) {
            Some(Versions::These(span)) => spans.push(span),
            Some(Versions::Invalid) => gather.note("invalid version"),
            // The two parts contradict each other.
            Some(Versions::None) => {}
            None => return Err(DocumentError::Condition(condition.clone())),
        }
    }
    Ok(spans)
}

/// What a condition holds of.
enum Versions {
    These(Span),
    None,
    /// It compares with what is no version, such as one of a distribution's package.
    Invalid,
}

/// `<=2.3.15,2.3`: up to 2.3.15, of the line of 2.3.
fn one_condition(condition: &str, scheme: Scheme) -> Option<Versions> {
    let condition = condition.trim();
    let at = condition.find(|c: char| !matches!(c, '=' | '<' | '>'))?;
    let (operator, rest) = condition.split_at_checked(at)?;
    let (version, line) = match rest.split_once(',') {
        Some((version, line)) => (version.trim(), Some(line.trim())),
        None => (rest.trim(), None),
    };
    let span = match operator {
        "<=" => Span::at_most(version),
        ">=" => Span::at_least(version),
        "<" => Span::below(version),
        ">" => Span::above(version),
        "==" => Span::exactly(version),
        _ => return None,
    };
    if !scheme.is_valid(version) {
        return Some(Versions::Invalid);
    }
    let line = line.map(|line| line.trim_end_matches(['.', '-'])).filter(|line| !line.is_empty());
    let Some(line) = line else { return Some(Versions::These(span)) };
    let Some(line) = line_of(line, scheme) else { return Some(Versions::Invalid) };
    Some(span.and(&line, scheme).map_or(Versions::None, Versions::These))
}

/// The versions that begin with a text: from it on, before the next number in its place.
fn line_of(line: &str, scheme: Scheme) -> Option<Span> {
    if !scheme.is_valid(line) {
        return None;
    }
    let digits = line.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (start, number) = line.split_at_checked(line.len().checked_sub(digits)?)?;
    match number.parse::<u64>().ok().and_then(|number| number.checked_add(1)) {
        Some(next) => Some(Span::between(line, &format!("{start}{next}"))),
        // A word at the end: nothing comes behind it.
        None => Some(Span::at_least(line)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(vulnerable: &[&str], fixed: &[&str], expected: &str) {
        let owned = |list: &[&str]| -> Vec<String> { list.iter().map(|t| (*t).into()).collect() };
        let mut gather = Gather::new(&FEED);
        let ranges = ranges(&owned(vulnerable), &owned(fixed), Scheme::Maven, &mut gather).unwrap();
        let texts: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        assert_eq!(texts.join(" | "), expected, "{vulnerable:?}");
    }

    #[test]
    fn conditions_hold_of_their_line_only() {
        check(&["<=1.9.3"], &[">=1.9.4"], "<= 1.9.3 | >= 1.9.4, < 1.9.4");
        check(
            &["<=2.3.15,2.3", "<=2.5.1,2.5"],
            &[">=2.3.15.1,2.3.15"],
            ">= 2.3, <= 2.3.15 | >= 2.5, <= 2.5.1 | >= 2.3.15.1, < 2.3.15.1",
        );
        check(&["<2.8.11.1,2.8"], &[], ">= 2.8, < 2.8.11.1");
        check(&["<=3.2.8.RELEASE,3"], &[], ">= 3, <= 3.2.8.RELEASE");
        check(&["==4.2.3.GA_CP09"], &[], ">= 4.2.3.GA_CP09, <= 4.2.3.GA_CP09");
        check(
            &["<=1.0.0.Final-redhat-3,1.0.0.Final-redhat"],
            &[],
            ">= 1.0.0.Final-redhat, <= 1.0.0.Final-redhat-3",
        );
        // Nothing is below the line it is about.
        check(&["<=1.0,2"], &[">=2.1"], "");
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for condition in ["", "1.0", "<", "<=", "~>1", "=>1.0"] {
            let refused = one_condition(condition, Scheme::Pep440).is_none();
            assert!(refused, "{condition}");
        }
        for condition in ["==1.1-3.el5", ">=1.0,,", "<=1.0,one"] {
            let read = one_condition(condition, Scheme::Pep440);
            assert!(matches!(read, Some(Versions::Invalid)), "{condition}");
        }
    }
}
