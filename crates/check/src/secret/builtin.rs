//! The rules that come with the program.

use super::rule::{RuleFile, SecretRule};
use std::sync::{Arc, LazyLock};

/// The files of rules, by family. Of two rules that are alike in all else, the earlier is believed:
/// those that know least stand last.
const FILES: &[(&str, &str)] = &[
    ("ai", include_str!("rules/ai.toml")),
    ("applications", include_str!("rules/applications.toml")),
    ("azure", include_str!("rules/azure.toml")),
    ("chat", include_str!("rules/chat.toml")),
    ("ci", include_str!("rules/ci.toml")),
    ("cloud", include_str!("rules/cloud.toml")),
    ("databases", include_str!("rules/databases.toml")),
    ("files", include_str!("rules/files.toml")),
    ("forges", include_str!("rules/forges.toml")),
    ("hosting", include_str!("rules/hosting.toml")),
    ("infrastructure", include_str!("rules/infrastructure.toml")),
    ("keys", include_str!("rules/keys.toml")),
    ("mail", include_str!("rules/mail.toml")),
    ("observability", include_str!("rules/observability.toml")),
    ("payment", include_str!("rules/payment.toml")),
    ("registries", include_str!("rules/registries.toml")),
    ("saas", include_str!("rules/saas.toml")),
    ("social", include_str!("rules/social.toml")),
    ("work", include_str!("rules/work.toml")),
    ("generic", include_str!("rules/generic.toml")),
];

/// Every built-in rule, in the order of the files.
pub(super) fn rules() -> &'static [Arc<SecretRule>] {
    static RULES: LazyLock<Vec<Arc<SecretRule>>> = LazyLock::new(|| {
        // A file or an entry that cannot be read is missing here, and fails a test.
        FILES
            .iter()
            .filter_map(|(_, text)| toml::from_str::<RuleFile>(text).ok())
            .flat_map(|file| file.rule)
            .filter_map(|entry| entry.into_rule().ok())
            .map(Arc::new)
            .collect()
    });
    &RULES
}

