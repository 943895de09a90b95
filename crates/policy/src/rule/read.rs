//! `lazaret-policy.yaml`: read, with what it extends.
//!
//! Every key is known or an error with its place: a rule that is misspelled must not pass for one
//! that found nothing.

use super::bound::{Bound, number, size};
use super::finding::{FindingWhen, Severities};
use super::image::{ImageWhen, Port, Selector};
use super::{Hygiene, Remark, Rule, RuleEffect, Section, Unanswered, preset};
use crate::kind::Kind;
use crate::pattern::{Names, Pattern};
use crate::purl::Purl;
use crate::source::{Fields, FileError, Node, Place, Source, Value};
use lazaret_core::advisory::Status;
use lazaret_core::package::Ecosystem;
use lazaret_core::problem::ProblemKind;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use std::collections::BTreeSet;

/// How far files may extend each other: an organization, a department, a team and some room.
const DEPTH_MAX: usize = 8;

/// The most rules a policy may have.
const RULES_MAX: usize = 2_000;

/// Keys of the file.
pub(crate) const FILE_KEYS: [&str; 8] =
    ["version", "name", "extends", "rules", "base-image", "application", "images", "suppressions"];
/// Keys of a rule.
pub(crate) const RULE_KEYS: [&str; 11] = [
    "id",
    "effect",
    "reason",
    "owner",
    "until",
    "when",
    "rego",
    "rego-file",
    "images",
    "unanswered",
    "final",
];
/// Keys of `when` that are about findings.
pub(crate) const FINDING_KEYS: [&str; 20] = [
    "kind",
    "severity",
    "fixable",
    "status",
    "cvss",
    "epss",
    "epss-percentile",
    "kev",
    "ransomware",
    "days-since-disclosure",
    "days-since-fix",
    "id",
    "cwe",
    "package",
    "ecosystem",
    "package-type",
    "license",
    "path",
    "secret",
    "misconfiguration",
];
/// Keys of `when` that are about the image and its scan.
pub(crate) const IMAGE_KEYS: [&str; 16] = [
    "user",
    "port",
    "label",
    "label-missing",
    "age-days",
    "size",
    "base",
    "digest-pinned",
    "tag",
    "os",
    "end-of-life",
    "end-of-life-within-days",
    "database-age-days",
    "incomplete",
    "has-package",
    "has-license",
];
/// Keys that choose images.
pub(crate) const SELECTOR_KEYS: [&str; 4] = ["registry", "repository", "tag", "label"];
/// Keys of a section for some images.
pub(crate) const MAPPING_KEYS: [&str; 4] = ["name", "match", "extends", "rules"];
/// Keys of `suppressions`.
pub(crate) const SUPPRESSION_KEYS: [&str; 10] = [
    "files",
    "vex",
    "require",
    "days-max",
    "expiring-days",
    "unused",
    "expired",
    "expiring",
    "foreign-vex",
    "unread",
];

/// Rules that hold for some images only.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// What it is called.
    pub name: String,
    /// The rules.
    pub rules: Vec<Rule>,
    pub(crate) selectors: Vec<Selector>,
}

/// A policy file, with everything it extends.
#[derive(Clone, Debug, Default)]
pub struct PolicyFile {
    /// What it is called.
    pub name: String,
    /// Rules for every image, in their order.
    pub rules: Vec<Rule>,
    /// Rules for some images; the first that fits an image holds for it.
    pub mappings: Vec<Mapping>,
    /// What becomes of ignore files and VEX documents.
    pub hygiene: Hygiene,
    /// The files it was read from, the outermost first.
    pub files: Vec<String>,
}

/// Gives the name and text of a file that another one extends: the name of that one, then the name
/// as it is written there.
pub type Load<'l> = &'l mut dyn FnMut(&str, &str) -> Result<(String, String), String>;

