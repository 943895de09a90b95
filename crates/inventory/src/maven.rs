//! Maven projects of an image, put together: parents, properties and managed versions.
//!
//! Follows "Introduction to the POM" and "Introduction to the Dependency Mechanism" of Maven, with
//! the image in place of its repositories: what is not in it stays unknown, and is said to be.

use crate::reach::Reach;
use crate::squash::facts_of;
use crate::view::{Bytes, View};
use lazaret_core::extract::{Fact, LayerFacts};
use lazaret_core::location::{ImagePath, LayerIndex, LineRange, Location};
use lazaret_core::maven::{MavenDependency, MavenProject};
use lazaret_core::package::{Ecosystem, PackageFact, Presence};
use lazaret_core::problem::{Problem, ProblemKind};
use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashMap};

/// Parents above one project. Real chains have up to six.
const PARENTS_MAX: usize = 32;

/// Imports of imports of managed versions.
const IMPORTS_MAX: usize = 8;

/// Properties in properties.
const NESTING_MAX: usize = 16;

/// Longest value, in bytes, when everything is filled in.
const VALUE_BYTES_MAX: usize = 1_024;

/// Look-ups for all projects of an image together: a hundred projects with a thousand dependencies
/// each, in three project files above each other, stay below.
const LOOK_UPS_MAX: u64 = 1_000_000;

/// A package that a project declares.
pub(crate) struct Declared<'l> {
    pub(crate) path: &'l ImagePath,
    pub(crate) bytes: &'l Bytes,
    pub(crate) extractor: &'l str,
    pub(crate) package: PackageFact,
}

/// The packages that the project files of an image declare, and what could not be found out.
pub(crate) fn declared<'l, L: Borrow<LayerFacts>>(
    layers: &'l [L],
    view: &'l View,
    reach: &Reach<'_>,
) -> (Vec<Declared<'l>>, Vec<Problem>) {
    let mut projects = Projects::default();
    for (path, versions) in view.files() {
        let Some(bytes) = versions.last() else { continue };
        for fact in facts_of(layers, bytes) {
            let Fact::Maven(project) = &fact.fact else { continue };
            if reach.has(&fact.extractor, path) {
                projects.add(Known { path, bytes, extractor: &fact.extractor, project });
            }
        }
    }
    let mut problems = Vec::new();
    let mut declared = Vec::new();
    for (index, known) in projects.all.iter().enumerate() {
        // What a repository knows of a library is not what a project here asks for.
        if known.path.name() == "pom.xml" {
            let missing = projects.evaluate(index, &mut declared);
            problems.extend(missing.map(|message| known.problem(ProblemKind::Parse, message)));
        }
        if projects.look_ups.get() == 0 {
            let message = "the Maven projects declare more than is looked at".to_owned();
            problems.push(known.problem(ProblemKind::Limit, message));
            break;
        }
    }
    (declared, problems)
}

/// One project file.
struct Known<'l> {
    path: &'l ImagePath,
    bytes: &'l Bytes,
    extractor: &'l str,
    project: &'l MavenProject,
}

impl Known<'_> {
    fn problem(&self, kind: ProblemKind, message: String) -> Problem {
        let layer = LayerIndex::at(self.bytes.layer);
        let location = Location { layer, path: self.path.clone(), lines: None };
        let extractor = Some(self.extractor.to_owned());
        Problem { kind, message, location: Some(location), extractor }
    }
}

/// Group, artifact and version.
type Key = (String, String, String);

/// All project files.
struct Projects<'l> {
    all: Vec<Known<'l>>,
    by_path: BTreeMap<&'l str, usize>,
    by_name: HashMap<Key, usize>,
    /// Managed dependencies of each project by what they are written as.
    managed: Vec<HashMap<(&'l str, &'l str), &'l MavenDependency>>,
    /// What each project takes managed dependencies from.
    imports: Vec<Vec<&'l MavenDependency>>,
    look_ups: std::cell::Cell<u64>,
}

impl Default for Projects<'_> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            by_path: BTreeMap::new(),
            by_name: HashMap::new(),
            managed: Vec::new(),
            imports: Vec::new(),
            look_ups: std::cell::Cell::new(LOOK_UPS_MAX),
        }
    }
}

