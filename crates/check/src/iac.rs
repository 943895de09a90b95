//! Files that say how containers are run: which of them are read, and what is found in one.

use crate::rule::RuleInfo;
use crate::waiver::{CheckProblem, WaivedHit, take_waived};
use crate::{compose, kubernetes, terraform, tree};
use lazaret_core::check::RuleHit;
use lazaret_core::location::LineRange;
use time::Date;

/// The largest file that is read; what tools render for whole clusters has a few megabytes.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How much of a file is looked at to know what it is: a license text fits before what tells.
const HEAD_BYTES: usize = 64 * 1024;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Kubernetes manifests, rendered or still a template of Helm.
    Kubernetes,
    /// A Compose file.
    Compose,
    /// Terraform or OpenTofu configuration, in its own syntax or in JSON.
    Terraform,
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Rules that are broken.
    pub hits: Vec<RuleHit>,
    /// Those that a comment in the file accepts.
    pub waived: Vec<WaivedHit>,
    /// What was not read or not understood.
    pub problems: Vec<CheckProblem>,
}

/// A file with its path.
#[derive(Clone, Copy, Debug)]
pub struct File<'f> {
    /// Where it is; only its name and folder tell anything.
    pub path: &'f str,
    /// What is in it.
    pub bytes: &'f [u8],
}

impl Kind {
    /// The rules that look at files of the kind.
    pub fn rules(self) -> Vec<RuleInfo> {
        match self {
            Self::Kubernetes => kubernetes::rules(),
            Self::Compose => compose::rules(),
            // Terraform makes Kubernetes objects too.
            Self::Terraform => [terraform::rules(), kubernetes::rules()].concat(),
        }
    }
}

/// What a file is, by its name and its first lines; nothing if it is none of these.
pub fn kind_of(path: &str, bytes: &[u8]) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|end| name.ends_with(end));
    if ends(&[".tf", ".tf.json", ".tofu", ".tofu.json"]) {
        return Some(Kind::Terraform);
    }
    if !ends(&[".yaml", ".yml", ".json"]) {
        return None;
    }
    let head = String::from_utf8_lossy(bytes.get(..HEAD_BYTES).unwrap_or(bytes));
    if ends(&[".json"]) {
        let is_manifest = head.contains("\"apiVersion\"") && head.contains("\"kind\"");
        return is_manifest.then_some(Kind::Kubernetes);
    }
    let is_key =
        |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let has = |key: &str| head.lines().any(|line| is_key(line.trim_start_matches('\u{feff}'), key));
    let has_within = |key: &str| head.lines().any(|line| is_key(line.trim_start(), key));
    let is_compose_name =
        ["docker-compose", "compose", "podman-compose", "container-compose"].iter().any(|start| {
            name.strip_prefix(start).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
        });
    let has_services = head.lines().any(|line| line.trim_end() == "services:");
    if has_services
        && (is_compose_name || has_within("image") || has_within("build"))
        && !has("apiVersion")
    {
        return Some(Kind::Compose);
    }
    (has("apiVersion") && has("kind")).then_some(Kind::Kubernetes)
}

/// What the rules of its kind find in one file. `today` decides whether ignores in it still hold.
pub fn check(kind: Kind, file: File<'_>, today: Date) -> Checked {
    match kind {
        Kind::Terraform => {
            let mut checked = check_module(&[file], today);
            checked.pop().unwrap_or_default()
        }
        Kind::Kubernetes => with_text(file, |text| {
            let (manifest, problems) = kubernetes::read(text);
            let ranges = || manifest.objects.iter().flat_map(|o| ranges_of(&o.node)).collect();
            finish(text, kubernetes::check(&manifest), problems, ranges, Kind::Kubernetes, today)
        }),
        Kind::Compose => with_text(file, |text| {
            let (documents, error) = tree::read(text);
            let problems = error
                .map(|e| CheckProblem { line: Some(e.line), message: e.message })
                .into_iter()
                .collect();
            let hits = documents.iter().flat_map(compose::check).collect();
            let ranges = || documents.iter().flat_map(ranges_of).collect();
            finish(text, hits, problems, ranges, Kind::Compose, today)
        }),
    }
}

