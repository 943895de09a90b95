//! What each layer brought, in one line each.

use super::columns::severities;
use super::instruction::short;
use super::style::Role;
use super::{Page, Report, count, plural, text, thousands};
use lazaret_core::finding::Finding;
use lazaret_core::location::LayerIndex;
use std::collections::BTreeMap;

/// Columns an instruction needs to say anything.
const INSTRUCTION_MIN: usize = 16;

/// The layers with findings, first to last, and how many have none.
pub(super) fn write(page: &mut Page<'_>, report: &Report, shown: &[&Finding]) {
    let layers = &report.image.layers;
    if layers.is_empty() || shown.is_empty() {
        return;
    }
    let mut by_layer: BTreeMap<Option<LayerIndex>, Vec<&Finding>> = BTreeMap::new();
    for finding in shown {
        by_layer.entry(finding.layer(&report.inventory)).or_default().push(finding);
    }
    page.gap();
    page.spans(0, &[vec![(Role::Heading, "Findings by layer".to_owned())]]);
    let elsewhere = by_layer.remove(&None);
    let without = layers.len().saturating_sub(by_layer.len());
    let rows: Vec<(String, String, String)> = by_layer
        .iter()
        .filter_map(|(layer, findings)| Some(((*layer)?, findings)))
        .map(|(layer, findings)| {
            let known = layers.get(layer.index());
            let instruction = known.and_then(|layer| layer.created_by.as_deref());
            let instruction = page.plain(&short(instruction.unwrap_or("not in the history")));
            let base = known.and_then(|layer| layer.base) == Some(true);
            let base = if base { "base image: " } else { "" };
            (layer.0.to_string(), sum(findings), format!("{base}{instruction}"))
        })
        .chain(elsewhere.map(|findings| {
            ("-".to_owned(), sum(&findings), "configuration and history of the image".to_owned())
        }))
        .collect();
    let widest = |part: fn(&(String, String, String)) -> &str| {
        rows.iter().map(|row| text::width(part(row))).max().unwrap_or(0)
    };
    let (number, sum) = (widest(|row| &row.0), widest(|row| &row.1));
    let room = page.width.saturating_sub(2 + number + 2 + sum + 2);
    for (layer, findings, instruction) in &rows {
        let lead = format!("  {layer:>number$}  {findings}");
        let instruction = if room < INSTRUCTION_MIN {
            String::new()
        } else {
            let gap = " ".repeat(sum.saturating_sub(text::width(findings)) + 2);
            let instruction = text::cut(instruction, room, page.pen.ellipsis());
            format!("{gap}{}", page.pen.paint(Role::Dim, &instruction))
        };
        page.line(format!("{lead}{instruction}"));
    }
    if without > 0 {
        let words = format!("{} brought nothing that is found", plural(without, "layer"));
        page.prose(2, "", Role::Dim, &words);
    }
}

/// How many findings, and how bad: `36: 3 critical, 7 high`.
fn sum(findings: &[&Finding]) -> String {
    format!("{}: {}", thousands(findings.len()), severities(&count(findings.iter().copied())))
}
