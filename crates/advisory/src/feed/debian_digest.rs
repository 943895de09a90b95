//! A digest of Debian's advisories under a license of its own: one JSON object a line, with
//! `id`, `date`, `cves` and `fixes`.

use super::debian::{Fix, Notice};
use super::gather::Gather;
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, Gap, date, id};
use serde::Deserialize;

const ANNOUNCED_SINCE_2025: Gap = Gap {
    weight: 2,
    lacking: "Debian's announcements since January 2025, which name only what was fixed",
};

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "debian-digest",
    title: "Debian advisory digest",
    url: "https://github.com/w4zu/Debian_security",
    license: "Apache-2.0",
    redistributable: true,
    unit: "advisories",
    paths: &["debian-tracker/digest-dsa-dla.jsonl"],
    left_out: &[],
    gaps: &[("*/digest-dsa-dla.jsonl", ANNOUNCED_SINCE_2025)],
    parse,
};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    date: Option<Text<'a>>,
    #[serde(borrow, default)]
    cves: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    fixes: Option<Vec<LineFix<'a>>>,
}

#[derive(Deserialize)]
struct LineFix<'a> {
    #[serde(borrow)]
    release: Text<'a>,
    /// Package and version with a blank between.
    #[serde(borrow)]
    fixed: Text<'a>,
}

pub(super) fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    json::expect_data(file.bytes, "lines of JSON")?;
    let ends_well = file.bytes.last() == Some(&b'\n');
    let mut lines = (1_u64..).zip(file.bytes.split(|byte| *byte == b'\n')).peekable();
    while let Some((number, line)) = lines.next() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Line<'_>>(line) {
            Ok(line) => notice(line, gather).file(gather),
            Err(error) if error.is_eof() && lines.peek().is_none() && !ends_well => {
                return Err(FeedError::CutOff);
            }
            Err(error) => gather.refuse_record(file.path, &format!("line {number}"), &error),
        }
    }
    if gather.records() == 0 { Err(FeedError::NoRecords) } else { Ok(()) }
}

fn notice(line: Line<'_>, gather: &mut Gather) -> Notice {
    let mut notice = Notice {
        id: line.id.as_str().to_owned(),
        date: line.date.and_then(|text| date::day(text.as_str())),
        ..Notice::default()
    };
    for text in line.cves.unwrap_or_default() {
        let found = id::ids_in(text.as_str());
        notice.cves.extend(found.cves);
        notice.others.extend(found.others);
    }
    for fix in line.fixes.unwrap_or_default() {
        let mut words = fix.fixed.as_str().split_ascii_whitespace();
        let (Some(package), Some(version)) = (words.next(), words.next()) else {
            gather.note("fix without a version");
            continue;
        };
        notice.fixes.push(Fix {
            release: fix.release.as_str().trim().to_owned(),
            package: package.to_owned(),
            version: version.to_owned(),
        });
    }
    notice
}
