//! Rules of the user's own, in Rego, held against the files of a folder.

use super::files::{ConfigFile, kind_of, problem};
use super::files::{FileKind, view};
use super::findings::Found;
use lazaret_check::iac;
use lazaret_check::rego::{InputKind, Metadata, RegoChecked, RegoRules, file, input};
use lazaret_check::terraform;
use lazaret_core::check::{Part, RuleHit};
use lazaret_core::finding::{Checked, Detail, Misconfiguration, Place, RuleText};
use lazaret_core::location::{ImagePath, LayerIndex, Location};
use lazaret_core::problem::ProblemKind;
use std::collections::{BTreeMap, BTreeSet};

/// Holds them against every file they ask for.
pub(super) fn check_custom(rules: &RegoRules, files: &[ConfigFile], found: &mut Found) {
    let mut modules: BTreeMap<ImagePath, Vec<&ConfigFile>> = BTreeMap::new();
    for one in files {
        if kind_of(one.path.as_str(), &one.bytes) == Some(FileKind::Iac(iac::Kind::Terraform)) {
            modules.entry(one.path.parent()).or_default().push(one);
        }
        let (shown, wrong) = file::inputs(one.path.as_str(), &one.bytes, |kind| rules.wants(kind));
        if let Some(wrong) = wrong {
            found.problems.push(problem(ProblemKind::Parse, &one.path, wrong.line, wrong.message));
        }
        let checked = shown
            .into_iter()
            .filter(|(kind, _)| rules.wants(*kind))
            .map(|(kind, inputs)| rules.check(kind, one.path.as_str(), &inputs));
        take(rules, &one.path, checked.collect(), found);
    }
    if !rules.wants(InputKind::Terraform) {
        return;
    }
    for files in modules.into_values() {
        let texts: Vec<(&str, &str)> = files
            .iter()
            .map(|one| (one.path.as_str(), std::str::from_utf8(view(one).bytes).unwrap_or("")))
            .collect();
        let read = terraform::read_module(&texts);
        let shown: Vec<_> =
            texts.iter().zip(&read).map(|((path, _), (blocks, _))| (*path, blocks)).collect();
        let Some(first) = files.first() else { continue };
        let inputs = [input::terraform(&shown)];
        let checked = rules.check(InputKind::Terraform, first.path.as_str(), &inputs);
        take(rules, &first.path, vec![checked], found);
    }
}

/// Makes findings of what was found in one file, each once however often it was shown.
fn take(rules: &RegoRules, path: &ImagePath, checked: Vec<RegoChecked>, found: &mut Found) {
    let mut hits = BTreeSet::new();
    let mut looked = BTreeSet::new();
    let mut failed = BTreeSet::new();
    for one in checked {
        hits.extend(one.hits);
        looked.extend(one.looked);
        failed.extend(one.errors.into_iter().map(|error| error.to_string()));
    }
    for error in failed {
        found.looked_at.is_broken = true;
        let message = format!("a rule did not come to an end: {error}");
        found.problems.push(problem(ProblemKind::Internal, path, None, message));
    }
    let metadata = |id: &str| {
        rules.rules().iter().map(|rule| &rule.metadata).find(|metadata| metadata.id == id)
    };
    for metadata in looked.iter().filter_map(|id| metadata(id)) {
        let names = std::iter::once(&metadata.id).chain(&metadata.aliases).cloned();
        found.looked_at.count_custom(names.collect());
    }
    for hit in hits {
        if let Some(metadata) = metadata(&hit.rule) {
            push(path, hit, metadata, found);
        }
    }
}

fn push(path: &ImagePath, hit: RuleHit, metadata: &Metadata, found: &mut Found) {
    let text = found.rules.entry(hit.rule.clone()).or_insert_with(|| RuleText {
        title: title(metadata).to_owned(),
        why: metadata.why.clone(),
        fix: metadata.fix.clone(),
        aliases: metadata.aliases.clone(),
    });
    let path = match hit.about {
        Some(Part::File(own)) => own,
        _ => path.clone(),
    };
    let place = path.as_str().to_owned();
    let location = Location { layer: LayerIndex(0), path, lines: hit.lines };
    let detail = Detail::Misconfiguration(Box::new(Misconfiguration {
        title: text.title.clone(),
        message: hit.message,
        checked: Checked::Custom,
        aliases: text.aliases.clone(),
        at: Place::File { location, inside: None, deleted_by: None },
        history: None,
    }));
    found.push(hit.rule, metadata.severity, &["misconfiguration", &place], detail);
}

/// What a rule calls itself, or what others call it.
fn title(metadata: &Metadata) -> &str {
    if metadata.title.is_empty() { &metadata.id } else { &metadata.title }
}
