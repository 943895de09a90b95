//! From facts of layers to findings: what is where, what later layers did to it, and who says so.

use super::presence::{Fate, Layers};
use super::{CheckFacts, Checks, InFile, LookedAt};
use lazaret_check::image::{self, EntryFact, FileFact, ImageInput};
use lazaret_check::license::{Classes, expression, judge};
use lazaret_check::rule::RuleInfo;
use lazaret_check::secret::{Scanner, scan_history, scan_setting};
use lazaret_core::check::{LicenseHit, Part, SecretHit};
use lazaret_core::extract::LayerFacts;
use lazaret_core::finding::{
    Checked, Detail, Finding, License, Misconfiguration, Place, RuleText, Secret, State,
};
use lazaret_core::image::{Image, ImageConfig};
use lazaret_core::inventory::Inventory;
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::package::PackageId;
use lazaret_core::problem::Problem;
use lazaret_core::severity::Severity;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What was found in an image beside packages.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) findings: Vec<Finding>,
    pub(crate) rules: BTreeMap<String, RuleText>,
    pub(crate) problems: Vec<Problem>,
    /// What was looked at by how many rules, for what speaks for controls.
    pub(crate) looked_at: LookedAt,
    /// How often a finding with the same words was made, for fingerprints.
    made: HashMap<blake3::Hash, u32>,
}

/// Everything there is to look at.
pub(crate) struct Evidence<'e> {
    pub(crate) checks: &'e Checks,
    pub(crate) image: &'e Image,
    pub(crate) layers: &'e [Arc<LayerFacts>],
    pub(crate) facts: &'e [Arc<CheckFacts>],
    pub(crate) inventory: &'e Inventory,
    /// The day rules about age go by (RFC 3339).
    pub(crate) today: Option<&'e str>,
    /// Whether the image has a configuration: a root file system has none.
    pub(crate) has_config: bool,
}

/// Puts all that was seen to all rules that were asked for.
pub(crate) fn find(evidence: &Evidence<'_>) -> Found {
    let mut found = Found::default();
    let layers = Layers::new(evidence.layers);
    for (at, facts) in evidence.facts.iter().enumerate() {
        found.problems.extend(facts.problems.iter().cloned().map(|mut problem| {
            if let Some(location) = &mut problem.location {
                location.layer = LayerIndex::at(at);
            }
            problem
        }));
    }
    if let Some(rules) = &evidence.checks.secrets {
        let scanner = rules.scanner();
        secrets_in_files(evidence, &layers, scanner, &mut found);
        secrets_in_config(&evidence.image.config, scanner, &mut found);
    }
    if evidence.checks.misconfiguration {
        misconfiguration(evidence, &layers, &mut found);
    }
    if let Some(classes) = &evidence.checks.licenses {
        licenses_of_packages(evidence.inventory, classes, &mut found);
        licenses_of_files(evidence, &layers, classes, &mut found);
    }
    found
}

impl Found {
    pub(super) fn push(
        &mut self,
        id: String,
        severity: Severity,
        identity: &[&str],
        detail: Detail,
    ) {
        let mut hasher = blake3::Hasher::new();
        for part in [id.as_str()].iter().chain(identity) {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        // The same twice in one place is two findings, told apart by their order.
        let count = self.made.entry(hasher.finalize()).or_insert(0);
        hasher.update(&count.to_le_bytes());
        *count = count.saturating_add(1);
        self.findings.push(Finding {
            id,
            severity,
            severity_source: None,
            detail,
            state: State::Open,
            fingerprint: hasher.finalize().to_hex().as_str().chars().take(32).collect(),
        });
    }

    fn secret(&mut self, scanner: &Scanner, hit: SecretHit, at: Place) {
        let Some(rule) = scanner.rule(&hit.rule) else { return };
        let aliases: Vec<String> = rule.aliases.iter().map(ToString::to_string).collect();
        self.rules.entry(hit.rule.clone()).or_insert_with(|| RuleText {
            title: rule.title.to_string(),
            aliases: aliases.clone(),
            ..secret_advice()
        });
        let detail = Detail::Secret(Box::new(Secret {
            title: rule.title.to_string(),
            category: rule.category.to_string(),
            aliases,
            stub: hit.stub.clone(),
            at: at.clone(),
        }));
        let [place, inside] = words_of(&at);
        self.push(hit.rule, rule.severity, &["secret", &place, &inside, &hit.stub], detail);
    }
}

/// What is to be done about any secret.
fn secret_advice() -> RuleText {
    RuleText {
        why: "Whoever can pull the image can read it, in every layer: a later layer that deletes \
              the file does not take it out of the image."
            .to_owned(),
        fix: "Revoke it and make a new one: it must be taken for known. Then build without it: \
              mount it while building (`RUN --mount=type=secret`), or give it to the container \
              when it is run."
            .to_owned(),
        ..RuleText::default()
    }
}

/// What of a place stays the same when the image is built again.
fn words_of(place: &Place) -> [String; 2] {
    match place {
        Place::File { location, inside, .. } => {
            [location.path.as_str().to_owned(), inside.clone().unwrap_or_default()]
        }
        Place::Env { name } => ["env".to_owned(), name.clone()],
        Place::Label { name } => ["label".to_owned(), name.clone()],
        Place::History { .. } => ["history".to_owned(), String::new()],
        Place::Image => ["image".to_owned(), String::new()],
    }
}

/// A secret in a file over the layers: where it came from, and what became of it.
struct Sighting<'f> {
    path: &'f ImagePath,
    hit: &'f SecretHit,
    /// The layer that brought it.
    layer: usize,
    /// Lines in the newest copy.
    lines: Option<LineRange>,
    fate: Fate,
}