impl PolicyFile {
    /// Reads a policy file and what it extends.
    pub fn read(file: &str, text: &str, load: Load<'_>) -> Result<Self, FileError> {
        let mut reader = Reader { load, open: Vec::new() };
        let policy = reader.read(file, text)?;
        let rules =
            policy.rules.len() + policy.mappings.iter().map(|m| m.rules.len()).sum::<usize>();
        if rules > RULES_MAX {
            let message = format!("it has more than {RULES_MAX} rules");
            return Err(Source::new(file, text).error(Place::default(), message));
        }
        Ok(policy)
    }

    /// One of the policies in the program.
    pub fn preset(name: &str) -> Option<Self> {
        let text = preset::text(name)?;
        let mut nothing = |_: &str, _: &str| Err("a preset extends presets only".to_owned());
        // A test reads every preset.
        Self::read(name, text, &mut nothing).ok()
    }
}

struct Reader<'l> {
    load: Load<'l>,
    /// The files that are being read, each extended by the one before it.
    open: Vec<String>,
}

impl Reader<'_> {
    fn read(&mut self, file: &str, text: &str) -> Result<PolicyFile, FileError> {
        let source = Source::new(file, text);
        let document = source.yaml()?;
        let mut policy = PolicyFile { files: vec![file.to_owned()], ..PolicyFile::default() };
        if matches!(document.value, Value::Null) {
            return Err(source.error(document.place, "the file is empty"));
        }
        let fields = source.map(&document, &FILE_KEYS)?;
        match fields.get("version") {
            Some(node) if source.text(node)? == "1" => {}
            Some(node) => return Err(source.error(node.place, "this program reads version 1")),
            None => return Err(source.error(document.place, "the first key is `version: 1`")),
        }
        if let Some(node) = fields.get("extends") {
            self.open.push(file.to_owned());
            let extended = self.extend(source, node)?;
            self.open.pop();
            for inherited in extended {
                policy.rules = override_rules(source, policy.rules, inherited.rules)?;
                policy.mappings.extend(inherited.mappings);
                policy.hygiene = inherited.hygiene;
                policy.files.extend(inherited.files);
            }
        }
        policy.name = match fields.get("name") {
            Some(node) => source.text(node)?,
            None => file.to_owned(),
        };
        let mut own = Changes::default();
        if let Some(node) = fields.get("rules") {
            read_rules(source, node, None, &mut own, self.load)?;
        }
        for (key, section) in [("base-image", Section::Base), ("application", Section::Application)]
        {
            if let Some(node) = fields.get(key) {
                let inner = source.map(node, &["rules"])?;
                if let Some(node) = inner.get("rules") {
                    read_rules(source, node, Some(section), &mut own, self.load)?;
                }
            }
        }
        policy.rules = own.apply(source, policy.rules)?;
        if let Some(node) = fields.get("images") {
            let mut mappings = Vec::new();
            for node in node.items() {
                mappings.push(self.mapping(source, node, &policy.rules)?);
            }
            // What is nearer to the image is asked first.
            mappings.append(&mut policy.mappings);
            policy.mappings = mappings;
        }
        if let Some(node) = fields.get("suppressions") {
            read_hygiene(source, node, &mut policy.hygiene)?;
        }
        Ok(policy)
    }

    fn extend(&mut self, source: Source<'_>, node: &Node) -> Result<Vec<PolicyFile>, FileError> {
        let mut extended = Vec::new();
        for item in node.items() {
            let name = source.text(item)?;
            let (file, text) = match preset::text(&name) {
                Some(text) => (name, text.to_owned()),
                None => (self.load)(source.file, &name)
                    .map_err(|why| source.error(item.place, format!("`{name}`: {why}")))?,
            };
            if self.open.contains(&file) {
                let message = format!("`{file}` extends itself");
                return Err(source.error(item.place, message));
            }
            if self.open.len() >= DEPTH_MAX {
                let message = format!("more than {DEPTH_MAX} files extend each other");
                return Err(source.error(item.place, message));
            }
            extended.push(self.read(&file, &text)?);
        }
        Ok(extended)
    }

    fn mapping(
        &mut self,
        source: Source<'_>,
        node: &Node,
        inherited: &[Rule],
    ) -> Result<Mapping, FileError> {
        let fields = source.map(node, &MAPPING_KEYS)?;
        let Some(matches) = fields.get("match") else {
            return Err(source.error(node.place, "it needs a `match`"));
        };
        let selectors = matches
            .items()
            .iter()
            .map(|node| selector(source, node))
            .collect::<Result<Vec<_>, _>>()?;
        let mut rules = Vec::new();
        if let Some(node) = fields.get("extends") {
            self.open.push(source.file.to_owned());
            for extended in self.extend(source, node)? {
                rules = override_rules(source, rules, extended.rules)?;
            }
            self.open.pop();
        }
        let mut own = Changes::default();
        if let Some(node) = fields.get("rules") {
            read_rules(source, node, None, &mut own, self.load)?;
        }
        let rules = own.apply_to_part(source, rules, inherited)?;
        let name = match fields.get("name") {
            Some(node) => source.text(node)?,
            None => selectors.iter().map(Selector::words).collect::<Vec<_>>().join("; "),
        };
        // They stand in for those of the same id, which may be final.
        override_rules(source, inherited.to_vec(), rules.clone())?;
        Ok(Mapping { name, rules, selectors })
    }
}

