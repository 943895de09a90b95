//! The `ignore` rules of `.grype.yaml`. Everything a rule names must hold; a rule that names nothing
//! ignores nothing. The name of a package is a regular expression for the whole name.

use super::{Entry, FixState, IgnoreFile};
use crate::kind::Kind;
use crate::pattern::Pattern;
use crate::source::{Fields, FileError, Node, Source, Value};
use regex::RegexBuilder;

/// The largest program a name's expression may compile to, in bytes.
const REGEX_BYTES_MAX: usize = 1 << 20;

pub(super) fn read(source: Source<'_>, ignore: &mut IgnoreFile) -> Result<(), FileError> {
    let document = source.yaml()?;
    if matches!(document.value, Value::Null) {
        return Ok(());
    }
    let Some(list) = source.open_map(&document)?.get("ignore") else { return Ok(()) };
    for node in list.items() {
        let fields = source.open_map(node)?;
        match rule(source, node, fields)? {
            Ok(entry) => ignore.entries.push(entry),
            Err(remark) => ignore.remarks.push(remark),
        }
    }
    Ok(())
}

/// One rule, or why it cannot be applied.
fn rule(
    source: Source<'_>,
    node: &Node,
    fields: Fields<'_>,
) -> Result<Result<Entry, FileError>, FileError> {
    let mut entry = Entry {
        file: source.file.to_owned(),
        line: node.place.line,
        kinds: vec![Kind::Vulnerability],
        ..Entry::default()
    };
    let mut asks = false;
    for (key, value) in fields.0.iter().filter(|(_, value)| !is_nothing(value)) {
        let refused =
            |why: &str| Ok(Err(source.error(key.place, format!("{why}: the rule is not applied"))));
        match key.name.as_str() {
            "reason" => entry.reason = Some(source.text(value)?),
            "include-aliases" => {}
            "vulnerability" => {
                asks = true;
                let id = source.text(value)?;
                if entry.set_ids(vec![id]).is_err() {
                    return refused("this is no id");
                }
            }
            "namespace" => {
                asks = true;
                let word = source.text(value)?;
                match namespace(&word) {
                    Some((segments, types)) => {
                        entry.about.segments = segments;
                        entry.about.types = types;
                    }
                    None => return refused("no source here has this namespace"),
                }
            }
            "fix-state" => {
                asks = true;
                entry.about.fix = Some(match source.text(value)?.as_str() {
                    "fixed" => FixState::Fixed,
                    "not-fixed" => FixState::NotFixed,
                    "wont-fix" => FixState::WontFix,
                    "unknown" => FixState::Unknown,
                    _ => return refused("this is no state of a fix"),
                });
            }
            "match-type" => {
                asks = true;
                entry.about.direct = Some(match source.text(value)?.as_str() {
                    "exact-direct-match" => true,
                    "exact-indirect-match" => false,
                    _ => return refused("nothing here is matched that way"),
                });
            }
            "vex-status" | "vex-justification" => {
                return refused("statements of --vex are honored without a rule");
            }
            "package" => {
                let fields = source.open_map(value)?;
                for (key, value) in fields.0.iter().filter(|(_, value)| !is_nothing(value)) {
                    asks = true;
                    if let Err(why) = package(source, &mut entry, &key.name, &source.text(value)?) {
                        let message = format!("{why}: the rule is not applied");
                        return Ok(Err(source.error(key.place, message)));
                    }
                }
            }
            _ => return refused("this key is not known"),
        }
    }
    Ok(if asks {
        Ok(entry)
    } else {
        Err(source.error(node.place, "the rule names nothing: it ignores nothing"))
    })
}

fn is_nothing(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        _ => false,
    }
}

fn package(source: Source<'_>, entry: &mut Entry, key: &str, word: &str) -> Result<(), String> {
    let about = &mut entry.about;
    match key {
        "name" => {
            let regex = RegexBuilder::new(&format!("^(?:{word})$"))
                .size_limit(REGEX_BYTES_MAX)
                .build()
                .map_err(|_| format!("`{word}` is not an expression"))?;
            about.package_regex = Some(regex);
        }
        "version" => about.versions.push(word.to_owned()),
        "upstream-name" => about.upstream = Some(word.to_owned()),
        "location" => {
            let pattern = Pattern::path(word).map_err(|error| error.to_string())?;
            about.paths.push(pattern);
        }
        "type" => about.types = types_of(word).ok_or("no package here has this type")?,
        "language" => {
            about.types = languages(word).ok_or("no package here is of this language")?;
        }
        _ => return Err(format!("`{key}` is not known in {}", source.file)),
    }
    Ok(())
}

/// Types of package urls for Syft's word for a type.
fn types_of(word: &str) -> Option<Vec<String>> {
    let types = match word {
        "deb" | "apk" | "rpm" | "npm" | "gem" | "conan" | "hex" | "hackage" | "pub" | "nix"
        | "alpm" | "opam" | "bitnami" | "conda" | "swift" | "cocoapods" | "github-action" => {
            match word {
                "github-action" => "github",
                word => word,
            }
        }
        "python" => "pypi",
        "java-archive" | "jenkins-plugin" => "maven",
        "go-module" => "golang",
        "rust-crate" => "cargo",
        "php-composer" => "composer",
        "php-pear" | "php-pecl" => "pear",
        "dotnet" => "nuget",
        "R-package" => "cran",
        "portage" => "ebuild",
        "lua-rocks" => "luarocks",
        "dart-pub" => "pub",
        "binary" => "generic",
        _ => return None,
    };
    Some(vec![types.to_owned()])
}

fn languages(word: &str) -> Option<Vec<String>> {
    let types: &[&str] = match word {
        "java" => &["maven"],
        "javascript" => &["npm"],
        "python" => &["pypi"],
        "ruby" => &["gem"],
        "rust" => &["cargo"],
        "go" => &["golang"],
        "php" => &["composer", "pear"],
        "dotnet" => &["nuget"],
        "dart" => &["pub"],
        "elixir" | "erlang" => &["hex", "otp"],
        "haskell" => &["hackage"],
        "swift" => &["swift", "cocoapods"],
        "R" => &["cran"],
        "lua" => &["luarocks"],
        _ => return None,
    };
    Some(types.iter().map(|one| (*one).to_owned()).collect())
}

/// Segments and types of package urls for a namespace such as `debian:distro:debian:12` or
/// `github:language:python`.
fn namespace(word: &str) -> Option<(Vec<String>, Vec<String>)> {
    let parts: Vec<&str> = word.split(':').collect();
    match parts.as_slice() {
        [_, "distro", name, version] => Some((vec![format!("{name}-{version}")], Vec::new())),
        [_, "language", language] => Some((Vec::new(), languages(language)?)),
        _ => None,
    }
}
