//! Echo's advisories: by source package and vulnerability, the version that fixed it, if one did
//! (<https://advisory.echohq.com/data.json>).

use super::gather::{Gather, Rank, Segment, Statement};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, score};
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::package::Ecosystem;
use lazaret_core::version::Scheme;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "echo",
    title: "Echo advisories",
    url: "https://advisory.echohq.com/data.json",
    license: "none stated",
    redistributable: false,
    unit: "pairs of package and vulnerability",
    paths: &["echo/data.json", "advisory.echohq.com/data.json"],
    left_out: &[],
    gaps: &[],
    parse,
};

type Packages<'a> = BTreeMap<Text<'a>, BTreeMap<Text<'a>, Entry<'a>>>;

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    fixed_version: Option<Text<'a>>,
    #[serde(borrow, default)]
    severity: Option<Text<'a>>,
}

/// The fixed version of a package that never had the flaw.
const NEVER: &str = "0";

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let packages: Packages<'_> = json::parse(file.bytes)?;
    let segment =
        Segment { name: "echo".to_owned(), scheme: Scheme::Deb, ecosystem: Ecosystem::Deb };
    for (package, vulnerabilities) in &packages {
        for (id, entry) in vulnerabilities {
            gather.count();
            let (status, end) = match entry.fixed_version.as_ref().map(|text| text.as_str().trim())
            {
                Some(NEVER) => {
                    gather.skip("never affected");
                    continue;
                }
                Some(version) if !version.is_empty() => {
                    if !Scheme::Deb.is_valid(version) {
                        gather.note("invalid version");
                    }
                    (Status::Fixed, RangeEnd::Fixed(version.to_owned()))
                }
                _ => (Status::Affected, RangeEnd::Open),
            };
            let affected = Affected {
                package: package.as_str().to_owned(),
                status,
                ranges: vec![Range { introduced: None, end }],
                severity: entry.severity.as_ref().and_then(|word| score::word(word.as_str())),
                ..Affected::default()
            };
            let (id, rank) = (id.as_str(), Rank::State);
            gather.state(&segment, Statement { id, aliases: &[], date: None, rank, affected });
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}