/// A file that a later layer wrote again with the same secret in it is one finding: of the layer
/// that brought the secret, in the state of the newest copy.
fn secrets_in_files(
    evidence: &Evidence<'_>,
    layers: &Layers<'_>,
    scanner: &Scanner,
    found: &mut Found,
) {
    let mut sightings: Vec<Sighting<'_>> = Vec::new();
    // The newest sighting of each secret: file, rule, stub, and how many of these came before.
    let mut newest: HashMap<(&ImagePath, &str, Option<&str>, &str, u32), usize> = HashMap::new();
    for (layer, facts) in evidence.facts.iter().enumerate() {
        let mut counts: HashMap<(&ImagePath, &str, Option<&str>, &str), u32> = HashMap::new();
        for InFile { path, hit } in &facts.secrets {
            let words = (path, hit.rule.as_str(), hit.inside.as_deref(), hit.stub.as_str());
            let count = counts.entry(words).or_insert(0);
            let key = (words.0, words.1, words.2, words.3, *count);
            *count = count.saturating_add(1);
            let fate = layers.fate(layer, path);
            let earlier = newest.get(&key).and_then(|at| sightings.get_mut(*at));
            if let Some(earlier) = earlier
                && earlier.fate == Fate::Replaced(LayerIndex::at(layer))
            {
                earlier.fate = fate;
                earlier.lines = hit.lines;
                continue;
            }
            newest.insert(key, sightings.len());
            sightings.push(Sighting { path, hit, layer, lines: hit.lines, fate });
        }
    }
    sightings.sort_by(|a, b| {
        (a.path, a.lines, &a.hit.rule, a.layer).cmp(&(b.path, b.lines, &b.hit.rule, b.layer))
    });
    for sighting in sightings {
        let location = Location {
            layer: LayerIndex::at(sighting.layer),
            path: sighting.path.clone(),
            lines: sighting.lines,
        };
        let deleted_by = match sighting.fate {
            Fate::Visible => None,
            Fate::Replaced(layer) | Fate::Deleted(layer) => Some(layer),
        };
        let at = Place::File { location, inside: sighting.hit.inside.clone(), deleted_by };
        found.secret(scanner, sighting.hit.clone(), at);
    }
}

fn secrets_in_config(config: &ImageConfig, scanner: &Scanner, found: &mut Found) {
    // What a variable or a label has, its line of the history has as well.
    let mut told: Vec<(SecretHit, &str)> = Vec::new();
    for setting in &config.env {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        for hit in scan_setting(scanner, name, value) {
            told.push((hit.clone(), value));
            found.secret(scanner, hit, Place::Env { name: name.to_owned() });
        }
    }
    for (name, value) in &config.labels {
        for hit in scan_setting(scanner, name, value) {
            told.push((hit.clone(), value));
            found.secret(scanner, hit, Place::Label { name: name.clone() });
        }
    }
    for (entry, line) in config.history.iter().enumerate() {
        for hit in scan_history(scanner, &line.created_by) {
            let is_told = told.iter().any(|(other, value)| {
                (&other.rule, &other.stub) == (&hit.rule, &hit.stub)
                    && line.created_by.contains(*value)
            });
            if !is_told {
                let entry = u32::try_from(entry).unwrap_or(u32::MAX);
                found.secret(scanner, hit, Place::History { entry });
            }
        }
    }
}

