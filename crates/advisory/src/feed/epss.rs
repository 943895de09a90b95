//! FIRST's EPSS scores: a gzipped table of every CVE (<https://www.first.org/epss/data_stats>).

use super::bundle::unpacked;
use super::gather::Gather;
use super::json::expect_data;
use super::{Feed, FeedError, FeedFile, date, id};
use crate::enrich::Sheet;
use lazaret_core::finding::Epss;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "epss",
    title: "FIRST EPSS",
    url: "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    // Free to use with attribution, says FIRST; it names no license.
    license: "none stated",
    redistributable: false,
    unit: "scores",
    paths: &[
        "epss/epss_scores-current.csv.gz",
        "epss/epss_scores-current.csv",
        "epss.empiricalsecurity.com/epss_scores-current.csv.gz",
        "epss.cyentia.com/epss_scores-current.csv.gz",
        "epss_scores-current.csv.gz",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

/// A row that is none.
#[derive(Debug, thiserror::Error)]
#[error("it is not a CVE id and two numbers from 0 to 1")]
struct Odd;

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let table = unpacked(file.bytes)?;
    expect_data(&table, "a table of scores")?;
    let table = String::from_utf8_lossy(&table);
    let mut newest = None;
    let mut columns: Option<Columns> = None;
    let mut rows = BTreeMap::new();
    let whole = table.ends_with('\n');
    let mut lines = table.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(remark) = line.strip_prefix('#') {
            newest = newest.or_else(|| score_date(remark));
            continue;
        }
        let Some(columns) = &columns else {
            columns = Columns::of(line);
            if columns.is_none() {
                return Err(FeedError::NoRecords);
            }
            continue;
        };
        gather.count();
        match columns.row(line) {
            Some((cve, epss)) => {
                if rows.insert(cve, epss).is_some() {
                    gather.skip("listed twice");
                }
            }
            None if lines.peek().is_none() && !whole => return Err(FeedError::CutOff),
            None => gather.refuse_record(file.path, line.get(..32).unwrap_or(line), &Odd),
        }
    }
    if rows.is_empty() {
        return Err(FeedError::NoRecords);
    }
    let source = gather.source();
    gather.enrichments().epss = Some(Sheet { source, newest, rows });
    Ok(())
}

/// The day in `model_version:v2025.03.14,score_date:2026-08-16T00:00:00+0000`.
fn score_date(remark: &str) -> Option<i64> {
    let dated = remark.split(',').find_map(|part| part.trim().strip_prefix("score_date:"))?;
    date::day(dated.get(..10)?)
}

/// Where a row has what.
struct Columns {
    cve: usize,
    score: usize,
    percentile: usize,
}

impl Columns {
    fn of(header: &str) -> Option<Self> {
        let names: Vec<&str> = header.split(',').map(str::trim).collect();
        let place = |name: &str| names.iter().position(|known| *known == name);
        Some(Self { cve: place("cve")?, score: place("epss")?, percentile: place("percentile")? })
    }

    fn row(&self, line: &str) -> Option<(String, Epss)> {
        let cell = |place: usize| line.split(',').nth(place).map(str::trim);
        let share = |place: usize| {
            let share: f64 = cell(place)?.parse().ok()?;
            (0.0..=1.0).contains(&share).then_some(share)
        };
        let cve = id::cve(cell(self.cve)?)?;
        Some((cve, Epss { score: share(self.score)?, percentile: share(self.percentile)? }))
    }
}
