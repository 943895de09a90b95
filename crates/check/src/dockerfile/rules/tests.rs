use super::RULES;
use crate::dockerfile::{LabelFormat, Settings, check};
use std::collections::{BTreeMap, BTreeSet};

/// The settings that the examples say they are for.
fn documented(id: &str) -> Settings {
    let schema = [
        ("maintainer", LabelFormat::Text),
        ("com.example.license", LabelFormat::Spdx),
        ("com.example.revision", LabelFormat::Hash),
        ("com.example.version", LabelFormat::Semver),
        ("com.example.contact", LabelFormat::Email),
    ];
    let names = |id: &str, alias: &str| {
        RULES.iter().any(|rule| rule.id == id && rule.aliases.contains(&alias))
    };
    let only_required = names(id, "DL3049") || names(id, "DL3050");
    Settings {
        trusted_registries: vec!["docker.io".to_owned(), "*.example.com".to_owned()],
        label_schema: schema
            .into_iter()
            .take(if only_required { 1 } else { schema.len() })
            .map(|(name, format)| (name.to_owned(), format))
            .collect(),
        strict_labels: true,
        refuses_ignores: names(id, "DL1001"),
        ..Settings::default()
    }
}

#[test]
fn examples_break_their_rules_or_do_not() {
    for rule in RULES {
        let info = rule.info();
        let (bad, good) = (info.bad(), info.good());
        assert!(!bad.is_empty() && !good.is_empty(), "{} has no examples", rule.id);
        let settings = documented(rule.id);
        let breaks = |example: &str| {
            let checked = check(example.as_bytes(), &settings);
            assert!(
                checked.problems.iter().all(|p| p.message.is_empty()),
                "{}: {:?}",
                rule.id,
                checked.problems
            );
            checked.hits.iter().any(|hit| hit.hit.rule == rule.id && hit.ignored.is_none())
        };
        for example in bad {
            assert!(breaks(&example), "{} misses its bad example:\n{example}", rule.id);
        }
        for example in good {
            assert!(!breaks(&example), "{} hits its good example:\n{example}", rule.id);
        }
    }
}

#[test]
fn every_rule_is_documented() {
    for rule in RULES {
        let info = rule.info();
        assert!(!info.title().is_empty() && !info.title().ends_with('.'), "{}", rule.id);
        assert!(!info.title().contains('\n'), "{}", rule.id);
        assert!(info.why().len() > 20 && info.fix().len() > 8, "{}", rule.id);
    }
}

#[test]
fn ids_are_in_order_and_names_are_unique() {
    assert!(RULES.len() >= 105, "{}", RULES.len());
    let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (number, rule) in (1..).zip(RULES) {
        assert_eq!(rule.id, format!("DF{number:03}"));
        for alias in rule.aliases {
            owners.entry(alias.to_ascii_lowercase()).or_default().push(rule.id);
        }
    }
    // One concern of another tool may be two of ours; the other way round would be a mistake.
    let shared: BTreeSet<String> = owners
        .into_iter()
        .filter(|(_, rules)| rules.len() > 1)
        .map(|(alias, _)| alias)
        .filter(|alias| alias.starts_with("dl"))
        // Hadolint puts names of accounts and secrets together, and users of all stages.
        .filter(|alias| !matches!(alias.as_str(), "dl3064" | "dl3002"))
        .collect();
    assert!(shared.is_empty(), "{shared:?}");
}

#[test]
fn concerns_of_other_tools_have_a_rule() {
    // The rules Hadolint 2.15 documents.
    let withdrawn = [3005, 3017, 3031, 3039];
    let hadolint = std::iter::once(1001)
        .chain((3000..=3067).filter(|number| !withdrawn.contains(number)))
        .chain([4000, 4001, 4003, 4004, 4005, 4006])
        .map(|number| format!("DL{number}"));
    // The checks of Trivy for Dockerfiles; 3, 18 and 28 were never given.
    let trivy = (1..=31).filter(|number| ![3, 18, 28].contains(number)).flat_map(|number| {
        [format!("DS-{number:04}"), format!("DS{number:03}"), format!("AVD-DS-{number:04}")]
    });
    let names: Vec<String> = hadolint.chain(trivy).collect();
    assert_eq!(names.len(), 71 + 28 * 3);
    for name in names {
        assert!(RULES.iter().any(|rule| rule.info().is_named(&name)), "{name}");
    }
    for name in ["docker-use-specific-tags", "use-specific-tags", "JSONArgsRecommended"] {
        assert!(RULES.iter().any(|rule| rule.info().is_named(name)), "{name}");
    }
}
