//! Rules of one's own, written in Rego the way Trivy's are.
//!
//! A rule is a package with `deny` in it (or `warn`, `violation`, or one of them with `_` and a
//! name), and says who it is and what it looks at in a `# METADATA` comment. `result.new(message,
//! cause)` gives a hit its lines. The libraries `data.lib.kubernetes`, `data.lib.docker`,
//! `data.lib.result` and `data.lib.utils` are there with the names Trivy's rules use. Nothing in
//! them, and nothing in Rego here, reaches the network, the environment or a clock.

pub mod file;
pub mod input;
mod metadata;

pub use metadata::Metadata;

use lazaret_core::check::{Part, RuleHit};
use lazaret_core::location::{ImagePath, LineRange};
pub use lazaret_rego::RegoError;
use lazaret_rego::{Rego, Value};
use std::collections::BTreeSet;

/// Files of rules that are read.
const FILES_MAX: usize = 5_000;

/// Hits of one rule in one input.
const HITS_MAX: usize = 1_000;

/// The libraries rules may import.
const LIBRARIES: [(&str, &str); 5] = [
    ("lib/docker.rego", include_str!("lib/docker.rego")),
    ("lib/kubernetes.rego", include_str!("lib/kubernetes.rego")),
    ("lib/result.rego", include_str!("lib/result.rego")),
    ("lib/security_context.rego", include_str!("lib/security_context.rego")),
    ("lib/utils.rego", include_str!("lib/utils.rego")),
];

/// What an input is: what `custom.input.selector` of a rule chooses by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InputKind {
    /// A Kubernetes object (`kubernetes`, `rbac`).
    Kubernetes,
    /// A Dockerfile (`dockerfile`).
    Dockerfile,
    /// The blocks of Terraform files (`terraform-raw`, `terraform`).
    Terraform,
    /// Any other YAML (`yaml`).
    Yaml,
    /// Any other JSON (`json`).
    Json,
    /// Any other TOML (`toml`).
    Toml,
}

/// A rule in Rego.
#[derive(Clone, Debug)]
pub struct RegoRule {
    /// Who it is, and what it looks at.
    pub metadata: Metadata,
    /// The file it is in.
    pub file: String,
    /// Its package, with `data.` before it.
    pub package: String,
    /// The names in it that give hits.
    entries: Vec<String>,
}

/// Rules, ready to be asked.
#[derive(Clone)]
pub struct RegoRules {
    rules: Vec<RegoRule>,
    engine: Rego,
}

/// What rules found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegoChecked {
    /// What is wrong, sorted. Of inputs that are from several files, each says which it is about.
    pub hits: Vec<RuleHit>,
    /// Rules that did not come to an end.
    pub errors: Vec<RegoError>,
    /// The ids of those that did, and had something to look at.
    pub looked: Vec<String>,
}

