//! The Debian security tracker's JSON: by source package, vulnerability and release, the present
//! state (<https://security-tracker.debian.org/tracker/data/json>).

use super::gather::{Gather, Rank, Statement};
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, Gap, debian};
use lazaret_core::advisory::{Affected, Range, RangeEnd, Status};
use lazaret_core::version::Scheme;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;

const EXCERPTS: Gap = Gap { weight: 3, lacking: "excerpts of Debian's tracker" };

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "debian-tracker",
    title: "Debian security tracker",
    url: "https://security-tracker.debian.org/tracker/data/json",
    license: "none stated",
    redistributable: false,
    unit: "pairs of package and vulnerability",
    paths: &[
        "debian-tracker/json",
        "debian-tracker/data/json",
        "debian-tracker/json-excerpts/*.json",
        "security-tracker.debian.org/tracker/data/json",
        "tracker/data/json",
    ],
    left_out: &[("debian-tracker/json-excerpts/*mock*", "invented by its authors for a test")],
    gaps: &[("debian-tracker/json-excerpts/*", EXCERPTS)],
    parse,
};

type Packages<'a> = BTreeMap<Text<'a>, BTreeMap<Text<'a>, Entry<'a>>>;

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    releases: Releases<'a>,
}

/// States by code name. Where there are none, the tracker's data has been seen with a list (`[]`)
/// in place of the map.
#[derive(Default)]
struct Releases<'a>(Vec<(Text<'a>, Release<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Releases<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct States;

        impl<'de> Visitor<'de> for States {
            type Value = Vec<(Text<'de>, Release<'de>)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of releases, or an empty list")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut states = Vec::new();
                while let Some(state) = map.next_entry()? {
                    states.push(state);
                }
                Ok(states)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                match list.next_element::<IgnoredAny>()? {
                    None => Ok(Vec::new()),
                    Some(IgnoredAny) => Err(A::Error::invalid_length(1, &self)),
                }
            }
        }

        deserializer.deserialize_any(States).map(Self)
    }
}

#[derive(Deserialize)]
struct Release<'a> {
    #[serde(borrow, default)]
    status: Option<Text<'a>>,
    #[serde(borrow, default)]
    fixed_version: Option<Text<'a>>,
    #[serde(borrow, default)]
    urgency: Option<Text<'a>>,
    #[serde(borrow, default)]
    nodsa_reason: Option<Text<'a>>,
}

/// The fixed version of a package that never had the flaw.
const NEVER: &str = "0";

pub(super) fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let packages: Packages<'_> = json::parse(file.bytes)?;
    // Excerpts carry no date, so that an advisory may well be newer.
    let excerpt = file.path.split('/').any(|part| part == "json-excerpts");
    let rank = if excerpt { Rank::Excerpt } else { Rank::State };
    for (package, vulnerabilities) in &packages {
        for (id, entry) in vulnerabilities {
            gather.count();
            for (codename, release) in &entry.releases.0 {
                let Some(segment) = debian::segment(codename.as_str()) else {
                    gather.note("unknown release");
                    continue;
                };
                let Some((status, end)) = release.state(gather) else { continue };
                let affected = Affected {
                    package: package.as_str().to_owned(),
                    status,
                    ranges: end.into_iter().map(|end| Range { introduced: None, end }).collect(),
                    severity: release
                        .urgency
                        .as_ref()
                        .and_then(|urgency| debian::severity(urgency.as_str())),
                    ..Affected::default()
                };
                let id = id.as_str();
                gather.state(&segment, Statement { id, aliases: &[], date: None, rank, affected });
            }
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

impl Release<'_> {
    /// What the release says, and where its range of affected versions ends.
    fn state(&self, gather: &mut Gather) -> Option<(Status, Option<RangeEnd>)> {
        match self.status.as_ref().map(Text::as_str) {
            Some("resolved") => match self.fixed_version.as_ref().map(Text::as_str) {
                Some(NEVER) => Some((Status::NotAffected, None)),
                Some(version) if Scheme::Deb.is_valid(version) => {
                    Some((Status::Fixed, Some(RangeEnd::Fixed(version.to_owned()))))
                }
                Some(_) => {
                    gather.note("invalid version");
                    None
                }
                None => {
                    gather.note("resolved without a version");
                    None
                }
            },
            Some("open") => Some((self.open(), Some(RangeEnd::Open))),
            Some("undetermined") => Some((Status::UnderInvestigation, Some(RangeEnd::Open))),
            _ => {
                gather.note("unknown state");
                None
            }
        }
    }

    /// Which kind of open a flaw is.
    fn open(&self) -> Status {
        let urgency = self.urgency.as_ref().map(Text::as_str);
        match self.nodsa_reason.as_ref().map(Text::as_str) {
            _ if urgency.is_some_and(debian::is_end_of_life) => Status::EndOfLife,
            Some("ignored") => Status::WillNotFix,
            Some("postponed") => Status::FixDeferred,
            _ => Status::Affected,
        }
    }
}