impl<'l> Projects<'l> {
    fn add(&mut self, known: Known<'l>) {
        let index = self.all.len();
        let project = known.project;
        self.by_path.insert(known.path.as_str(), index);
        let parent = project.parent.as_ref();
        let group = project.group.as_deref().or(parent.map(|parent| &*parent.group));
        let version = project.version.as_deref().or(parent.map(|parent| &*parent.version));
        if let (Some(group), Some(version)) = (group, version) {
            // `${revision}` and the like stand in the same file.
            let version = fill(version, &|name| project.properties.get(name).map(Into::into));
            let version = version.unwrap_or_default();
            let key = (group.to_owned(), project.artifact.clone(), version);
            self.by_name.entry(key).or_insert(index);
        }
        let mut managed = HashMap::new();
        let mut imports = Vec::new();
        for dependency in &project.managed {
            if dependency.scope.as_deref() == Some("import") {
                imports.push(dependency);
                continue;
            }
            managed.entry((&*dependency.group, &*dependency.artifact)).or_insert(dependency);
        }
        self.managed.push(managed);
        self.imports.push(imports);
        self.all.push(known);
    }

    /// A project and what it inherits from, itself first.
    fn chain(&self, index: usize) -> Vec<usize> {
        let mut chain = vec![index];
        while chain.len() < PARENTS_MAX
            && let Some(parent) = chain.last().and_then(|last| self.parent(*last))
            && !chain.contains(&parent)
        {
            chain.push(parent);
        }
        chain
    }

    fn parent(&self, index: usize) -> Option<usize> {
        let known = self.all.get(index)?;
        let parent = known.project.parent.as_ref()?;
        let beside = || {
            if parent.relative_path.is_empty() {
                return None;
            }
            let path = known.path.parent().join(&parent.relative_path);
            let inner = path.join("pom.xml");
            let found = [path.as_str(), inner.as_str()];
            let found = found.iter().find_map(|path| self.by_path.get(*path).copied())?;
            // Another project may lie there; then Maven looks in the repository.
            let there = self.all.get(found)?.project;
            (there.artifact == parent.artifact).then_some(found)
        };
        beside().or_else(|| self.named(&parent.group, &parent.artifact, &parent.version))
    }

    fn named(&self, group: &str, artifact: &str, version: &str) -> Option<usize> {
        let key = (group.to_owned(), artifact.to_owned(), version.to_owned());
        self.by_name.get(&key).copied()
    }

    /// Adds what a project declares, its own and what it inherits; a message if versions are
    /// missing.
    fn evaluate(&self, index: usize, declared: &mut Vec<Declared<'l>>) -> Option<String> {
        let chain = self.chain(index);
        let mut missing = Vec::new();
        for at in &chain {
            let Some(known) = self.all.get(*at) else { continue };
            if known.path.name() != "pom.xml" {
                continue;
            }
            for dependency in &known.project.dependencies {
                if !self.may_look_up() {
                    return None;
                }
                match self.package(&chain, dependency) {
                    Some(package) => declared.push(Declared {
                        path: known.path,
                        bytes: known.bytes,
                        extractor: known.extractor,
                        package,
                    }),
                    None if *at == index => missing.push(dependency),
                    None => {}
                }
            }
        }
        let first = missing.first()?;
        let count = missing.len();
        let (noun, verb) = if count == 1 { ("dependency", "is") } else { ("dependencies", "are") };
        Some(format!(
            "the versions of {count} {noun} {verb} not in the image, such as that of {}:{}",
            first.group, first.artifact
        ))
    }

    fn may_look_up(&self) -> bool {
        let left = self.look_ups.get().saturating_sub(1);
        self.look_ups.set(left);
        left > 0
    }

    fn package(&self, chain: &[usize], dependency: &MavenDependency) -> Option<PackageFact> {
        let fill = |text: &str| self.fill(chain, text);
        let group = fill(&dependency.group)?;
        let artifact = fill(&dependency.artifact)?;
        let managed = self.managed(chain, &group, &artifact, 0);
        let version = match &dependency.version {
            Some(version) => fill(version),
            None => managed.as_ref().and_then(|managed| managed.version.clone()),
        };
        let version = exact(&version?)?.to_owned();
        let scope = dependency.scope.clone().or_else(|| managed.and_then(|m| m.scope));
        let name = crate::lang::java::name(&group, &artifact)?;
        let mut package = PackageFact::installed(Ecosystem::Maven, name, version);
        let is_dev = scope.as_deref() == Some("test");
        package.presence = if is_dev { Presence::DeclaredDev } else { Presence::Declared };
        package.direct = Some(true);
        package.lines = dependency.line.map(|line| LineRange { start: line, end: line });
        Some(package)
    }