fn misconfiguration(evidence: &Evidence<'_>, layers: &Layers<'_>, found: &mut Found) {
    let mut entries: Vec<EntryFact> = Vec::new();
    let mut files: Vec<FileFact> = Vec::new();
    // Where each path was last seen, and who deleted it.
    let mut places: HashMap<&ImagePath, (usize, Option<LayerIndex>)> = HashMap::new();
    for (layer, facts) in evidence.facts.iter().enumerate() {
        for fact in &facts.entries {
            let deleted_by = match layers.fate(layer, &fact.path) {
                Fate::Replaced(_) => continue,
                Fate::Visible => None,
                Fate::Deleted(by) => Some(by),
            };
            places.insert(&fact.path, (layer, deleted_by));
            entries.push(EntryFact { deleted: deleted_by.is_some(), ..fact.clone() });
        }
        for fact in &facts.files {
            let deleted_by = match layers.fate(layer, &fact.path) {
                Fate::Replaced(_) => continue,
                Fate::Visible => None,
                Fate::Deleted(by) => Some(by),
            };
            places.insert(&fact.path, (layer, deleted_by));
            files.push(FileFact { deleted: deleted_by.is_some(), ..fact.clone() });
        }
    }
    entries.sort();
    files.sort();
    let reference = if evidence.has_config { evidence.image.name.clone() } else { String::new() };
    let input = ImageInput {
        reference,
        config: evidence.image.config.clone(),
        layers: evidence.image.layers.len(),
        today: evidence.today.map(str::to_owned),
        entries,
        files,
    };
    if evidence.has_config {
        found.looked_at.count(Checked::Image);
    }
    let of_layers = history_of_layers(&evidence.image.config);
    for hit in image::check(&input) {
        let Some(rule) = image::RULES.iter().find(|rule| rule.id == hit.rule) else { continue };
        if !evidence.has_config && hit.about.is_none() {
            // Of a root file system there is nothing to say but of its files.
            continue;
        }
        let mut history = hit.history;
        let at = match &hit.about {
            None => Place::Image,
            Some(Part::Env(name)) => Place::Env { name: name.clone() },
            Some(Part::Label(name)) => Place::Label { name: name.clone() },
            Some(Part::History(entry)) => {
                history = Some(*entry);
                Place::History { entry: *entry }
            }
            Some(Part::File(path)) => {
                let (layer, deleted_by) = places.get(path).copied().unwrap_or_default();
                history = of_layers.get(layer).copied();
                let location =
                    Location { layer: LayerIndex::at(layer), path: path.clone(), lines: hit.lines };
                Place::File { location, inside: None, deleted_by }
            }
        };
        let info = rule.info();
        let text = found.rules.entry(hit.rule.clone()).or_insert_with(|| rule_text(&info));
        let detail = Detail::Misconfiguration(Box::new(Misconfiguration {
            title: text.title.clone(),
            message: hit.message,
            checked: Checked::Image,
            aliases: text.aliases.clone(),
            at: at.clone(),
            history,
        }));
        let [place, inside] = words_of(&at);
        found.push(hit.rule, rule.severity, &["misconfiguration", &place, &inside], detail);
    }
}

/// What the documentation of a rule says.
pub(crate) fn rule_text(rule: &RuleInfo) -> RuleText {
    RuleText {
        title: rule.title(),
        why: rule.why(),
        fix: rule.fix(),
        aliases: rule.aliases.iter().map(|&alias| alias.to_owned()).collect(),
    }
}

/// The line of the history that made each layer, the base first.
fn history_of_layers(config: &ImageConfig) -> Vec<u32> {
    let lines = (0_u32..).zip(&config.history);
    lines.filter(|(_, line)| !line.empty_layer).map(|(at, _)| at).collect()
}

fn licenses_of_packages(inventory: &Inventory, classes: &Classes, found: &mut Found) {
    for (at, package) in inventory.packages.iter().enumerate() {
        for stated in &package.licenses {
            let Some(read) = expression(stated) else { continue };
            let (class, severity) = judge(&read, classes);
            let license = read.to_string();
            let detail = Detail::License(Box::new(License {
                license: license.clone(),
                class: class.name().to_owned(),
                package: Some(PackageId::at(at)),
                at: None,
                confidence: 100,
            }));
            let ecosystem = package.ecosystem.name();
            found.push(license, severity, &["license", ecosystem, &package.name], detail);
        }
    }
}

fn licenses_of_files(
    evidence: &Evidence<'_>,
    layers: &Layers<'_>,
    classes: &Classes,
    found: &mut Found,
) {
    for (layer, facts) in evidence.facts.iter().enumerate() {
        for InFile { path, hit } in &facts.licenses {
            if layers.fate(layer, path) == Fate::Visible {
                license_of_file(layer, path, hit, classes, found);
            }
        }
    }
}

fn license_of_file(
    layer: usize,
    path: &ImagePath,
    hit: &LicenseHit,
    classes: &Classes,
    found: &mut Found,
) {
    let Some(read) = expression(&hit.license) else { return };
    let (class, severity) = judge(&read, classes);
    let location = Location { layer: LayerIndex::at(layer), path: path.clone(), lines: None };
    let detail = Detail::License(Box::new(License {
        license: hit.license.clone(),
        class: class.name().to_owned(),
        package: None,
        at: Some(Place::File { location, inside: None, deleted_by: None }),
        confidence: hit.confidence,
    }));
    found.push(hit.license.clone(), severity, &["license", "file", path.as_str()], detail);
}
