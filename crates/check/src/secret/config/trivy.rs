//! Trivy's `trivy-secret.yaml`.

use super::{ConfigError, SecretConfig, UserRule, compile, compile_all, named, one_line};
use crate::secret::allow::{Allow, Target};
use crate::secret::builtin;
use crate::secret::engine::Policy;
use crate::secret::place::{Place, Places};
use crate::secret::rule::SecretPart;
use lazaret_core::severity::Severity;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct File {
    #[serde(default, rename = "enable-builtin-rules")]
    enabled: Vec<String>,
    #[serde(default, rename = "disable-rules")]
    disabled: Vec<String>,
    #[serde(default, rename = "disable-allow-rules")]
    disabled_allows: Vec<String>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    allow_rules: Vec<AllowRule>,
    #[serde(default)]
    exclude_block: Block,
    #[serde(flatten)]
    #[expect(clippy::zero_sized_map_values, reason = "serde flattens into maps; the keys matter")]
    other: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Rule {
    id: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    regex: Option<String>,
    #[serde(default)]
    secret_group_name: String,
    #[serde(default)]
    allow_rules: Vec<AllowRule>,
    #[serde(default)]
    exclude_block: Block,
    #[serde(flatten)]
    #[expect(clippy::zero_sized_map_values, reason = "serde flattens into maps; the keys matter")]
    other: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct AllowRule {
    #[serde(default)]
    id: String,
    #[serde(default)]
    regex: Option<String>,
    #[serde(default)]
    path: Option<String>,
}

#[derive(Default, Deserialize)]
struct Block {
    #[serde(default)]
    regexes: Vec<String>,
}

/// Reads the file. As with Trivy, rules of the file are used whatever `enable-builtin-rules` says,
/// and `disable-rules` has the last word.
pub(super) fn read(text: &str) -> Result<SecretConfig, ConfigError> {
    let file: Option<File> = serde_saphyr::from_str(text)
        .map_err(|error| ConfigError::Shape(one_line(&error.to_string())))?;
    let file = file.unwrap_or_default();
    let mut unknown: Vec<String> =
        file.other.keys().map(|key| format!("the field `{key}` is not read")).collect();
    let own: Vec<&String> = file.rules.iter().map(|rule| &rule.id).collect();
    let mut policy = Policy::default();

    let enabled = named(&file.enabled, &mut unknown);
    let disabled: Vec<String> =
        file.disabled.iter().filter(|id| !own.contains(id)).cloned().collect();
    named(&disabled, &mut unknown);
    let mut rules: Vec<_> = builtin::rules()
        .iter()
        .filter(|rule| file.enabled.is_empty() || enabled.iter().any(|name| rule.is_named(name)))
        .filter(|rule| !file.disabled.iter().any(|name| rule.is_named(name)))
        .cloned()
        .collect();

    for rule in file.rules {
        for key in rule.other.keys() {
            unknown.push(format!("the field `{key}` of rule `{}` is not read", rule.id));
        }
        if file.disabled.contains(&rule.id) {
            continue;
        }
        let id = rule.id.clone();
        for allow in &rule.allow_rules {
            policy.allows.push(allow_rule(allow, vec![id.clone()])?);
        }
        let place = || format!("rule `{id}`: exclude-block");
        for pattern in compile_all(&rule.exclude_block.regexes, place)? {
            policy.blocks.push((Some(id.clone()), pattern));
        }
        let replaced = user_rule(rule)?.compile()?;
        rules.retain(|rule| rule.id != replaced.id);
        rules.push(Arc::new(replaced));
    }

    for allow in &file.allow_rules {
        if !file.disabled_allows.contains(&allow.id) {
            policy.allows.push(allow_rule(allow, Vec::new())?);
        }
    }
    for pattern in compile_all(&file.exclude_block.regexes, || "exclude-block".to_owned())? {
        policy.blocks.push((None, pattern));
    }
    let mut searched = Vec::new();
    for id in &file.disabled_allows {
        match Place::named(id) {
            Some(place) => searched.push(place),
            None if file.allow_rules.iter().any(|allow| allow.id == *id) => {}
            None => unknown.push(format!("there is no allow rule `{id}`")),
        }
    }
    policy.searched = Places::of_all(&searched);
    Ok(SecretConfig { rules, policy, unknown })
}

fn user_rule(rule: Rule) -> Result<UserRule, ConfigError> {
    let Some(regex) = rule.regex.filter(|regex| !regex.is_empty()) else {
        return Err(ConfigError::Rule(format!("rule `{}` has no regex", rule.id)));
    };
    if rule.id.is_empty() {
        return Err(ConfigError::Rule("a rule has no id".to_owned()));
    }
    let severity = if rule.severity.is_empty() {
        Severity::Unknown
    } else {
        rule.severity
            .to_ascii_uppercase()
            .parse()
            .map_err(|error| ConfigError::Rule(format!("rule `{}`: {error}", rule.id)))?
    };
    Ok(UserRule {
        title: if rule.title.is_empty() { rule.id.clone() } else { rule.title },
        category: rule.category,
        id: rule.id,
        severity,
        keywords: rule.keywords,
        regex,
        secret: if rule.secret_group_name.is_empty() {
            SecretPart::Whole
        } else {
            SecretPart::Named(rule.secret_group_name.into())
        },
        path: rule.path,
        entropy: 0.0,
    })
}

fn allow_rule(allow: &AllowRule, rules: Vec<String>) -> Result<Allow, ConfigError> {
    let one = |source: &Option<String>, field: &str| {
        source
            .iter()
            .filter(|source| !source.is_empty())
            .map(|source| compile(source, || format!("allow rule `{}`: {field}", allow.id)))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(Allow {
        rules,
        paths: one(&allow.path, "path")?,
        patterns: one(&allow.regex, "regex")?,
        target: Target::Match,
        words: Vec::new(),
        all: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::scan_text;

    fn config(text: &str) -> SecretConfig {
        SecretConfig::parse("trivy-secret.yaml", text.as_bytes()).unwrap()
    }

    fn rules(config: SecretConfig, path: Option<&str>, text: &str) -> Vec<(String, u32)> {
        let scanner = config.into_scanner().unwrap();
        scan_text(&scanner, path, text.as_bytes())
            .into_iter()
            .map(|hit| (hit.rule, hit.lines.unwrap().start))
            .collect()
    }

    fn found(expected: &[(&str, u32)]) -> Vec<(String, u32)> {
        expected.iter().map(|(rule, line)| ((*rule).to_owned(), *line)).collect()
    }

    const RULE: &str = "rules:\n  - id: rule1\n    category: general\n    title: Generic Rule\n    \
                        severity: HIGH\n    path: .*\\.txt\n    keywords:\n      - secret\n    \
                        regex: (?i)(?P<key>(secret))(=|:).{0,5}['\"](?P<secret>[0-9a-zA-Z\\-_=]{8,64})['\"]\n    \
                        secret-group-name: secret\n";

    /// The rule and the lines are those of Trivy's own documentation and test data.
    #[test]
    fn a_rule_of_trivys_documentation_works() {
        let text = "--- ignore block start ---\nsecret=\"othersecret\"\n--- ignore block stop ---\n\
                    secret=\"somevalue\"\n";
        assert_eq!(rules(config(RULE), Some("a.txt"), text), found(&[("rule1", 2), ("rule1", 4)]));
        assert_eq!(rules(config(RULE), Some("a.yaml"), text), []);
        assert_eq!(config(RULE).unknown(), [""; 0]);
    }

    #[test]
    fn blocks_and_allowed_texts_are_passed_over() {
        let text = "--- ignore block start ---\nsecret=\"othersecret\"\n--- ignore block stop ---\n\
                    secret=\"somevalue\"\nsecret=\"allowedvalue\"\n";
        let block = "exclude-block:\n  description: d\n  regexes:\n    - \"--- ignore block start ---(.|\\\\s)*--- ignore block stop ---\"\n";
        let allow = "allow-rules:\n  - id: a1\n    description: d\n    regex: allowed\n  - id: a2\n    path: .*/skip\\.txt\n";
        let all = format!("{RULE}{block}{allow}");
        assert_eq!(rules(config(&all), Some("b/a.txt"), text), found(&[("rule1", 4)]));
        assert_eq!(rules(config(&all), Some("b/skip.txt"), text), []);
        let without = format!("{all}disable-allow-rules: [a1, a2]\n");
        let expected = found(&[("rule1", 4), ("rule1", 5)]);
        assert_eq!(rules(config(&without), Some("b/skip.txt"), text), expected);
    }

    #[test]
    fn builtin_rules_go_by_our_names_and_theirs() {
        let token = ["ghp", "_", "7ectQHfUj9aYV0EaSYkJ9ntIYgbU1qKwrBN5"].concat();
        assert_eq!(rules(config("{}"), None, &token), found(&[("github-pat", 1)]));
        assert_eq!(rules(config("disable-rules: [github-pat]"), None, &token), []);
        assert_eq!(rules(config("enable-builtin-rules: [aws-access-key-id]"), None, &token), []);
        let one = config("enable-builtin-rules: [github-pat]");
        assert_eq!(rules(one, None, &token), found(&[("github-pat", 1)]));
        let odd = config("disable-rules: [no-such]\ndisable-allow-rules: [tests, odd]\nextra: 1\n");
        assert_eq!(
            odd.unknown(),
            [
                "the field `extra` is not read",
                "there is no rule `no-such`",
                "there is no allow rule `odd`"
            ]
        );
    }

    #[test]
    fn disabled_allow_rules_open_places() {
        let text = "password = \"kJ8mP2vL9xQ4\"\n";
        let path = Some("srv/tests/a.py");
        assert_eq!(rules(config("{}"), path, text), []);
        let opened = config("disable-allow-rules: [tests]");
        assert_eq!(rules(opened, path, text), found(&[("generic-secret", 1)]));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, message) in [
            (
                "rules:\n  - id: a\n    regex: (x\n",
                "rule `a`: regex: not a regular expression: unclosed group",
            ),
            ("rules:\n  - id: a\n", "rule `a` has no regex"),
            (
                "rules:\n  - id: a\n    regex: x\n    secret-group-name: s\n",
                "rule `a`: the regex has no group `s`",
            ),
            (
                "rules:\n  - id: a\n    regex: x\n    severity: BAD\n",
                "rule `a`: `BAD` is not a severity: expected UNKNOWN, LOW, MEDIUM, HIGH or CRITICAL",
            ),
            (
                "rules:\n  - id: a\n    regex: ((x{900}){900}){90}\n",
                "rule `a`: regex: the expression is too large",
            ),
        ] {
            let error = SecretConfig::parse("x.yaml", text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        let error = SecretConfig::parse("x.yaml", b"rules: 7").unwrap_err();
        assert!(matches!(error, ConfigError::Shape(_)), "{error}");
    }
}
