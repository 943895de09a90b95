//! Files an image is built from and run by: which of a folder are looked at, and what is found.

use super::Checks;
use super::custom::check_custom;
use super::findings::{Found, rule_text};
use crate::skip::Skip;
use lazaret_check::dockerfile::{self, Settings};
use lazaret_check::iac::{self, File};
use lazaret_check::rego;
use lazaret_check::rule::{Rule, RuleInfo};
use lazaret_check::{compose, image, kubernetes, terraform};
use lazaret_core::check::RuleHit;
use lazaret_core::finding::{Checked, Detail, Misconfiguration, Place, State};
use lazaret_core::limits::Limits;
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_core::severity::Severity;
use lazaret_image::{EntryHeader, EntryType, LayerError, Source, Visit, Want};
use std::collections::BTreeMap;

/// Folders whose files belong to others: what a version control system keeps, and what a package
/// manager put there.
const FOREIGN: [&str; 2] = [".git", "node_modules"];

/// Endings of files that may hold configuration; what is in them decides.
const ENDINGS: [&str; 6] = [".yaml", ".yml", ".json", ".tf", ".tofu", ".tfvars"];

/// A file with its path in the folder that is looked at.
pub struct ConfigFile {
    /// Where it is.
    pub path: ImagePath,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What a file is looked at as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Dockerfile,
    Iac(iac::Kind),
    /// Values for the variables of a Terraform folder.
    TerraformValues,
}

pub(super) fn kind_of(path: &str, bytes: &[u8]) -> Option<FileKind> {
    if dockerfile::is_dockerfile(path) {
        return Some(FileKind::Dockerfile);
    }
    if path.ends_with(".tfvars") {
        return Some(FileKind::TerraformValues);
    }
    iac::kind_of(path, bytes).map(FileKind::Iac)
}

impl ConfigFile {
    /// Whether it is of a kind that rules look at.
    pub fn is_known(&self) -> bool {
        kind_of(self.path.as_str(), &self.bytes).is_some()
    }
}

/// The configuration files of a folder that is open as a root file system, and what could not be
/// read.
pub(crate) fn collect(
    source: &Source,
    checks: &Checks,
    skip: &Skip,
    limits: &Limits,
) -> Result<(Vec<ConfigFile>, Vec<Problem>), LayerError> {
    let has_custom = checks.custom.is_some();
    let (files, problems) = (Vec::new(), Vec::new());
    let mut collector = Collector { limits, skip, has_custom, files, bytes: 0, problems };
    source.walk(0, 0, &mut collector)?;
    Ok((collector.files, collector.problems))
}

struct Collector<'l> {
    limits: &'l Limits,
    skip: &'l Skip,
    /// Whether rules of the user's own look at files of kinds that no other rule knows.
    has_custom: bool,
    files: Vec<ConfigFile>,
    bytes: u64,
    problems: Vec<Problem>,
}

impl Visit for Collector<'_> {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        let path = header.path.as_str();
        let is_foreign = path.split('/').any(|part| FOREIGN.contains(&part));
        let is_named = dockerfile::is_dockerfile(path)
            || (self.has_custom && rego::file::is_shown(path))
            || ENDINGS.iter().any(|ending| path.to_ascii_lowercase().ends_with(ending));
        let most = u64::try_from(iac::FILE_BYTES_MAX).unwrap_or(u64::MAX);
        let fits = header.size_bytes > 0 && header.size_bytes <= most;
        let is_file = header.kind == EntryType::File && !self.skip.skips(&header.path, false);
        if is_file && !is_foreign && is_named && fits { Want::Body } else { Want::Skip }
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        let path = header.path.as_str();
        let is_shown = self.has_custom && rego::file::is_shown(path);
        if !is_shown && kind_of(path, bytes).is_none() {
            return;
        }
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.bytes > self.limits.memory_bytes / 2 {
            let message = "there are more configuration files than fit into the memory limit; \
                           this one was not looked at (--memory gives it more)";
            self.problems.push(problem(ProblemKind::Limit, &header.path, None, message.to_owned()));
            return;
        }
        self.files.push(ConfigFile { path: header.path.clone(), bytes: bytes.to_vec() });
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

pub(super) fn problem(
    kind: ProblemKind,
    path: &ImagePath,
    line: Option<u32>,
    message: String,
) -> Problem {
    let lines = line.map(|line| LineRange { start: line, end: line });
    let location = Location { layer: LayerIndex(0), path: path.clone(), lines };
    Problem { kind, message, location: Some(location), extractor: None }
}