/// Rules of a file, and ids of those it takes away.
#[derive(Default)]
struct Changes {
    rules: Vec<Rule>,
    off: Vec<(String, Place)>,
}

impl Changes {
    fn apply(self, source: Source<'_>, inherited: Vec<Rule>) -> Result<Vec<Rule>, FileError> {
        let mut rules = inherited;
        for (id, place) in self.off {
            let found = rules.iter().position(|rule| rule.id == id);
            let Some(at) = found else {
                return Err(source.error(place, format!("there is no rule `{id}` to switch off")));
            };
            let rule = rules.remove(at);
            if rule.is_final {
                return Err(source.error(place, is_final(&rule)));
            }
        }
        override_rules(source, rules, self.rules)
    }

    /// The same for the rules of some images: one of the whole file is switched off for them by a
    /// rule of its id that never fires.
    fn apply_to_part(
        mut self,
        source: Source<'_>,
        own: Vec<Rule>,
        whole: &[Rule],
    ) -> Result<Vec<Rule>, FileError> {
        let (here, there): (Vec<_>, Vec<_>) =
            self.off.drain(..).partition(|(id, _)| own.iter().any(|rule| rule.id == *id));
        self.off = here;
        let mut rules = self.apply(source, own)?;
        for (id, place) in there {
            let Some(found) = whole.iter().find(|rule| rule.id == id) else {
                return Err(source.error(place, format!("there is no rule `{id}` to switch off")));
            };
            if found.is_final {
                return Err(source.error(place, is_final(found)));
            }
            rules.push(Rule { finding: None, image: None, code: None, ..found.clone() });
        }
        Ok(rules)
    }
}

fn is_final(rule: &Rule) -> String {
    format!("the rule `{}` of {}:{} is final", rule.id, rule.file, rule.line)
}

/// Rules with others added; one with the id of another takes its place.
fn override_rules(
    source: Source<'_>,
    mut rules: Vec<Rule>,
    others: Vec<Rule>,
) -> Result<Vec<Rule>, FileError> {
    for other in others {
        match rules.iter_mut().find(|rule| rule.id == other.id) {
            // The same rule reached by two ways is one rule.
            Some(rule) if rule.is_final && (&rule.file, rule.line) != (&other.file, other.line) => {
                let place = Place { line: other.line, column: 1 };
                let place = if other.file == source.file { place } else { Place::default() };
                return Err(source.error(place, is_final(rule)));
            }
            Some(rule) => *rule = other,
            None => rules.push(other),
        }
    }
    Ok(rules)
}

