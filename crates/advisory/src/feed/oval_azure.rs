//! The OVAL definitions of Azure Linux and, before its third release, CBL-Mariner: one a source
//! package and vulnerability, the complete present state
//! (<https://github.com/microsoft/AzureLinuxVulnerabilityData>).

use super::errata;
use super::gather::{Gather, Rank, Segment, Statement};
use super::oval::{self, Definition, Tests};
use super::{Feed, FeedError, FeedFile, date, fixes, id, score};
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "azurelinux-oval",
    title: "Azure Linux and CBL-Mariner, OVAL",
    url: "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/{file}",
    license: "MIT",
    redistributable: true,
    unit: "definitions",
    paths: &[
        "azurelinux-oval/*-oval.xml*",
        "AzureLinuxVulnerabilityData/*-oval.xml*",
        "raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/*-oval.xml*",
        "azurelinux-*-oval.xml*",
        "cbl-mariner-*-oval.xml*",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

const SCHEME: Scheme = Scheme::Rpm;

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let segment = Segment { name: segment(file.path)?, scheme: SCHEME, ecosystem: Ecosystem::Rpm };
    let mut definitions = Vec::new();
    let tests = oval::definitions_and_tests(file.bytes, gather, &mut |definition, gather| {
        gather.count();
        match definition.patchable.as_str() {
            "Not Applicable" => gather.skip("not applicable"),
            _ => definitions.push(definition),
        }
    })?;
    for definition in definitions {
        take(&definition, &tests, &segment, gather);
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

/// The segment of a file such as `azurelinux-3.0-oval.xml.gz` or `cbl-mariner-2.0-oval.xml`.
fn segment(path: &str) -> Result<String, FeedError> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let release = |prefix: &str| {
        let (release, _) = name.strip_prefix(prefix)?.split_once("-oval.xml")?;
        let (major, minor) = release.split_once('.')?;
        let number =
            |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        (number(major) && number(minor)).then_some(release)
    };
    if let Some(release) = release("azurelinux-") {
        Ok(format!("azurelinux-{release}"))
    } else if let Some(release) = release("cbl-mariner-") {
        Ok(format!("mariner-{release}"))
    } else {
        Err(FeedError::Release(path.to_owned()))
    }
}

fn take(definition: &Definition, tests: &Tests, segment: &Segment, gather: &mut Gather) {
    let ids: Vec<String> =
        definition.references.iter().filter_map(|(_, text)| id::cve(text)).collect();
    if ids.is_empty() {
        gather.skip("no vulnerability");
        return;
    }
    let Some((package, range)) = range(definition, tests, gather) else {
        gather.skip("no versions");
        return;
    };
    // Where there is no patch, the range ends with the last version there is.
    let status = match range.end {
        RangeEnd::Fixed(_) => Status::Fixed,
        RangeEnd::LastAffected(_) | RangeEnd::Open => Status::Affected,
    };
    let affected = Affected {
        package: format!("src:{package}"),
        status,
        ranges: vec![range],
        severity: score::word(&definition.severity),
        ..Affected::default()
    };
    for id in &ids {
        let (date, rank) = (date::moment(&definition.date), Rank::State);
        let affected = affected.clone();
        gather.state(segment, Statement { id, aliases: &[], date, rank, affected });
    }
}

/// The package a definition is about, and its affected versions: all of its tests must hold.
fn range<'t>(
    definition: &Definition,
    tests: &'t Tests,
    gather: &mut Gather,
) -> Option<(&'t str, Range)> {
    let mut package = None;
    let mut range = Range { introduced: None, end: RangeEnd::Open };
    for criterion in &definition.criteria.criteria {
        let Some((name, operation, text)) = tests.of(&criterion.test) else {
            gather.note("unknown test");
            continue;
        };
        if package.is_some_and(|known| known != name) {
            gather.note("second package");
            continue;
        }
        let version = version(text, gather)?;
        match operation {
            "less than" => range.end = RangeEnd::Fixed(version),
            "less than or equal" => range.end = RangeEnd::LastAffected(version),
            "greater than" | "greater than or equal" => range.introduced = Some(version),
            _ => {
                gather.note("unknown operation");
                continue;
            }
        }
        package = Some(name).filter(|name| !name.is_empty());
    }
    Some((package?, range))
}

/// The version a test names. Seen are `null` where there is none, blanks, and several versions of
/// several lines, of which the highest is taken.
fn version(text: &str, gather: &mut Gather) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if plain != text {
        gather.note("mended version");
    }
    let versions = plain.split(',').map(errata::evr);
    let highest = versions.max_by(|a, b| fixes::order(SCHEME, a, b))?;
    if plain.contains(',') {
        gather.note("several fixed versions");
    }
    // `null.cm2`, with the distribution's tag behind it.
    (!highest.starts_with("null") && !highest.is_empty()).then(|| highest.to_owned())
}
