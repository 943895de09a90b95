//! Compose files: what is wrong with the services of `compose.yaml` and `docker-compose.yml`.
//!
//! Read as the [Compose specification](https://github.com/compose-spec/compose-spec) says, with the
//! forms that stand for each other (a list or a map, a text or a table) taken for the same.

mod rules;
mod service;

pub use rules::RULES;
pub use service::{Compose, Port, Service};

use crate::rule::RuleInfo;
use crate::tree::Node;
use lazaret_core::check::RuleHit;

/// The Compose rules, without what they look at.
pub fn rules() -> Vec<RuleInfo> {
    RULES.iter().map(crate::rule::Rule::info).collect()
}

/// What the rules find in a Compose file.
pub fn check(file: &Node) -> Vec<RuleHit> {
    let compose = Compose { node: file.clone() };
    let mut hits = Vec::new();
    for rule in RULES {
        rule.run(&compose, &mut hits);
    }
    hits.sort();
    hits.dedup();
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn rules_hit(text: &str) -> BTreeSet<String> {
        let (documents, error) = crate::tree::read(text);
        assert_eq!(error, None, "{text}");
        documents.iter().flat_map(check).map(|hit| hit.rule).collect()
    }

    #[test]
    fn bad_examples_break_their_rule_and_good_ones_do_not() {
        assert!(RULES.len() >= 12);
        for rule in rules() {
            assert!(!rule.bad().is_empty() && !rule.good().is_empty(), "{}", rule.id);
            assert!(!rule.why().is_empty() && !rule.fix().is_empty(), "{}", rule.id);
            for example in rule.bad() {
                assert!(rules_hit(&example).contains(rule.id), "{} in:\n{example}", rule.id);
            }
            for example in rule.good() {
                assert!(!rules_hit(&example).contains(rule.id), "{} in:\n{example}", rule.id);
            }
        }
    }
}