impl RegoRules {
    /// Reads rules and libraries, given as name and text. Names are only told in errors.
    ///
    /// Files whose name ends in `_test.rego` are tests and are left out.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, RegoError> {
        let error =
            |file: &str, message: String| RegoError { file: file.to_owned(), line: None, message };
        if files.len() > FILES_MAX {
            return Err(error("rules", format!("more than {FILES_MAX} files")));
        }
        let mut engine = Rego::new()?;
        engine.add_function("result.new", 2, new)?;
        engine.add_function("isManaged", 1, |_| Value::from(true))?;
        for (name, text) in LIBRARIES {
            // One of the same name that is brought along stands in its place.
            let package = text.lines().next().unwrap_or_default();
            let is_replaced =
                files.iter().any(|(_, text)| text.lines().any(|line| line.trim() == package));
            if !is_replaced {
                engine.add(name, text)?;
            }
        }
        let mut rules = Vec::new();
        for (name, text) in files.iter().filter(|(name, _)| !name.ends_with("_test.rego")) {
            let package = engine.add(name, text)?;
            let metadata = metadata::read(text)
                .map_err(|e| RegoError { file: (*name).to_owned(), ..e })?
                .unwrap_or_default();
            let entries = entries(text);
            let is_library = package.starts_with("data.lib.") || metadata.is_library;
            if !is_library && !entries.is_empty() {
                rules.push(RegoRule { metadata, file: (*name).to_owned(), package, entries });
            }
        }
        engine.check_calls()?;
        for rule in &mut rules {
            rule.complete(&mut engine);
        }
        rules.sort_by(|a, b| (&a.metadata.id, &a.file).cmp(&(&b.metadata.id, &b.file)));
        Ok(Self { rules, engine })
    }

    /// The rules, by id.
    pub fn rules(&self) -> &[RegoRule] {
        &self.rules
    }

    /// Whether any rule looks at inputs of a kind.
    pub fn wants(&self, kind: InputKind) -> bool {
        self.rules.iter().any(|rule| rule.metadata.looks_at(kind))
    }

    /// What the rules find in inputs of a kind, and what went wrong. `path` is where the inputs are
    /// from; rules that ask for all inputs together are given these.
    pub fn check(&self, kind: InputKind, path: &str, inputs: &[serde_json::Value]) -> RegoChecked {
        let mut engine = self.engine.clone();
        let mut hits = Vec::new();
        let mut errors = Vec::new();
        let mut looked = BTreeSet::new();
        for rule in self.rules.iter().filter(|rule| rule.metadata.looks_at(kind)) {
            let combined = rule.metadata.is_combined.then(|| {
                let parts = inputs
                    .iter()
                    .map(|input| serde_json::json!({ "path": path, "contents": input }));
                vec![serde_json::Value::Array(parts.collect())]
            });
            for input in combined.as_deref().unwrap_or(inputs) {
                if !rule.metadata.chooses(input) {
                    continue;
                }
                engine.set_input(Value::from(input.clone()));
                match rule.run(&mut engine, path, &mut hits) {
                    Ok(()) => looked.insert(rule.metadata.id.as_str()),
                    Err(error) => {
                        errors.push(error);
                        false
                    }
                };
            }
        }
        hits.sort();
        hits.dedup();
        errors.dedup();
        RegoChecked { hits, errors, looked: looked.into_iter().map(str::to_owned).collect() }
    }
}

impl RegoRule {
    /// Takes what older rules say of themselves in `__rego_metadata__` and `__rego_input__`.
    fn complete(&mut self, engine: &mut Rego) {
        for name in ["__rego_metadata__", "__rego_input__"] {
            let value = engine.ask(&self.file, &format!("{}.{name}", self.package));
            if let Ok(Some(json)) = value {
                self.metadata.add_legacy(&json);
            }
        }
        if self.metadata.id.is_empty() {
            self.metadata.id =
                self.package.strip_prefix("data.").unwrap_or(&self.package).to_owned();
        }
    }

    fn run(&self, engine: &mut Rego, path: &str, hits: &mut Vec<RuleHit>) -> Result<(), RegoError> {
        for entry in &self.entries {
            let items = match engine.ask(&self.file, &format!("{}.{entry}", self.package))? {
                Some(serde_json::Value::Array(items)) => items,
                Some(serde_json::Value::Bool(true)) => vec![serde_json::Value::Bool(true)],
                Some(serde_json::Value::String(text)) => vec![serde_json::Value::String(text)],
                _ => Vec::new(),
            };
            for item in items.iter().take(HITS_MAX) {
                hits.push(self.hit(item, path));
            }
        }
        Ok(())
    }

    /// A hit of what a rule gave: a text, or an object with `msg` and lines.
    fn hit(&self, item: &serde_json::Value, path: &str) -> RuleHit {
        let message = item.as_str().or_else(|| item.get("msg").and_then(|msg| msg.as_str()));
        let message = message.map_or_else(|| self.metadata.title.clone(), str::to_owned);
        let of_cause = |name: &str| {
            let places = [item.get("metadata"), Some(item)];
            let mut places = places.into_iter().flatten();
            places.find_map(|place| place.get(name).or_else(|| place.get(capital(name))))
        };
        let line = |name: &str| {
            of_cause(name)
                .and_then(serde_json::Value::as_u64)
                .and_then(|line| u32::try_from(line).ok())
                .filter(|line| *line > 0)
        };
        let lines = line("startline")
            .map(|start| LineRange { start, end: line("endline").unwrap_or(start).max(start) });
        let file = of_cause("filepath").and_then(serde_json::Value::as_str);
        let file = file.filter(|file| *file != path && !file.is_empty());
        let about = file.and_then(|file| ImagePath::parse(file.as_bytes()).ok()).map(Part::File);
        RuleHit { rule: self.metadata.id.clone(), message, lines, about, history: None }
    }
}