    /// What is said for those who depend on this, by the nearest project that says something.
    fn managed(
        &self,
        chain: &[usize],
        group: &str,
        artifact: &str,
        depth: usize,
    ) -> Option<Managed> {
        for at in chain {
            if !self.may_look_up() {
                return None;
            }
            let direct = self.managed.get(*at).and_then(|managed| {
                // Nearly all are written as they are; a group is sometimes `${project.groupId}`.
                managed.get(&(group, artifact)).copied().or_else(|| {
                    managed
                        .get(&("${project.groupId}", artifact))
                        .copied()
                        .filter(|d| self.fill(chain, &d.group).as_deref() == Some(group))
                })
            });
            if let Some(found) = direct {
                let version = found.version.as_ref().and_then(|text| self.fill(chain, text));
                return Some(Managed { version, scope: found.scope.clone() });
            }
            let imports = self.imports.get(*at).filter(|_| depth < IMPORTS_MAX);
            for import in imports.into_iter().flatten() {
                let fill = |text: &str| self.fill(chain, text);
                let found = fill(&import.group)
                    .zip(fill(&import.artifact))
                    .zip(import.version.as_deref().and_then(fill))
                    .and_then(|((group, artifact), version)| {
                        self.named(&group, &artifact, &version)
                    })
                    .and_then(|bill| {
                        let depth = depth.saturating_add(1);
                        self.managed(&self.chain(bill), group, artifact, depth)
                    });
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// A text with every property filled in, by the nearest project that has it.
    fn fill(&self, chain: &[usize], text: &str) -> Option<String> {
        let project = |at: &usize| self.all.get(*at).map(|known| known.project);
        let first = chain.first().and_then(project)?;
        let parent = first.parent.as_ref();
        fill(text, &|name| {
            let inherited = |field: fn(&MavenProject) -> Option<&String>| {
                chain.iter().filter_map(project).find_map(field)
            };
            let field = name.strip_prefix("project.").or_else(|| name.strip_prefix("pom."));
            let value = match field.unwrap_or(name) {
                "groupId" => inherited(|p| p.group.as_ref()).or(parent.map(|p| &p.group)),
                "artifactId" => Some(&first.artifact),
                "version" => inherited(|p| p.version.as_ref()).or(parent.map(|p| &p.version)),
                "parent.groupId" => parent.map(|p| &p.group),
                "parent.version" => parent.map(|p| &p.version),
                _ => None,
            };
            let property = || {
                chain.iter().filter_map(project).find_map(|project| project.properties.get(name))
            };
            // A property of one's own may be called `version`.
            let value =
                if field.is_none() { property().or(value) } else { value.or_else(property) };
            value.map(Into::into)
        })
    }
}

/// What a project says for those who depend on something.
struct Managed {
    version: Option<String>,
    scope: Option<String>,
}

/// The one version that is asked for: `1.0`, which Maven takes unless others ask for more, or
/// `[1.0]`. Nothing if any of several will do.
fn exact(version: &str) -> Option<&str> {
    let version = version.trim();
    let hard = version.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::trim);
    let version = hard.unwrap_or(version);
    crate::lang::java::is_version(version).then_some(version)
}

/// A text with each `${NAME}` filled in; nothing if one of them is not known, or if there is no end
/// to it.
pub(crate) fn fill<'v>(text: &str, value: &dyn Fn(&str) -> Option<Cow<'v, str>>) -> Option<String> {
    let mut text = text.to_owned();
    for _ in 0..NESTING_MAX {
        let Some((before, rest)) = text.split_once("${") else { return Some(text) };
        let (name, after) = rest.split_once('}')?;
        // The inner one first, of those inside of each other.
        let (before, name) = match name.rsplit_once("${") {
            Some((outer, inner)) => (format!("{before}${{{outer}"), inner),
            None => (before.to_owned(), name),
        };
        let value = value(name)?;
        text = format!("{before}{value}{after}");
        if text.len() > VALUE_BYTES_MAX {
            return None;
        }
    }
    None
}