fn read_rules(
    source: Source<'_>,
    node: &Node,
    section: Option<Section>,
    changes: &mut Changes,
    load: Load<'_>,
) -> Result<(), FileError> {
    for node in node.items() {
        let fields = source.map(node, &RULE_KEYS)?;
        let Some(id_node) = fields.get("id") else {
            return Err(source.error(node.place, "the rule has no `id`"));
        };
        let id = source.text(id_node)?;
        let is_id = id.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
        if !is_id {
            let message = format!("`{id}` is no id: use lower-case letters, digits, `-` and `.`");
            return Err(source.error(id_node.place, message));
        }
        if changes.rules.iter().any(|rule| rule.id == id) {
            return Err(source.error(id_node.place, format!("there are two rules `{id}`")));
        }
        let Some(effect_node) = fields.get("effect") else {
            return Err(source.error(node.place, "the rule has no `effect`"));
        };
        let effect = match &effect_node.value {
            // YAML 1.1 reads `off` as a truth value.
            Value::Bool(false) => None,
            _ => match source.text(effect_node)?.as_str() {
                "off" => None,
                "deny" => Some(RuleEffect::Deny),
                "warn" => Some(RuleEffect::Warn),
                "allow" => Some(RuleEffect::Allow),
                other => {
                    let message =
                        format!("`{other}` is no effect: expected deny, warn, allow or off");
                    return Err(source.error(effect_node.place, message));
                }
            },
        };
        let Some(effect) = effect else {
            if ["when", "rego", "rego-file"].iter().any(|key| fields.get(key).is_some()) {
                let message = "a rule that is off asks for nothing";
                return Err(source.error(effect_node.place, message));
            }
            changes.off.push((id, id_node.place));
            continue;
        };
        let text = |name: &str| fields.get(name).map(|node| source.text(node)).transpose();
        let code = super::rego::read(source, fields, &id, effect, &mut *load)?;
        let (finding, image) = match fields.get("when") {
            Some(when) => read_when(source, when)?,
            None if code.is_some() => (None, None),
            None => return Err(source.error(node.place, "the rule has no `when`")),
        };
        let asks_of_findings = finding.is_some();
        if effect == RuleEffect::Allow && !asks_of_findings {
            let message = "`allow` is for findings: say which ones, or make another rule stricter";
            return Err(source.error(effect_node.place, message));
        }
        if section.is_some() && !asks_of_findings {
            let message = "only findings are of a base image or an application";
            return Err(source.error(node.place, message));
        }
        let unanswered = match fields.get("unanswered") {
            None => Unanswered::default(),
            Some(node) => match source.text(node)?.as_str() {
                "incomplete" => Unanswered::Incomplete,
                "warn" => Unanswered::Warn,
                "pass" => Unanswered::Pass,
                other => {
                    let message = format!("`{other}` is none of incomplete, warn and pass");
                    return Err(source.error(node.place, message));
                }
            },
        };
        let selectors = match fields.get("images") {
            None => Vec::new(),
            Some(node) => node
                .items()
                .iter()
                .map(|node| selector(source, node))
                .collect::<Result<Vec<_>, _>>()?,
        };
        changes.rules.push(Rule {
            id,
            effect,
            reason: text("reason")?,
            owner: text("owner")?,
            until: fields.get("until").map(|node| source.day(node)).transpose()?,
            file: source.file.to_owned(),
            line: node.place.line,
            section,
            finding,
            image,
            code,
            selectors,
            unanswered,
            is_final: fields.get("final").map_or(Ok(false), |node| source.boolean(node))?,
        });
    }
    Ok(())
}

type When = (Option<FindingWhen>, Option<ImageWhen>);

fn read_when(source: Source<'_>, node: &Node) -> Result<When, FileError> {
    let keys: Vec<&str> = FINDING_KEYS.into_iter().chain(IMAGE_KEYS).collect();
    let fields = source.map(node, &keys)?;
    let has = |keys: &[&str]| fields.0.iter().any(|(key, _)| keys.contains(&key.name.as_str()));
    if fields.0.is_empty() {
        let message = "`when` names nothing: say `kind` for all findings of a kind";
        return Err(source.error(node.place, message));
    }
    // A key without a value asks for nothing, and the rule would fire on everything.
    for (key, value) in fields.0 {
        if matches!(&value.value, Value::Null)
            || matches!(&value.value, Value::List(items) if items.is_empty())
        {
            return Err(source.error(key.place, format!("`{}` has no value", key.name)));
        }
    }
    let finding = has(&FINDING_KEYS).then(|| read_finding_when(source, fields)).transpose()?;
    let image = has(&IMAGE_KEYS).then(|| read_image_when(source, fields)).transpose()?;
    Ok((finding, image))
}