/// The same name as Dockerfile commands have it.
fn capital(name: &str) -> &str {
    match name {
        "startline" => "StartLine",
        "endline" => "EndLine",
        "filepath" => "Path",
        other => other,
    }
}

/// `result.new` for rules that do not import it.
fn new(arguments: Vec<Value>) -> Value {
    let mut arguments = arguments.into_iter();
    let message = arguments.next().unwrap_or(Value::Undefined);
    let cause = arguments.next().unwrap_or(Value::Undefined);
    let own = cause.as_object().ok().map(|object| {
        object.get(&Value::from("__defsec_metadata")).cloned().unwrap_or_else(|| cause.clone())
    });
    let mut result = Value::new_object();
    if let Ok(object) = result.as_object_mut() {
        object.insert(Value::from("msg"), message);
        object.insert(Value::from("metadata"), own.unwrap_or_else(Value::new_object));
    }
    result
}

/// The names in a rule that give hits.
fn entries(text: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in text.lines() {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = line.find(|c| !is_name(c)).unwrap_or(line.len());
        let (name, rest) = line.split_at_checked(end).unwrap_or((line, ""));
        let is_entry = ["deny", "warn", "violation"].iter().any(|word| {
            name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        });
        // A function of such a name is none.
        let is_rule = rest.starts_with(['[', ' ', '{', ':', '=']);
        if is_entry && is_rule && !entries.iter().any(|other| other == name) {
            entries.push(name.to_owned());
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes;
    use lazaret_core::severity::Severity;

    const OLD: &str = "package user.kubernetes.ID001\n\nimport data.lib.kubernetes\nimport \
                       data.lib.result\n\n__rego_metadata__ := {\"id\": \"ID001\", \"avd_id\": \
                       \"AVD-US-0001\", \"title\": \"No deployments\", \"severity\": \"LOW\"}\n\n\
                       __rego_input__ := {\"combine\": false, \"selector\": [{\"type\": \
                       \"kubernetes\"}]}\n\ndeny[res] {\n\tinput.kind == \"Deployment\"\n\t\
                       container := kubernetes.containers[_]\n\tmsg := sprintf(\"no %s\", \
                       [kubernetes.name])\n\tres := result.new(msg, container)\n}\n";

    const NEW: &str = "# METADATA\n# title: Owner missing\n# description: Say whose it is.\n# \
                       custom:\n#   id: USR-0002\n#   aliases: [owner]\n#   severity: HIGH\n#   \
                       recommended_action: Add a label.\n#   input:\n#     selector:\n#       - type: \
                       kubernetes\n#         subtypes:\n#           - kind: deployment\npackage \
                       user.owner\n\nimport rego.v1\n\ndeny contains res if {\n\tnot \
                       input.metadata.labels.owner\n\tres := result.new(\"no owner\", \
                       input.metadata)\n}\n\nwarn_name contains \"too short\" if \
                       count(input.metadata.name) < 2\n";

    const MANIFEST: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: w\nspec:\n  \
                            template:\n    spec:\n      containers:\n        - name: a\n          \
                            image: b:1\n---\nkind: Service\nmetadata:\n  name: s\n";

    fn hits(rules: &RegoRules) -> Vec<RuleHit> {
        let (manifest, _) = kubernetes::read(MANIFEST);
        let inputs = input::kubernetes(&manifest, "web.yaml");
        let RegoChecked { hits, errors, .. } =
            rules.check(InputKind::Kubernetes, "web.yaml", &inputs);
        assert_eq!(errors, []);
        hits
    }

    #[test]
    fn rules_of_both_syntaxes_find_what_they_look_for_and_where() {
        let rules = RegoRules::load(&[("old.rego", OLD), ("new.rego", NEW)]).unwrap();
        let hit = |rule: &str, message: &str, lines: Option<(u32, u32)>| RuleHit {
            rule: rule.to_owned(),
            message: message.to_owned(),
            lines: lines.map(|(start, end)| LineRange { start, end }),
            about: None,
            history: None,
        };
        assert_eq!(
            hits(&rules),
            [
                hit("ID001", "no w", Some((9, 10))),
                hit("USR-0002", "no owner", Some((4, 4))),
                hit("USR-0002", "too short", None),
            ]
        );
        let [old, new] = rules.rules() else { panic!("two rules") };
        assert_eq!(old.metadata.aliases, ["AVD-US-0001"]);
        assert_eq!((old.metadata.severity, new.metadata.severity), (Severity::Low, Severity::High));
        assert_eq!(new.metadata.title, "Owner missing");
        assert_eq!(new.metadata.fix, "Add a label.");
        assert_eq!(new.metadata.aliases, ["owner"]);
    }

    #[test]
    fn an_error_says_which_file_and_line() {
        let error =
            RegoRules::load(&[("bad.rego", "package a\n\ndeny contains {\n")]).err().unwrap();
        assert_eq!(error.file, "bad.rego");
        assert!(error.line.is_some_and(|line| line >= 3), "{error:?}");
        let text =
            "package a\n\nimport rego.v1\n\ndeny contains msg if {\n\tmsg := nothing.there(1)\n}\n";
        let error = match RegoRules::load(&[("b.rego", text)]) {
            Err(error) => error,
            Ok(rules) => {
                rules.check(InputKind::Json, "x", &[serde_json::json!({})]).errors.remove(0)
            }
        };
        assert_eq!((error.file.as_str(), error.line), ("b.rego", Some(6)));
        let text = "# METADATA\n# custom:\n#   severity: BAD\npackage a\n\ndeny := []\n";
        let error = RegoRules::load(&[("c.rego", text)]).err().unwrap();
        assert_eq!((error.file.as_str(), error.line), ("c.rego", Some(3)));
    }

    #[test]
    fn a_rule_that_does_not_end_is_ended() {
        let text = "package a\n\nimport rego.v1\n\ndeny contains msg if {\n\tsome i in \
                    numbers.range(1, 3000)\n\tsome j in numbers.range(1, 3000)\n\tsome k in \
                    numbers.range(1, 3000)\n\ti + j + k == 0\n\tmsg := \"never\"\n}\n";
        let mut rules = RegoRules::load(&[("slow.rego", text)]).unwrap();
        rules.engine.set_time_max(std::time::Duration::from_millis(200));
        let RegoChecked { hits, errors, .. } =
            rules.check(InputKind::Json, "x", &[serde_json::json!({})]);
        assert!(hits.is_empty());
        assert_eq!(errors.len(), 1);
    }

    #[test]
    fn rules_only_see_what_they_choose() {
        let text = NEW.replace("type: kubernetes", "type: dockerfile");
        let rules = RegoRules::load(&[("a.rego", &text), ("a_test.rego", "nonsense")]).unwrap();
        assert_eq!(hits(&rules), []);
    }

    #[test]
    fn dockerfiles_and_terraform_are_seen_as_trivy_shows_them() {
        let docker = "package user.df\n\nimport rego.v1\nimport data.lib.docker\n\ndeny contains res if \
                      {\n\tsome command in docker.user\n\tcommand.Value[0] == \"root\"\n\tres := \
                      result.new(\"root\", command)\n}\n";
        let raw = "package user.tf\n\nimport rego.v1\n\ndeny contains res if {\n\tsome block in \
                   input.modules[_].blocks\n\tblock.type == \"aws_ecr_repository\"\n\tattribute := \
                   block.attributes.force_delete\n\tattribute.value == true\n\tres := \
                   result.new(block.name, attribute)\n}\n";
        let rules = RegoRules::load(&[("df.rego", docker), ("tf.rego", raw)]).unwrap();
        let input = serde_json::json!({"Stages": [{"Name": "a", "Commands": [
            {"Cmd": "user", "Value": ["root"], "StartLine": 3, "EndLine": 4}]}]});
        let RegoChecked { hits, errors, .. } =
            rules.check(InputKind::Dockerfile, "Dockerfile", &[input]);
        assert_eq!(errors, []);
        assert_eq!(hits[0].lines, Some(LineRange { start: 3, end: 4 }));
        let text = "resource \"aws_ecr_repository\" \"web\" {\n  force_delete = true\n}\n";
        let read = crate::terraform::read_module(&[("main.tf", text)]).remove(0).0;
        let input = input::terraform(&[("main.tf", &read)]);
        let RegoChecked { hits, errors, .. } =
            rules.check(InputKind::Terraform, "main.tf", &[input]);
        assert_eq!(errors, []);
        assert_eq!(
            (hits[0].message.as_str(), hits[0].lines),
            ("web", Some(LineRange { start: 2, end: 2 }))
        );
    }
}
