//! Rules of the user's own, in Rego, held against the files of a folder.

use super::files::{ConfigFile, FileKind, accepted, kind_of, problem, view};
use super::findings::Found;
use lazaret_check::iac;
use lazaret_check::rego::{InputKind, Metadata, RegoChecked, RegoRules, file, input};
use lazaret_check::terraform;
use lazaret_check::waiver::take_waived;
use lazaret_core::check::{Part, RuleHit};
use lazaret_core::finding::{Checked, Detail, Misconfiguration, Place, RuleText, State};
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::problem::ProblemKind;
use std::collections::BTreeMap;

/// Holds them against every file they ask for. `today` decides whether comments that accept
/// something still hold.
pub(super) fn check_custom(
    rules: &RegoRules,
    files: &[ConfigFile],
    today: time::Date,
    found: &mut Found,
) {
    let mut modules: BTreeMap<ImagePath, Vec<&ConfigFile>> = BTreeMap::new();
    for one in files {
        if kind_of(one.path.as_str(), &one.bytes) == Some(FileKind::Iac(iac::Kind::Terraform)) {
            modules.entry(one.path.parent()).or_default().push(one);
        }
        let shown = file::show(one.path.as_str(), &one.bytes, |kind| rules.wants(kind));
        if let Some(wrong) = shown.problem {
            found.problems.push(problem(ProblemKind::Parse, &one.path, wrong.line, wrong.message));
        }
        let hits = shown
            .inputs
            .into_iter()
            .filter(|(kind, _)| rules.wants(*kind))
            .flat_map(|(kind, inputs)| {
                take(rules, &one.path, rules.check(kind, one.path.as_str(), &inputs), found)
            })
            .collect();
        judge(rules, one, &shown.ranges, hits, today, found);
    }
    if !rules.wants(InputKind::Terraform) {
        return;
    }
    for files in modules.into_values() {
        let texts: Vec<(&str, &str)> =
            files.iter().map(|one| (one.path.as_str(), text_of(one))).collect();
        let read = terraform::read_module(&texts);
        let shown: Vec<_> =
            texts.iter().zip(&read).map(|((path, _), (blocks, _))| (*path, blocks)).collect();
        let Some(first) = files.first() else { continue };
        let inputs = [input::terraform(&shown)];
        let checked = rules.check(InputKind::Terraform, first.path.as_str(), &inputs);
        let mut hits = take(rules, &first.path, checked, found);
        for (one, (blocks, _)) in files.iter().zip(&read) {
            // Each hit says which of the files it is about, the first where it does not.
            let is_own = |hit: &RuleHit| match &hit.about {
                Some(Part::File(path)) => *path == one.path,
                _ => one.path == first.path,
            };
            let own = hits.extract_if(.., |hit| is_own(hit)).collect();
            judge(rules, one, &blocks.ranges(), own, today, found);
        }
    }
}

/// The text of a file; one that is none is told of elsewhere.
fn text_of(file: &ConfigFile) -> &str {
    let text = std::str::from_utf8(view(file).bytes).unwrap_or("");
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What rules found in one input, with what became of the others told.
fn take(
    rules: &RegoRules,
    path: &ImagePath,
    checked: RegoChecked,
    found: &mut Found,
) -> Vec<RuleHit> {
    for error in checked.errors {
        found.looked_at.is_broken = true;
        let message = format!("a rule did not come to an end: {error}");
        let told = problem(ProblemKind::Internal, path, None, message);
        if !found.problems.contains(&told) {
            found.problems.push(told);
        }
    }
    for metadata in checked.looked.iter().filter_map(|id| metadata(rules, id)) {
        let names = std::iter::once(&metadata.id).chain(&metadata.aliases).cloned();
        found.looked_at.count_custom(names.collect());
    }
    checked.hits
}

fn metadata<'r>(rules: &'r RegoRules, id: &str) -> Option<&'r Metadata> {
    rules.rules().iter().map(|rule| &rule.metadata).find(|metadata| metadata.id == id)
}

/// Makes findings of what was found in one file, each once however often it was shown, those that a
/// comment accepts in that state.
fn judge(
    rules: &RegoRules,
    file: &ConfigFile,
    ranges: &[LineRange],
    mut hits: Vec<RuleHit>,
    today: time::Date,
    found: &mut Found,
) {
    hits.sort();
    hits.dedup();
    let is_named = |id: &str, word: &str| {
        let names = metadata(rules, id).map(|metadata| metadata.aliases.iter());
        names.into_iter().flatten().any(|alias| alias.eq_ignore_ascii_case(word))
    };
    // What is wrong with a comment is told by who looks at files of the kind.
    let mut told = Vec::new();
    let text = if hits.is_empty() { "" } else { text_of(file) };
    let waived = take_waived(text, ranges, &is_named, today, &mut hits, &mut told);
    let open = hits.into_iter().map(|hit| (hit, State::Open));
    let waived = waived.into_iter().map(|waived| {
        let until = waived.until.map(|day| day.to_string());
        (waived.hit, accepted(&file.path, waived.line, waived.reason, until))
    });
    for (hit, state) in open.chain(waived) {
        if let Some(metadata) = metadata(rules, &hit.rule) {
            push(&file.path, hit, metadata, state, found);
        }
    }
}

fn push(path: &ImagePath, hit: RuleHit, metadata: &Metadata, state: State, found: &mut Found) {
    let text = found.rules.entry(hit.rule.clone()).or_insert_with(|| RuleText {
        title: title(metadata).to_owned(),
        why: metadata.why.clone(),
        fix: metadata.fix.clone(),
        aliases: metadata.aliases.clone(),
    });
    let location = Location { layer: LayerIndex(0), path: path.clone(), lines: hit.lines };
    let detail = Detail::Misconfiguration(Box::new(Misconfiguration {
        title: text.title.clone(),
        message: hit.message,
        checked: Checked::Custom,
        aliases: text.aliases.clone(),
        at: Place::File { location, inside: None, deleted_by: None },
        history: None,
    }));
    found.push(hit.rule, metadata.severity, &["misconfiguration", path.as_str()], detail);
    if let Some(last) = found.findings.last_mut() {
        last.state = state;
    }
}

/// What a rule calls itself, or what others call it.
fn title(metadata: &Metadata) -> &str {
    if metadata.title.is_empty() { &metadata.id } else { &metadata.title }
}
