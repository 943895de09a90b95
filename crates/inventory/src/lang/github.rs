//! Workflows and actions of GitHub: what they use.
//!
//! Read line by line: a comment behind a commit says which release it is, `uses: a/b@0123… # v1.2.3`.

use super::declared::{Packages, declared};
use crate::lines::Lines;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, Presence};

/// Actions and workflows that a workflow or an action uses. Those in the same repository and
/// container images are left out.
pub(crate) static USES: Extractor = Extractor {
    id: "github/uses",
    version: 1,
    title: "GitHub workflows and actions",
    spec: "https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax",
    selects: &[
        Select::Tail(".github/workflows/*.yml"),
        Select::Tail(".github/workflows/*.yaml"),
        Select::Tail(".github/actions/*/action.yml"),
        Select::Tail(".github/actions/*/action.yaml"),
    ],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: true },
    run,
};

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let mut packages = Packages::new(sink);
    // The indentation of the key whose text block is being read.
    let mut block: Option<usize> = None;
    for line in Lines::new(input.bytes) {
        let text = std::str::from_utf8(line.text)
            .map_err(|_| ParseError::at(line.number, "the line is not UTF-8"))?;
        let inner = text.trim_start_matches(' ');
        if inner.is_empty() {
            continue;
        }
        let indent = text.len().saturating_sub(inner.len());
        if block.is_some_and(|block| indent > block) {
            continue;
        }
        block = None;
        // The keys of a list's item stand behind its hyphen.
        let key = inner.strip_prefix("- ").map_or(inner, str::trim_start);
        let (value, comment) = key.split_once(" #").unwrap_or((key, ""));
        let value = value.trim_end();
        let opens = value.trim_end_matches(['+', '-']);
        if opens.ends_with(": |") || opens.ends_with(": >") {
            block = Some(text.len().saturating_sub(key.len()));
            continue;
        }
        let Some(used) = value.strip_prefix("uses:") else { continue };
        if let Some((name, version)) = action(used, comment) {
            let (presence, line) = (Presence::Declared, Some(line.number));
            packages.add(declared(Ecosystem::Github, name, version, presence, line));
        }
    }
    packages.finish()
}

/// The repository of an action and its release.
fn action<'a>(used: &'a str, comment: &'a str) -> Option<(&'a str, &'a str)> {
    let used = used.trim().trim_matches(['"', '\'']);
    let (path, version) = used.split_once('@')?;
    if path.starts_with('.') || path.contains("://") {
        return None;
    }
    let repository_end = path.match_indices('/').nth(1).map_or(path.len(), |(at, _)| at);
    let name = path.get(..repository_end).filter(|name| name.contains('/'))?;
    let is_commit = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    let release = comment.split_whitespace().find(|word| {
        let number = word.strip_prefix('v').unwrap_or(word);
        number.starts_with(|c: char| c.is_ascii_digit()) && !number.contains(':')
    });
    Some((name, release.filter(|_| is_commit).unwrap_or(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_has_the_release_in_its_comment() {
        let commit = "a/b@8ade135a41bc03ea155e62e844d188df1ea18608";
        assert_eq!(action(commit, " v4.1.0"), Some(("a/b", "v4.1.0")));
        assert_eq!(action(commit, " pinned"), Some(("a/b", &commit[4..])));
        assert_eq!(action("a/b/sub/dir@v4", " v3"), Some(("a/b", "v4")));
        for used in ["./local", "docker://alpine:3@sha256:0", "a/b", "a@v1"] {
            assert_eq!(action(used, ""), None, "{used}");
        }
    }
}