/// What the rules find in the files of one Terraform folder, file by file in the order given.
/// Together they are a module: variables and locals of one are used in the others. Files with
/// values for variables (`terraform.tfvars`, `*.auto.tfvars`) belong to it too.
pub fn check_module(files: &[File<'_>], today: Date) -> Vec<Checked> {
    let texts: Vec<(&str, Result<&str, CheckProblem>)> =
        files.iter().map(|file| (file.path, text_of(*file))).collect();
    let readable: Vec<(&str, &str)> =
        texts.iter().map(|(path, text)| (*path, text.as_ref().map_or("", |text| *text))).collect();
    let module = terraform::read_module(&readable);
    module
        .into_iter()
        .zip(texts)
        .map(|((configuration, problems), (_, text))| match text {
            Ok(text) => {
                let hits = terraform::check(&configuration);
                let ranges = || configuration.ranges();
                finish(text, hits, problems, ranges, Kind::Terraform, today)
            }
            Err(problem) => Checked { problems: vec![problem], ..Checked::default() },
        })
        .collect()
}

fn with_text(file: File<'_>, check: impl FnOnce(&str) -> Checked) -> Checked {
    match text_of(file) {
        Ok(text) => check(text),
        Err(problem) => Checked { problems: vec![problem], ..Checked::default() },
    }
}

fn text_of(file: File<'_>) -> Result<&str, CheckProblem> {
    let problem = |message: String| CheckProblem { line: None, message };
    if file.bytes.len() > FILE_BYTES_MAX {
        return Err(problem(format!("larger than {FILE_BYTES_MAX} bytes: not read")));
    }
    let text =
        std::str::from_utf8(file.bytes).map_err(|_| problem("not UTF-8: not read".to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn ranges_of(node: &tree::Node) -> Vec<LineRange> {
    let mut ranges = Vec::new();
    node.each_range(&mut |range| ranges.push(range));
    ranges
}

fn finish(
    text: &str,
    mut hits: Vec<RuleHit>,
    mut problems: Vec<CheckProblem>,
    ranges: impl FnOnce() -> Vec<LineRange>,
    kind: Kind,
    today: Date,
) -> Checked {
    let mut waived = Vec::new();
    if text.contains(":ignore") {
        let rules = kind.rules();
        let is_named = |id: &str, word: &str| {
            rules.iter().find(|rule| rule.id == id).is_some_and(|rule| rule.is_named(word))
        };
        waived = take_waived(text, &ranges(), &is_named, today, &mut hits, &mut problems);
    }
    Checked { hits, waived, problems }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const DAY: Date = date!(2026 - 01 - 02);

    #[test]
    fn kinds_are_known_by_name_and_content() {
        for (path, text, kind) in [
            ("k8s/web.yaml", "# c\napiVersion: v1\nkind: Pod\n", Some(Kind::Kubernetes)),
            ("web.json", "{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}", Some(Kind::Kubernetes)),
            ("t.yml", "{{- if x }}\napiVersion: v1\nkind: Pod\n", Some(Kind::Kubernetes)),
            ("docker-compose.prod.yml", "services:\n  a:\n    image: b\n", Some(Kind::Compose)),
            ("stack.yml", "services:\n  a:\n    image: b\n", Some(Kind::Compose)),
            ("compose.yaml", "services:\n  a: {}\n", Some(Kind::Compose)),
            ("main.tf", "", Some(Kind::Terraform)),
            ("main.tf.json", "{}", Some(Kind::Terraform)),
            ("Chart.yaml", "apiVersion: v2\nname: x\n", None),
            ("values.yaml", "image: b\n", None),
            ("cases.yaml", "a:\n  apiVersion: v1\n  kind: Pod\n", None),
            ("package.json", "{}", None),
            ("a.txt", "apiVersion: v1\nkind: Pod\n", None),
        ] {
            assert_eq!(kind_of(path, text.as_bytes()), kind, "{path}");
        }
    }

    #[test]
    fn an_ignore_in_the_file_takes_a_hit_out_and_keeps_it() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  # trivy:ignore:AVD-KSV-0009\n  \
                    hostNetwork: true\n  hostPID: true\n";
        let file = File { path: "p.yaml", bytes: text.as_bytes() };
        let checked = check(Kind::Kubernetes, file, DAY);
        assert!(checked.hits.iter().all(|hit| hit.rule != "KS002"));
        assert!(checked.hits.iter().any(|hit| hit.rule == "KS004"));
        assert_eq!(checked.waived[0].hit.rule, "KS002");
        assert_eq!(checked.problems, []);
    }

    #[test]
    fn a_broken_file_is_a_problem_on_a_line() {
        for (kind, text) in
            [(Kind::Kubernetes, "a: [\nb"), (Kind::Compose, "a: [\nb"), (Kind::Terraform, "a {\n")]
        {
            let file = File { path: "x.tf", bytes: text.as_bytes() };
            let checked = check(kind, file, DAY);
            assert!(checked.problems[0].line.is_some(), "{kind:?}");
            let file = File { path: "x.tf", bytes: b"\xff\xfe" };
            assert_eq!(check(kind, file, DAY).problems[0].message, "not UTF-8: not read");
        }
    }

    #[test]
    fn no_beginning_of_a_file_makes_any_rule_fail() {
        for kind in [Kind::Kubernetes, Kind::Compose, Kind::Terraform] {
            for rule in kind.rules() {
                for example in rule.bad() {
                    for end in (0..example.len()).step_by(7) {
                        let Some(text) = example.get(..end) else { continue };
                        check(kind, File { path: "a.tf", bytes: text.as_bytes() }, DAY);
                    }
                }
            }
        }
    }

    #[test]
    fn large_files_take_no_longer_than_they_must() {
        let pod = "---\nkind: Pod\nmetadata: {name: p, namespace: n}\nspec:\n  containers:\n    - \
                   {name: a, image: b}\n---\nkind: Namespace\nmetadata: {name: n}\n";
        let text = "# trivy:ignore:KS001\n".to_owned() + &pod.repeat(4_000);
        let file = File { path: "a.yaml", bytes: text.as_bytes() };
        let checked = check(Kind::Kubernetes, file, DAY);
        // A thousand of each rule that is broken, and no more.
        assert!(checked.hits.len() > 10_000);
        let keys: Vec<String> = (0..40_000).map(|i| format!("k{i} = 1\n")).collect();
        let text = format!("a \"b\" \"c\" {{\n x = {{\n{}}}\n}}\n", keys.concat());
        let file = File { path: "a.tf", bytes: text.as_bytes() };
        let problems = check(Kind::Terraform, file, DAY).problems;
        assert!(problems[0].message.starts_with("more than 4096 names"));
        assert_eq!(problems[0].line, Some(4_099));
    }
}