/// The text of all files: what changes it changes what is found.
pub(super) fn text() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::verify::Check;
    use crate::secret::{Scanner, scan_setting, scan_text};
    use lazaret_core::check::SecretHit;
    use std::collections::BTreeSet;

    /// What cuts an example in two, so that nobody takes this repository's examples for secrets.
    const JOINT: &str = "{+}";

    #[test]
    fn every_entry_of_every_file_is_a_rule() {
        let mut count = 0;
        for (family, text) in FILES {
            let file: RuleFile = toml::from_str(text).unwrap_or_else(|e| panic!("{family}: {e}"));
            for entry in file.rule {
                entry.into_rule().unwrap_or_else(|error| panic!("{family}: {error}"));
                count += 1;
            }
        }
        assert_eq!(rules().len(), count);
        assert!(count >= 500, "{count} rules");
    }

    #[test]
    fn every_expression_compiles() {
        for rule in rules() {
            for pattern in rule.pattern.iter().chain(&rule.path).chain(&rule.allow) {
                if let Err(error) = pattern.compiled() {
                    panic!("{}: {error}: {}", rule.id, pattern.source());
                }
            }
            let regex = rule.pattern.as_ref().and_then(|pattern| pattern.regex()).unwrap();
            assert!(
                regex.capture_names().flatten().any(|name| name == "secret"),
                "{} says not which part is the secret",
                rule.id
            );
        }
    }

    #[test]
    fn no_two_rules_share_a_name() {
        let mut ids = BTreeSet::new();
        for rule in rules() {
            assert!(ids.insert(&rule.id), "{} twice", rule.id);
        }
        for rule in rules() {
            for alias in &rule.aliases {
                assert!(!ids.contains(alias), "{} has the alias {alias}, which is a rule", rule.id);
            }
        }
    }

    #[test]
    fn keywords_are_long_enough_to_be_rare() {
        for rule in rules() {
            for keyword in &rule.keywords {
                assert!(keyword.len() >= 3, "{}: {keyword}", rule.id);
            }
        }
    }

    #[test]
    fn every_rule_finds_its_examples_and_passes_over_the_others() {
        let mut wrong = Vec::new();
        for rule in rules() {
            let Examples { matching, other, at } = examples(rule);
            assert!(!matching.is_empty(), "{} has no example", rule.id);
            assert!(!other.is_empty(), "{} has no counterexample", rule.id);
            for text in matching {
                let hits = scan_example(rule, at, &text);
                if !hits.iter().any(|hit| *hit.rule == *rule.id) {
                    let found: Vec<&str> = hits.iter().map(|hit| hit.rule.as_str()).collect();
                    wrong.push(format!("{}: nothing in {text:?}, but {found:?}", rule.id));
                }
            }
            for text in other {
                let hits = scan_example(rule, at, &text);
                if hits.iter().any(|hit| *hit.rule == *rule.id) {
                    wrong.push(format!("{}: a hit in {text:?}", rule.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn examples_are_cut_in_two() {
        for (family, text) in FILES {
            let hits = scan_text(Scanner::builtin(), None, text.as_bytes());
            let tokens: Vec<_> = hits
                .iter()
                .filter(|hit| {
                    rules().iter().any(|rule| {
                        *rule.id == *hit.rule && rule.shape == crate::secret::rule::Shape::Token
                    })
                })
                .map(|hit| (&hit.rule, hit.lines))
                .collect();
            assert!(tokens.is_empty(), "{family}: {tokens:?}");
        }
    }

    /// Texts made of what a rule looks for, and of what is nearly it: if an expression went over a
    /// text once for each place in it, these would take minutes. What counts is the processor's
    /// time, so that a busy machine fails nothing.
    #[test]
    fn no_text_makes_an_expression_run_long() {
        const TEXT_BYTES: usize = 32 << 10;
        const SECONDS_MAX: f64 = 1.0;
        let mut slow = Vec::new();
        for rule in rules() {
            let Examples { mut matching, at, .. } = examples(rule);
            matching.truncate(1);
            let mut pieces: Vec<String> = matching.clone();
            // Without their end they are not found, and the search goes on.
            let most = |text: &String| text.chars().take(text.chars().count() * 7 / 8).collect();
            pieces.extend(matching.iter().map(most).collect::<Vec<String>>());
            if let Some(keyword) = rule.keywords.first() {
                pieces.push(keyword.to_string());
                pieces.push(format!("{keyword} = \"{}", "aB3".repeat(30)));
            }
            pieces.retain(|piece| !piece.is_empty());
            for piece in pieces {
                let text = piece.repeat(TEXT_BYTES / piece.len());
                let start = processor_seconds();
                scan_text(Scanner::builtin(), at.or(Some("srv/x")), text.as_bytes());
                let seconds = processor_seconds() - start;
                if seconds > SECONDS_MAX {
                    slow.push(format!("{}: {seconds:.1} s for {piece:?}", rule.id));
                }
            }
        }
        assert!(slow.is_empty(), "{}", slow.join("\n"));
    }

    /// What this thread has had of a processor, where Linux counts it; elsewhere the time of day.
    fn processor_seconds() -> f64 {
        static START: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
        let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
        let counted = counted.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        counted.map_or_else(
            || START.elapsed().as_secs_f64(),
            |nanoseconds| std::time::Duration::from_nanos(nanoseconds).as_secs_f64(),
        )
    }

    fn scan_example(rule: &SecretRule, at: Option<&str>, text: &str) -> Vec<SecretHit> {
        match text.split_once('=').filter(|_| rule.check == Check::Setting) {
            Some((name, value)) => scan_setting(Scanner::builtin(), name, value),
            None => scan_text(Scanner::builtin(), at, text.as_bytes()),
        }
    }

    struct Examples<'r> {
        matching: Vec<String>,
        other: Vec<String>,
        at: Option<&'r str>,
    }

    fn examples(rule: &SecretRule) -> Examples<'_> {
        let joined =
            |texts: &[String]| texts.iter().map(|text| text.replace(JOINT, "")).collect::<Vec<_>>();
        Examples {
            matching: joined(&rule.examples.matching),
            other: joined(&rule.examples.other),
            at: rule.examples.at.as_deref(),
        }
    }
}