/// The value of a key, read by `read` where it is there.
fn field<T>(
    fields: Fields<'_>,
    name: &str,
    read: impl FnOnce(&Node) -> Result<T, FileError>,
) -> Result<Option<T>, FileError> {
    fields.get(name).map(read).transpose()
}

fn read_finding_when(source: Source<'_>, fields: Fields<'_>) -> Result<FindingWhen, FileError> {
    let mut when = FindingWhen::default();
    if let Some(node) = fields.get("kind") {
        for item in node.items() {
            let word = source.text(item)?;
            let kind = word
                .parse()
                .map_err(|error: crate::KindError| source.error(item.place, error.to_string()))?;
            when.kinds.insert(kind);
        }
    }
    for (key, kind) in [("secret", Kind::Secret), ("misconfiguration", Kind::Misconfiguration)] {
        let Some(node) = fields.get(key) else { continue };
        when.kinds.insert(kind);
        match &node.value {
            Value::Bool(true) => {}
            _ => when.ids = Some(names(source, node)?),
        }
    }
    when.severity = field(fields, "severity", |node| {
        let parse = |item: &Node| {
            source.text(item)?.parse().map_err(|error: lazaret_core::severity::SeverityError| {
                source.error(item.place, error.to_string())
            })
        };
        Ok(match &node.value {
            Value::List(items) => {
                Severities::Only(items.iter().map(parse).collect::<Result<_, _>>()?)
            }
            _ => Severities::AtLeast(parse(node)?),
        })
    })?;
    when.statuses = field(fields, "status", |node| {
        let parse = |item: &Node| {
            let word = source.text(item)?;
            Status::ALL.into_iter().find(|status| status.name() == word).ok_or_else(|| {
                let all = Status::ALL.map(Status::name).join(", ");
                source.error(item.place, format!("`{word}` is no status: expected one of {all}"))
            })
        };
        node.items().iter().map(parse).collect()
    })?
    .unwrap_or_default();
    when.fixable = field(fields, "fixable", |node| source.boolean(node))?;
    when.exploited = field(fields, "kev", |node| source.boolean(node))?;
    when.ransomware = field(fields, "ransomware", |node| source.boolean(node))?;
    let plain = |node: &Node| bound(source, node, number, "a number such as 7 or `< 7`");
    when.cvss = field(fields, "cvss", plain)?;
    when.epss = field(fields, "epss", plain)?;
    when.epss_percentile = field(fields, "epss-percentile", plain)?;
    when.since_disclosure = field(fields, "days-since-disclosure", plain)?;
    when.since_fix = field(fields, "days-since-fix", plain)?;
    if let Some(node) = fields.get("id") {
        when.ids = Some(names(source, node)?);
    }
    when.cwes = field(fields, "cwe", |node| names(source, node))?;
    when.licenses = field(fields, "license", |node| names(source, node))?;
    if let Some(node) = fields.get("package") {
        (when.packages, when.purls) = packages(source, node)?;
    }
    when.types = field(fields, "ecosystem", |node| {
        node.items().iter().map(|item| ecosystem(source, item)).collect()
    })?
    .unwrap_or_default();
    when.os_package = field(fields, "package-type", |node| match source.text(node)?.as_str() {
        "os" => Ok(true),
        "library" => Ok(false),
        other => Err(source.error(node.place, format!("`{other}` is neither os nor library"))),
    })?;
    when.paths = field(fields, "path", |node| {
        let pattern = |item: &Node| {
            Pattern::path(&source.text(item)?)
                .map_err(|error| source.error(item.place, error.to_string()))
        };
        node.items().iter().map(pattern).collect()
    })?
    .unwrap_or_default();
    Ok(when)
}

