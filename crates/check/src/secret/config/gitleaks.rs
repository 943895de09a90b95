//! Gitleaks' configuration in TOML.

use super::{ConfigError, SecretConfig, UserRule, compile_all, one_line};
use crate::secret::allow::{Allow, Target};
use crate::secret::builtin;
use crate::secret::engine::Policy;
use crate::secret::rule::{SecretPart, SecretRule};
use lazaret_core::severity::Severity;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    extend: Extend,
    #[serde(default)]
    rules: Vec<Rule>,
    /// The spelling of versions before 8.25.
    allowlist: Option<AllowList>,
    #[serde(default)]
    allowlists: Vec<AllowList>,
    #[serde(flatten)]
    #[expect(clippy::zero_sized_map_values, reason = "serde flattens into maps; the keys matter")]
    other: BTreeMap<String, IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extend {
    #[serde(default)]
    use_default: bool,
    #[serde(default)]
    disabled_rules: Vec<String>,
    path: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(default)]
    description: String,
    regex: Option<String>,
    path: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    secret_group: usize,
    #[serde(default)]
    tags: Vec<String>,
    allowlist: Option<AllowList>,
    #[serde(default)]
    allowlists: Vec<AllowList>,
    #[serde(flatten)]
    #[expect(clippy::zero_sized_map_values, reason = "serde flattens into maps; the keys matter")]
    other: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AllowList {
    #[serde(default)]
    description: String,
    #[serde(default)]
    condition: String,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    regex_target: String,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    target_rules: Vec<String>,
}

/// Fields that say nothing of what is found.
const SILENT: &[&str] = &["title", "description", "minVersion"];

/// Reads the file. `extend.useDefault` means the built-in rules here; other files are not opened.
pub(super) fn read(text: &str) -> Result<SecretConfig, ConfigError> {
    let file: File =
        toml::from_str(text).map_err(|error| ConfigError::Shape(message(text, &error)))?;
    if file.extend.path.is_some() || file.extend.url.is_some() {
        return Err(ConfigError::Rule(
            "extend.path and extend.url are not followed: put the rules into one file".to_owned(),
        ));
    }
    let mut unknown: Vec<String> = file
        .other
        .keys()
        .filter(|key| !SILENT.contains(&key.as_str()))
        .map(|key| format!("the field `{key}` is not read"))
        .collect();
    let mut policy = Policy::default();
    let mut rules: Vec<Arc<SecretRule>> = Vec::new();
    if file.extend.use_default {
        let disabled = &file.extend.disabled_rules;
        super::named(disabled, &mut unknown);
        rules.extend(
            builtin::rules()
                .iter()
                .filter(|rule| !disabled.iter().any(|name| rule.is_named(name)))
                .cloned(),
        );
    }
    for rule in file.rules {
        for key in rule.other.keys() {
            unknown.push(format!("the field `{key}` of rule `{}` is not read", rule.id));
        }
        let (lists, rule) = split(rule);
        let meant: Vec<String> = if rule.regex.is_some() {
            rules.retain(|other| *other.id != *rule.id);
            vec![rule.id.clone()]
        } else {
            // Without an expression it adds to a rule that is there.
            rules.iter().filter(|r| r.is_named(&rule.id)).map(|r| r.id.to_string()).collect()
        };
        if meant.is_empty() {
            unknown.push(if rule.path.is_some() {
                format!("rule `{}` looks at paths only, and is not read", rule.id)
            } else {
                format!("rule `{}` has no regex, and there is no such rule", rule.id)
            });
            continue;
        }
        for list in lists {
            policy.allows.push(allow_list(&list, meant.clone())?);
        }
        if let Some(rule) = user_rule(rule) {
            rules.push(Arc::new(rule.compile()?));
        }
    }
    for list in file.allowlist.into_iter().chain(file.allowlists) {
        let targets = list.target_rules.clone();
        policy.allows.push(allow_list(&list, targets)?);
    }
    Ok(SecretConfig { rules, policy, unknown })
}

fn split(mut rule: Rule) -> (Vec<AllowList>, Rule) {
    let mut lists = std::mem::take(&mut rule.allowlists);
    lists.extend(rule.allowlist.take());
    (lists, rule)
}

fn user_rule(rule: Rule) -> Option<UserRule> {
    let regex = rule.regex?;
    Some(UserRule {
        title: if rule.description.is_empty() { rule.id.clone() } else { rule.description },
        id: rule.id,
        category: rule.tags.into_iter().next().unwrap_or_default(),
        // Gitleaks knows none; what somebody wrote a rule for matters.
        severity: Severity::High,
        keywords: rule.keywords,
        regex,
        secret: match rule.secret_group {
            0 => SecretPart::FirstGroup,
            number => SecretPart::Numbered(number),
        },
        path: rule.path,
        entropy: rule.entropy,
    })
}

fn allow_list(list: &AllowList, rules: Vec<String>) -> Result<Allow, ConfigError> {
    let place = |field: &'static str| {
        let name = if list.description.is_empty() { "an allowlist" } else { &list.description };
        move || format!("{name}: {field}")
    };
    Ok(Allow {
        rules,
        paths: compile_all(&list.paths, place("paths"))?,
        patterns: compile_all(&list.regexes, place("regexes"))?,
        target: match list.regex_target.as_str() {
            "match" => Target::Match,
            "line" => Target::Line,
            "" | "secret" => Target::Secret,
            other => {
                return Err(ConfigError::Rule(format!(
                    "`{other}` is no regexTarget: expected secret, match or line"
                )));
            }
        },
        words: list.stopwords.iter().map(|word| word.to_ascii_lowercase()).collect(),
        all: match list.condition.to_ascii_uppercase().as_str() {
            "" | "OR" | "||" => false,
            "AND" | "&&" => true,
            other => {
                return Err(ConfigError::Rule(format!(
                    "`{other}` is no condition: expected OR or AND"
                )));
            }
        },
    })
}

