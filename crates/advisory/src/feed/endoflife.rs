//! endoflife.date: until when the releases of products are looked after
//! (<https://endoflife.date/docs/api/v1/>).

use super::gather::Gather;
use super::json::{self, Text};
use super::{Feed, FeedError, FeedFile, date};
use crate::enrich::{Cycle, Ends, Sheet, Support};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The feed.
pub(super) static FEED: Feed = Feed {
    id: "endoflife",
    title: "endoflife.date",
    url: "https://endoflife.date/api/v1/products/full",
    license: "MIT",
    redistributable: true,
    unit: "products",
    paths: &[
        "eol/products/*.json",
        "eol/full.json",
        "endoflife.date/api/v1/products/full",
        "endoflife.date/api/v1/products/full.json",
    ],
    left_out: &[],
    gaps: &[],
    parse,
};

/// Either the answer for all products, or one product as its own file has it.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    result: Option<Vec<Product<'a>>>,
    #[serde(borrow, default)]
    releases: Option<Vec<Release<'a>>>,
}

#[derive(Deserialize)]
struct Product<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow, default)]
    releases: Option<Vec<Release<'a>>>,
}

/// A release, in the words of the API and of a product's own file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Release<'a> {
    #[serde(borrow, default, rename = "releaseCycle", alias = "name")]
    cycle: Option<Text<'a>>,
    #[serde(borrow, default)]
    eol: Option<When<'a>>,
    #[serde(borrow, default)]
    eol_from: Option<Text<'a>>,
    #[serde(default)]
    is_eol: Option<bool>,
    #[serde(borrow, default)]
    eoes: Option<When<'a>>,
    #[serde(borrow, default)]
    eoes_from: Option<Text<'a>>,
    #[serde(default)]
    is_eoes: Option<bool>,
}

/// A day, or only whether it is past.
#[derive(Deserialize)]
#[serde(untagged)]
enum When<'a> {
    Past(bool),
    #[serde(borrow)]
    On(Text<'a>),
}

fn parse(file: &FeedFile<'_>, gather: &mut Gather) -> Result<(), FeedError> {
    let document: Document<'_> = json::parse(file.bytes)?;
    let mut rows: BTreeMap<Cycle, Support> = BTreeMap::new();
    if let Some(releases) = &document.releases {
        let name = file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".json"));
        product(name.unwrap_or(file.path), releases, &mut rows, gather);
    }
    for each in document.result.iter().flatten() {
        product(
            each.name.as_str(),
            each.releases.as_deref().unwrap_or_default(),
            &mut rows,
            gather,
        );
    }
    if gather.records() == 0 {
        return Err(FeedError::NoRecords);
    }
    let source = gather.source();
    // Nothing in a file says of which day it is.
    gather.enrichments().end_of_life = Some(Sheet { source, newest: None, rows });
    Ok(())
}

fn product(
    name: &str,
    releases: &[Release<'_>],
    rows: &mut BTreeMap<Cycle, Support>,
    gather: &mut Gather,
) {
    gather.count();
    for release in releases {
        let Some(cycle) = release.cycle.as_ref().map(|cycle| cycle.as_str().trim()) else {
            gather.note("release without a name");
            continue;
        };
        let support = Support {
            ends: ends(release.eol.as_ref(), release.eol_from.as_ref(), release.is_eol, gather),
            extended: ends(
                release.eoes.as_ref(),
                release.eoes_from.as_ref(),
                release.is_eoes,
                gather,
            ),
        };
        if support != Support::default() {
            rows.insert((name.to_owned(), cycle.to_owned()), support);
        }
    }
}

/// The end of one kind of support, from whichever words a release has for it.
fn ends(
    when: Option<&When<'_>>,
    from: Option<&Text<'_>>,
    is_past: Option<bool>,
    gather: &mut Gather,
) -> Ends {
    let day = match when {
        Some(When::On(day)) => Some(day),
        _ => from,
    };
    if let Some(text) = day.map(|day| day.as_str().trim()) {
        match date::day(text).and_then(|_| Ends::on(text)) {
            Some(ends) => return ends,
            None => gather.note("a day that is none"),
        }
    }
    let is_past = match when {
        Some(When::Past(past)) => *past,
        _ => is_past.unwrap_or(false),
    };
    if is_past { Ends::Past } else { Ends::Unknown }
}