fn read_image_when(source: Source<'_>, fields: Fields<'_>) -> Result<ImageWhen, FileError> {
    let mut when = ImageWhen::default();
    let plain = |node: &Node| bound(source, node, number, "a number such as 30 or `> 30`");
    let list = |node: &Node| names(source, node);
    when.user = field(fields, "user", list)?;
    when.ports = field(fields, "port", |node| {
        let port = |item: &Node| {
            let word = source.text(item)?;
            Ok(if word.starts_with(['<', '>']) {
                Port::Bound(bound(source, item, number, "a port such as 22 or `< 1024`")?)
            } else {
                Port::Named(word)
            })
        };
        node.items().iter().map(port).collect()
    })?
    .unwrap_or_default();
    when.labels = field(fields, "label", |node| labels(source, node))?.unwrap_or_default();
    when.labels_missing =
        field(fields, "label-missing", |node| source.texts(node))?.unwrap_or_default();
    when.age_days = field(fields, "age-days", plain)?;
    when.size = field(fields, "size", |node| bound(source, node, size, "a size such as `> 500M`"))?;
    when.base = field(fields, "base", list)?;
    when.digest_pinned = field(fields, "digest-pinned", |node| source.boolean(node))?;
    when.tag = field(fields, "tag", list)?;
    when.os = field(fields, "os", list)?;
    when.end_of_life = field(fields, "end-of-life", |node| source.boolean(node))?;
    when.end_of_life_within_days =
        field(fields, "end-of-life-within-days", |node| days(source, node))?;
    when.database_age_days = field(fields, "database-age-days", plain)?;
    when.problems = field(fields, "incomplete", |node| problems(source, node))?.unwrap_or_default();
    if let Some(node) = fields.get("has-package") {
        (when.packages, when.purls) = packages(source, node)?;
    }
    when.licenses = field(fields, "has-license", list)?;
    Ok(when)
}

/// A number and how it is compared.
fn bound(
    source: Source<'_>,
    node: &Node,
    parse: fn(&str) -> Option<f64>,
    expected: &str,
) -> Result<Bound, FileError> {
    if let Value::Number(value) = node.value {
        return Ok(Bound::at_least(value));
    }
    let text = source.text(node)?;
    Bound::parse(&text, parse)
        .ok_or_else(|| source.error(node.place, format!("expected {expected}, found `{text}`")))
}

/// A whole number of days.
fn days(source: Source<'_>, node: &Node) -> Result<i64, FileError> {
    source.number(node)?;
    let days = source.text(node)?.parse::<u32>();
    days.map(i64::from).map_err(|_| source.error(node.place, "expected a whole number of days"))
}

fn names(source: Source<'_>, node: &Node) -> Result<Names, FileError> {
    Names::new(source.texts(node)?).map_err(|error| source.error(node.place, error.to_string()))
}

