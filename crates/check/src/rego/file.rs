//! What rules in Rego are shown of a file: which inputs of which kind are in it.

use super::{InputKind, input};
use crate::waiver::CheckProblem;
use crate::{dockerfile, iac, kubernetes, tree};
use lazaret_core::location::LineRange;
use serde_json::Value as Json;

/// Inputs of one kind.
pub type Inputs = (InputKind, Vec<Json>);

/// Whether a file's name is one that rules may be shown. Terraform is shown folder by folder, see
/// [`input::terraform`].
pub fn is_shown(path: &str) -> bool {
    dockerfile::is_dockerfile(path) || ending(path).is_some()
}

/// The kinds of data by what names end in.
fn ending(path: &str) -> Option<InputKind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (_, ending) = name.rsplit_once('.')?;
    match ending {
        "yaml" | "yml" => Some(InputKind::Yaml),
        "json" => Some(InputKind::Json),
        "toml" => Some(InputKind::Toml),
        _ => None,
    }
}

/// What is in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// The inputs, kind by kind.
    pub inputs: Vec<Inputs>,
    /// The lines of all they hold, for comments that accept a hit.
    pub ranges: Vec<LineRange>,
    /// Why there is none, or not all.
    pub problem: Option<CheckProblem>,
}

/// The inputs in a file of which rules ask for one of the kinds `wanted`.
pub fn show(path: &str, bytes: &[u8], wanted: impl Fn(InputKind) -> bool) -> Shown {
    let problem = |line, message: &str| Some(CheckProblem { line, message: message.to_owned() });
    let is_dockerfile = dockerfile::is_dockerfile(path);
    let data = ending(path).filter(|_| !is_dockerfile);
    let is_manifest = iac::kind_of(path, bytes) == Some(iac::Kind::Kubernetes);
    let is_wanted = (is_dockerfile && wanted(InputKind::Dockerfile))
        || data.is_some_and(&wanted)
        || (is_manifest && wanted(InputKind::Kubernetes));
    if !is_wanted {
        return Shown::default();
    }
    if bytes.len() > iac::FILE_BYTES_MAX {
        let problem = problem(None, "too large for rules in Rego: not shown to them");
        return Shown { problem, ..Shown::default() };
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        let problem = problem(None, "not UTF-8: not shown to rules in Rego");
        return Shown { problem, ..Shown::default() };
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut shown = Vec::new();
    let mut ranges = Vec::new();
    if is_dockerfile {
        let (file, _) = dockerfile::parse(text);
        ranges.extend(file.instructions.iter().map(|instruction| instruction.lines));
        shown.push((InputKind::Dockerfile, vec![input::dockerfile(&file, text, path)]));
    }
    if is_manifest && wanted(InputKind::Kubernetes) {
        let (manifest, _) = kubernetes::read(text);
        for object in &manifest.objects {
            object.node.each_range(&mut |range| ranges.push(range));
        }
        shown.push((InputKind::Kubernetes, input::kubernetes(&manifest, path)));
    }
    let mut wrong = None;
    match data.filter(|kind| wanted(*kind)) {
        None | Some(InputKind::Dockerfile | InputKind::Kubernetes | InputKind::Terraform) => {}
        Some(InputKind::Toml) => match toml::from_str::<Json>(text) {
            Ok(value) => shown.push((InputKind::Toml, vec![value])),
            Err(error) => {
                let before = error.span().and_then(|span| text.get(..span.start));
                let line = before.map(|before| before.lines().count().max(1));
                let line = line.and_then(|line| u32::try_from(line).ok());
                wrong = problem(line, error.message());
            }
        },
        Some(kind @ (InputKind::Yaml | InputKind::Json)) => {
            let (documents, broken) = tree::read(text);
            for document in &documents {
                document.each_range(&mut |range| ranges.push(range));
            }
            shown.push((kind, input::documents(&documents, path)));
            // A template is no YAML before somebody fills it in, and manifests are told of already.
            if let Some(broken) = broken.filter(|_| !is_manifest && !text.contains("{{")) {
                wrong = problem(Some(broken.line), &broken.message);
            }
        }
    }
    Shown { inputs: shown, ranges, problem: wrong }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(path: &str, text: &str) -> Vec<(InputKind, usize)> {
        let Shown { inputs, problem, .. } = show(path, text.as_bytes(), |_| true);
        assert_eq!(problem, None, "{path}");
        inputs.into_iter().map(|(kind, inputs)| (kind, inputs.len())).collect()
    }

    #[test]
    fn files_are_shown_as_what_they_are() {
        assert_eq!(kinds("a/Dockerfile.dev", "FROM a\n"), [(InputKind::Dockerfile, 1)]);
        let pods = "apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod\n";
        assert_eq!(kinds("p.yml", pods), [(InputKind::Kubernetes, 2), (InputKind::Yaml, 2)]);
        assert_eq!(kinds("compose.yaml", "services: {}\n"), [(InputKind::Yaml, 1)]);
        assert_eq!(kinds("a.JSON", "{\"a\": [1]}"), [(InputKind::Json, 1)]);
        assert_eq!(kinds("a.toml", "[a]\nb = 1979-05-27\n"), [(InputKind::Toml, 1)]);
        assert_eq!(kinds("a.txt", "a"), []);
        assert!(is_shown("x/a.toml") && !is_shown("x/a.tf") && !is_shown("toml"));
    }

    #[test]
    fn what_cannot_be_read_is_told_where_somebody_asks() {
        for (path, text, line) in
            [("a.toml", "a = 1\nb = \n", Some(2)), ("a.yaml", "a: [\nb", Some(1))]
        {
            let problem = show(path, text.as_bytes(), |_| true).problem;
            assert_eq!(problem.unwrap().line, line, "{path}");
            assert_eq!(show(path, text.as_bytes(), |_| false).problem, None);
        }
        assert!(show("a.json", b"\xff", |_| true).problem.is_some());
        assert_eq!(show("a.yaml", b"a: {{ .Values.b }}\n  c: [", |_| true).problem, None);
    }
}
