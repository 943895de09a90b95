//! Records of the feed's version 1.1, which ended in 2023.

use super::configuration::{Configuration, Match, Node};
use super::{Facts, Odd, add, cwe, id, is_void, moment};
use crate::feed::gather::Gather;
use crate::feed::json::Text;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    #[serde(borrow)]
    cve: Cve<'a>,
    #[serde(borrow, default)]
    configurations: Option<Nodes<'a>>,
    #[serde(borrow, default)]
    impact: Option<Impact<'a>>,
    #[serde(borrow, default)]
    published_date: Option<Text<'a>>,
    #[serde(borrow, default)]
    last_modified_date: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Cve<'a> {
    #[serde(borrow, rename = "CVE_data_meta")]
    meta: Meta<'a>,
    #[serde(borrow, default)]
    problemtype: Option<ProblemType<'a>>,
    #[serde(borrow, default)]
    description: Option<Description<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "ID")]
    id: Text<'a>,
}

#[derive(Deserialize)]
struct ProblemType<'a> {
    #[serde(borrow, default)]
    problemtype_data: Vec<Problem<'a>>,
}

#[derive(Deserialize)]
struct Problem<'a> {
    #[serde(borrow, default)]
    description: Vec<Value<'a>>,
}

#[derive(Deserialize)]
struct Description<'a> {
    #[serde(borrow, default)]
    description_data: Vec<Value<'a>>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow)]
    value: Text<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Impact<'a> {
    #[serde(borrow, default, rename = "baseMetricV3")]
    v3: Option<V3<'a>>,
    #[serde(borrow, default, rename = "baseMetricV2")]
    v2: Option<V2<'a>>,
}

#[derive(Deserialize)]
struct V3<'a> {
    #[serde(borrow, default, rename = "cvssV3")]
    cvss: Option<Vector<'a>>,
}

#[derive(Deserialize)]
struct V2<'a> {
    #[serde(borrow, default, rename = "cvssV2")]
    cvss: Option<Vector<'a>>,
}

#[derive(Deserialize)]
struct Vector<'a> {
    #[serde(borrow, default, rename = "vectorString")]
    vector: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Nodes<'a> {
    #[serde(borrow, default)]
    nodes: Vec<Tree<'a>>,
}

/// A node with children; the deepest real ones have one level of them.
#[derive(Deserialize)]
struct Tree<'a> {
    #[serde(borrow, default)]
    operator: Option<Text<'a>>,
    #[serde(default)]
    negate: bool,
    #[serde(borrow, default)]
    children: Vec<Leaf<'a>>,
    #[serde(borrow, default)]
    cpe_match: Vec<Match<'a>>,
}

#[derive(Deserialize)]
struct Leaf<'a> {
    #[serde(default)]
    negate: bool,
    #[serde(borrow, default)]
    cpe_match: Vec<Match<'a>>,
}

/// Reads a record.
pub(super) fn record(raw: &RawValue, gather: &mut Gather) -> Result<(), Odd> {
    let item: Item<'_> = serde_json::from_str(raw.get()).map_err(Odd::Json)?;
    let described = item.cve.description.iter().flat_map(|text| &text.description_data);
    let weaknesses = item.cve.problemtype.iter().flat_map(|kind| &kind.problemtype_data);
    let weaknesses = weaknesses.flat_map(|problem| &problem.description);
    let impact = item.impact.as_ref();
    let v3 = impact.and_then(|impact| impact.v3.as_ref()?.cvss.as_ref()?.vector.as_ref());
    let v2 = impact.and_then(|impact| impact.v2.as_ref()?.cvss.as_ref()?.vector.as_ref());
    let facts = Facts {
        id: id::cve(item.cve.meta.id.as_str().trim()).ok_or(Odd::Id)?,
        is_void: described.map(|text| text.value.as_str()).any(is_void),
        published: item.published_date.as_ref().and_then(|text| moment(text.as_str())),
        modified: item.last_modified_date.as_ref().and_then(|text| moment(text.as_str())),
        vectors: [v3.map(Text::as_str), None, v2.map(Text::as_str)],
        cwes: weaknesses.filter_map(|text| cwe(text.value.as_str())).collect(),
    };
    let nodes = item.configurations.map(|configurations| configurations.nodes).unwrap_or_default();
    let configurations: Vec<Configuration<'_>> = nodes.into_iter().map(Tree::current).collect();
    add(&facts, &configurations, gather);
    Ok(())
}

impl<'a> Tree<'a> {
    /// The same in the shape of version 2.0, where configurations are what had children.
    fn current(self) -> Configuration<'a> {
        let mut nodes: Vec<Node<'a>> = self
            .children
            .into_iter()
            .map(|leaf| Node { negate: leaf.negate, cpe_match: leaf.cpe_match })
            .collect();
        if !self.cpe_match.is_empty() {
            nodes.push(Node { negate: false, cpe_match: self.cpe_match });
        }
        Configuration { operator: self.operator, negate: self.negate, nodes }
    }
}