/// What is wrong with a document and on which line.
fn message(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| before.matches('\n').count().saturating_add(1));
    one_line(&format!("line {line}: {}", error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::scan_text;

    fn config(text: &str) -> SecretConfig {
        SecretConfig::parse(".gitleaks.toml", text.as_bytes()).unwrap()
    }

    fn rules(text: &str, path: Option<&str>, bytes: &str) -> Vec<String> {
        let scanner = config(text).into_scanner().unwrap();
        scan_text(&scanner, path, bytes.as_bytes()).into_iter().map(|hit| hit.rule).collect()
    }

    fn token() -> String {
        ["ghp", "_", "7ectQHfUj9aYV0EaSYkJ9ntIYgbU1qKwrBN5"].concat()
    }

    const RULE: &str = r#"
title = "ours"
[[rules]]
id = "acme"
description = "Acme key"
regex = '''(?i)\bacme[ _-]?key\b\s*=\s*['"]?([a-z0-9]{12})(?:[\x60'"\s;]|$)'''
entropy = 3
keywords = ["acme"]
"#;

    #[test]
    fn rules_are_those_of_the_file_unless_it_extends() {
        let text = format!("ACME_KEY='a8f3k2m9q1z7'\nacme_key=aaaaaaaaaaab\n{}\n", token());
        assert_eq!(rules(RULE, None, &text), ["acme"]);
        let extended = format!("{RULE}\n[extend]\nuseDefault = true\n");
        assert_eq!(rules(&extended, None, &text), ["acme", "github-pat"]);
        let less = format!("{extended}disabledRules = [\"github-pat\"]\n");
        assert_eq!(rules(&less, None, &text), ["acme"]);
    }

    #[test]
    fn allow_lists_work_by_secret_match_line_path_and_word() {
        let text = "acme_key=a8f3k2m9q1z7 # ok\n";
        for (list, is_found) in [
            ("regexes = ['''^a8f3''']", false),
            ("regexes = ['''acme_key''']", true),
            ("regexTarget = 'match'\nregexes = ['''acme_key''']", false),
            ("regexTarget = 'line'\nregexes = ['''# ok$''']", false),
            ("paths = ['''\\.cfg$''']", false),
            ("paths = ['''\\.txt$''']", true),
            ("stopwords = ['K2M9']", false),
            ("condition = 'AND'\npaths = ['''\\.cfg$''']\nregexes = ['''nothing''']", true),
            ("condition = 'AND'\npaths = ['''\\.cfg$''']\nregexes = ['''^a8''']", false),
            ("condition = 'AND'\npaths = ['''\\.txt$''']\nregexes = ['''^a8''']", true),
            ("targetRules = ['other']\nregexes = ['''^a8f3''']", true),
            ("commits = ['abc']", true),
        ] {
            let expected: &[&str] = if is_found { &["acme"] } else { &[] };
            let all = format!("{RULE}\n[[allowlists]]\n{list}\n");
            assert_eq!(rules(&all, Some("etc/a.cfg"), text), expected, "{list}");
            if !list.contains("targetRules") {
                let own = format!("{RULE}\n[[rules.allowlists]]\n{list}\n");
                assert_eq!(rules(&own, Some("etc/a.cfg"), text), expected, "{list}");
            }
        }
    }

    #[test]
    fn an_entry_without_a_regex_adds_to_a_builtin_rule() {
        let text = "[extend]\nuseDefault = true\n[[rules]]\nid = \"github-pat\"\n\
                    [[rules.allowlists]]\nregexes = ['''7ectQH''']\n";
        assert_eq!(rules(text, None, &token()), [""; 0]);
        let odd = config("[[rules]]\nid = 'p12'\npath = '''\\.p12$'''\n");
        assert_eq!(odd.unknown(), ["rule `p12` looks at paths only, and is not read"]);
    }

    #[test]
    fn groups_choose_the_secret() {
        let rule = |group: usize| {
            format!(
                "[[rules]]\nid = 'a'\nregex = '''(k)=(\\w+)'''\nkeywords = ['k=']\nsecretGroup = {group}\nentropy = 1.0\n"
            )
        };
        assert_eq!(rules(&rule(2), None, "k=abcd"), ["a"]);
        assert_eq!(rules(&rule(1), None, "k=abcd"), [""; 0], "one letter has no entropy");
        let error = SecretConfig::parse("a.toml", rule(3).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "rule `a`: the regex has no group 3");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, message) in [
            (
                "[[rules]]\nregex = 'a'\n",
                "the file of secret rules cannot be read: line 1: missing field `id`",
            ),
            (
                "[[rules]]\nid = 'a'\nregex = '(a'\n",
                "rule `a`: regex: not a regular expression: unclosed group",
            ),
            (
                "[[allowlists]]\ndescription = 'd'\npaths = ['[']\n",
                "d: paths: not a regular expression: unclosed character class",
            ),
            ("[[allowlists]]\ncondition = 'XOR'\n", "`XOR` is no condition: expected OR or AND"),
            (
                "[extend]\npath = 'b.toml'\n",
                "extend.path and extend.url are not followed: put the rules into one file",
            ),
        ] {
            let error = SecretConfig::parse("x.toml", text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
    }
}
