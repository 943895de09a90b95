//! CISA's catalog of known exploited vulnerabilities
//! (<https://www.cisa.gov/known-exploited-vulnerabilities-catalog>).

use super::gather::Gather;
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, date, id};
use crate::enrich::Sheet;
use lazaret_core::finding::Exploited;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "kev",
    title: "CISA Known Exploited Vulnerabilities",
    url: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    license: "CC0-1.0",
    redistributable: true,
    unit: "vulnerabilities",
    paths: &[
        "kev/known_exploited_vulnerabilities.json",
        "www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        "known_exploited_vulnerabilities.json",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

#[derive(Deserialize)]
struct Catalog<'a> {
    #[serde(borrow, default, rename = "dateReleased")]
    released: Option<Text<'a>>,
    #[serde(borrow)]
    vulnerabilities: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow, default, rename = "cveID")]
    cve: Option<Text<'a>>,
    #[serde(borrow, default)]
    date_added: Option<Text<'a>>,
    #[serde(borrow, default)]
    due_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    known_ransomware_campaign_use: Option<Text<'a>>,
}

/// Why an entry cannot be used.
#[derive(Debug)]
enum Odd {
    Id,
    Day,
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "it names no CVE",
            Self::Day => "it does not say when it was added",
        })
    }
}

impl std::error::Error for Odd {}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let catalog: Catalog<'_> = json::parse(file.bytes)?;
    if catalog.vulnerabilities.is_empty() {
        return Err(FeedError::NoRecords);
    }
    let mut rows = BTreeMap::new();
    for entry in &catalog.vulnerabilities {
        gather.count();
        let named = entry.cve.as_ref().map_or("", Text::as_str);
        match exploited(entry) {
            Ok((cve, exploited)) => {
                if rows.insert(cve, exploited).is_some() {
                    gather.skip("listed twice");
                }
            }
            Err(odd) => gather.refuse_record(file.path, named, &odd),
        }
    }
    let newest = catalog.released.and_then(|text| date::moment(text.as_str()));
    let source = gather.source();
    gather.enrichments().exploited = Some(Sheet { source, newest, rows });
    Ok(())
}

fn exploited(entry: &Entry<'_>) -> Result<(String, Exploited), Odd> {
    let cve = entry.cve.as_ref().and_then(|text| id::cve(text.as_str().trim())).ok_or(Odd::Id)?;
    let day = |text: &Option<Text<'_>>| {
        let text = text.as_ref()?.as_str().trim();
        date::day(text).map(|_| text.to_owned())
    };
    let use_by_ransomware = entry.known_ransomware_campaign_use.as_ref();
    let exploited = Exploited {
        added: day(&entry.date_added).ok_or(Odd::Day)?,
        due: day(&entry.due_date),
        ransomware: use_by_ransomware.is_some_and(|word| word.as_str().trim() == "Known"),
    };
    Ok((cve, exploited))
}