/// Holds all rules against files, and says what they break. `today` (RFC 3339 date) decides whether
/// comments that accept something still hold.
pub(crate) fn check_files(
    files: &[ConfigFile],
    checks: &Checks,
    today: Option<&str>,
    found: &mut Found,
) {
    let mut modules: BTreeMap<ImagePath, Vec<&ConfigFile>> = BTreeMap::new();
    for file in files {
        match kind_of(file.path.as_str(), &file.bytes) {
            Some(FileKind::Dockerfile) => check_dockerfile(file, &checks.dockerfile, today, found),
            Some(FileKind::Iac(iac::Kind::Terraform) | FileKind::TerraformValues) => {
                modules.entry(file.path.parent()).or_default().push(file);
            }
            Some(FileKind::Iac(kind)) => {
                let checked = iac::check(kind, view(file), date(today));
                take(file, kind, checked, found);
            }
            None if checks.custom.is_some() && rego::file::is_shown(file.path.as_str()) => {}
            None => {
                let message = "this is no kind of configuration file that is known: expected a \
                               Dockerfile, manifests of Kubernetes, a Compose file or Terraform";
                let told = problem(ProblemKind::Parse, &file.path, None, message.to_owned());
                found.problems.push(told);
            }
        }
    }
    for files in modules.into_values() {
        let views: Vec<File<'_>> = files.iter().map(|file| view(file)).collect();
        for (file, checked) in files.iter().zip(iac::check_module(&views, date(today))) {
            take(file, iac::Kind::Terraform, checked, found);
        }
    }
    if let Some(rules) = &checks.custom {
        check_custom(rules, files, date(today), found);
    }
}

pub(super) fn view(file: &ConfigFile) -> File<'_> {
    File { path: file.path.as_str(), bytes: &file.bytes }
}

/// A day as the rules for configuration have it. Without one, no comment has ended.
fn date(today: Option<&str>) -> time::Date {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    today.and_then(|day| time::Date::parse(day, format).ok()).unwrap_or(time::Date::MIN)
}

fn check_dockerfile(file: &ConfigFile, asked: &Settings, today: Option<&str>, found: &mut Found) {
    let settings = Settings { today: today.and_then(|day| day.parse().ok()), ..asked.clone() };
    let checked = dockerfile::check(&file.bytes, &settings);
    let unread = |told: &dockerfile::FileProblem| told.kind != dockerfile::ProblemKind::Ignore;
    if !checked.problems.iter().any(unread) {
        found.looked_at.count(Checked::Dockerfile);
    }
    for told in checked.problems {
        let kind = match told.kind {
            dockerfile::ProblemKind::Limit => ProblemKind::Limit,
            _ => ProblemKind::Parse,
        };
        found.problems.push(problem(kind, &file.path, Some(told.line), told.message));
    }
    for hit in checked.hits {
        let Some(rule) = dockerfile::RULES.iter().find(|rule| rule.id == hit.hit.rule) else {
            continue;
        };
        let info = rule.info();
        let state = hit.ignored.map_or(State::Open, |ignored| {
            accepted(
                &file.path,
                ignored.line,
                ignored.reason,
                ignored.until.map(|day| day.to_string()),
            )
        });
        let severity = settings.severity(&info);
        push(file, Checked::Dockerfile, hit.hit, &info, severity, state, found);
    }
}

/// The state of a finding that a comment in its own file accepts.
pub(super) fn accepted(
    path: &ImagePath,
    line: u32,
    reason: Option<String>,
    until: Option<String>,
) -> State {
    let reason = reason.unwrap_or_else(|| "a comment in the file accepts it".to_owned());
    State::Suppressed { by: format!("{path}:{line}"), reason, until }
}

fn take(file: &ConfigFile, kind: iac::Kind, checked: iac::Checked, found: &mut Found) {
    let looked_at = match kind {
        iac::Kind::Kubernetes => Checked::Kubernetes,
        iac::Kind::Compose => Checked::Compose,
        iac::Kind::Terraform => Checked::Terraform,
    };
    if checked.problems.is_empty() {
        found.looked_at.count(looked_at);
    }
    for told in checked.problems {
        found.problems.push(problem(ProblemKind::Parse, &file.path, told.line, told.message));
    }
    let open = checked.hits.into_iter().map(|hit| (hit, State::Open));
    let waived = checked.waived.into_iter().map(|waived| {
        let until = waived.until.map(|day| day.to_string());
        (waived.hit, accepted(&file.path, waived.line, waived.reason, until))
    });
    let rules = kind.rules();
    for (hit, state) in open.chain(waived) {
        let Some(info) = rules.iter().find(|rule| rule.id == hit.rule) else { continue };
        push(file, looked_at, hit, info, info.severity, state, found);
    }
}

fn push(
    file: &ConfigFile,
    checked: Checked,
    hit: RuleHit,
    info: &RuleInfo,
    severity: Severity,
    state: State,
    found: &mut Found,
) {
    let text = found.rules.entry(hit.rule.clone()).or_insert_with(|| rule_text(info));
    let location = Location { layer: LayerIndex(0), path: file.path.clone(), lines: hit.lines };
    let detail = Detail::Misconfiguration(Box::new(Misconfiguration {
        title: text.title.clone(),
        message: hit.message,
        checked,
        aliases: text.aliases.clone(),
        at: Place::File { location, inside: None, deleted_by: None },
        history: None,
    }));
    found.push(hit.rule, severity, &["misconfiguration", file.path.as_str()], detail);
    if let Some(last) = found.findings.last_mut() {
        last.state = state;
    }
}

/// Every rule about configuration files and images, by id.
pub fn rules() -> Vec<RuleInfo> {
    let mut rules: Vec<RuleInfo> = dockerfile::RULES.iter().map(Rule::info).collect();
    rules.extend(image::RULES.iter().map(|rule| rule.info()));
    rules.extend(kubernetes::rules());
    rules.extend(compose::rules());
    rules.extend(terraform::rules());
    rules.sort_by_key(|rule| rule.id);
    rules
}