/// Names of packages, and package urls.
fn packages(source: Source<'_>, node: &Node) -> Result<(Option<Names>, Vec<Purl>), FileError> {
    let (purls, words): (Vec<String>, Vec<String>) =
        source.texts(node)?.into_iter().partition(|word| word.starts_with("pkg:"));
    if !purls.is_empty() && !words.is_empty() {
        let message = "name packages either by name or by package url in one rule";
        return Err(source.error(node.place, message));
    }
    let purls = purls
        .iter()
        .map(|word| Purl::parse(word).map_err(|e| source.error(node.place, e.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    let names = Names::new(words).map_err(|e| source.error(node.place, e.to_string()))?;
    Ok((purls.is_empty().then_some(names), purls))
}

/// The type of package urls for the name of an ecosystem.
fn ecosystem(source: Source<'_>, node: &Node) -> Result<String, FileError> {
    let word = source.text(node)?;
    let lower = word.to_ascii_lowercase();
    let known: StrDeserializer<'_, WordError> = lower.as_str().into_deserializer();
    match Ecosystem::deserialize(known) {
        Ok(ecosystem) => Ok(ecosystem.purl_type().to_owned()),
        Err(_) => Err(source.error(node.place, format!("`{word}` is no ecosystem that is read"))),
    }
}

fn problems(source: Source<'_>, node: &Node) -> Result<BTreeSet<ProblemKind>, FileError> {
    if let Value::Bool(asked) = node.value {
        if !asked {
            let message = "a rule fires on what is incomplete: `incomplete: true`";
            return Err(source.error(node.place, message));
        }
        return Ok([
            ProblemKind::Parse,
            ProblemKind::Limit,
            ProblemKind::Layer,
            ProblemKind::Entry,
            ProblemKind::Coverage,
            ProblemKind::Internal,
        ]
        .into());
    }
    let parse = |item: &Node| {
        let word = source.text(item)?;
        let known: StrDeserializer<'_, WordError> = word.as_str().into_deserializer();
        ProblemKind::deserialize(known).map_err(|_| {
            let all = "parse, limit, layer, entry, coverage or internal";
            source.error(item.place, format!("`{word}` is no kind of problem: expected {all}"))
        })
    };
    node.items().iter().map(parse).collect()
}

fn labels(source: Source<'_>, node: &Node) -> Result<Vec<(String, Names)>, FileError> {
    let fields = source.open_map(node)?;
    let label =
        |(key, value): &(crate::source::Key, Node)| Ok((key.name.clone(), names(source, value)?));
    fields.0.iter().map(label).collect()
}

fn selector(source: Source<'_>, node: &Node) -> Result<Selector, FileError> {
    let fields = source.map(node, &SELECTOR_KEYS)?;
    if fields.0.is_empty() {
        return Err(source.error(node.place, "it chooses every image: leave it out"));
    }
    let list = |node: &Node| names(source, node);
    Ok(Selector {
        registry: field(fields, "registry", list)?,
        repository: field(fields, "repository", list)?,
        tag: field(fields, "tag", list)?,
        labels: field(fields, "label", |node| labels(source, node))?.unwrap_or_default(),
    })
}

fn read_hygiene(source: Source<'_>, node: &Node, hygiene: &mut Hygiene) -> Result<(), FileError> {
    let fields = source.map(node, &SUPPRESSION_KEYS)?;
    if let Some(files) = field(fields, "files", |node| source.boolean(node))? {
        hygiene.files = files;
    }
    if let Some(vex) = field(fields, "vex", |node| source.boolean(node))? {
        hygiene.vex = vex;
    }
    if let Some(node) = fields.get("require") {
        for item in node.items() {
            match source.text(item)?.as_str() {
                "reason" => hygiene.needs_reason = true,
                "owner" => hygiene.needs_owner = true,
                "expiry" => hygiene.needs_expiry = true,
                other => {
                    let message = format!("`{other}` is none of reason, owner and expiry");
                    return Err(source.error(item.place, message));
                }
            }
        }
    }
    if let Some(days) = field(fields, "days-max", |node| days(source, node))? {
        hygiene.days_max = Some(days);
    }
    if let Some(days) = field(fields, "expiring-days", |node| days(source, node))? {
        hygiene.expiring_days = days;
    }
    for (key, remark) in [
        ("unused", &mut hygiene.unused),
        ("expired", &mut hygiene.expired),
        ("expiring", &mut hygiene.expiring),
        ("foreign-vex", &mut hygiene.foreign_vex),
        ("unread", &mut hygiene.unread),
    ] {
        let Some(node) = fields.get(key) else { continue };
        *remark = match source.text(node)?.as_str() {
            "pass" => Remark::Pass,
            "warn" => Remark::Warn,
            "deny" => Remark::Deny,
            other => {
                let message = format!("`{other}` is none of pass, warn and deny");
                return Err(source.error(node.place, message));
            }
        };
    }
    Ok(())
}
