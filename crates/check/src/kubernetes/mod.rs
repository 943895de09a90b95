//! Kubernetes manifests: what is wrong with workloads, permissions and networks before a cluster
//! is asked.
//!
//! What Helm or Kustomize renders is manifests like any other. A Helm template that was not
//! rendered is no YAML and is passed over, saying so.

mod container;
pub(crate) mod image;
mod manifest;
mod rbac;
mod rules;

pub use container::{Container, Role};
pub use manifest::{Manifest, Object, Pod};
pub use rules::RULES;

use crate::rule::RuleInfo;
use crate::tree;
use crate::waiver::CheckProblem;
use lazaret_core::check::RuleHit;

/// The Kubernetes rules, without what they look at.
pub fn rules() -> Vec<RuleInfo> {
    RULES.iter().map(crate::rule::Rule::info).collect()
}

/// What the rules find in manifests.
pub fn check(manifest: &Manifest) -> Vec<RuleHit> {
    let mut hits = Vec::new();
    for rule in RULES {
        rule.run(manifest, &mut hits);
    }
    hits.sort();
    hits.dedup();
    hits
}

/// Whether a text is a template of Helm rather than its output: an action stands where YAML has
/// a value or a line of its own.
pub fn is_template(text: &str) -> bool {
    text.lines().any(|line| {
        let code = line.trim_start();
        let is_comment = code.starts_with('#');
        !is_comment
            && line.contains("{{")
            && (code.starts_with("{{")
                || line.contains(": {{")
                || line.contains("- {{")
                || line.contains("{{ .")
                || line.contains("{{.")
                || line.contains("{{- "))
    })
}

/// Reads a file of manifests.
pub fn read(text: &str) -> (Manifest, Vec<CheckProblem>) {
    if is_template(text) {
        let message = "a Helm template: render it (`helm template`) and check what comes out";
        let problem = CheckProblem { line: None, message: message.to_owned() };
        return (Manifest::default(), vec![problem]);
    }
    let (documents, error) = tree::read(text);
    let problems = error
        .map(|e| CheckProblem { line: Some(e.line), message: e.message })
        .into_iter()
        .collect();
    (Manifest::new(documents), problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn rules_hit(text: &str) -> BTreeSet<String> {
        let (manifest, problems) = read(text);
        assert_eq!(problems, [], "{text}");
        check(&manifest).into_iter().map(|hit| hit.rule).collect()
    }

    #[test]
    fn bad_examples_break_their_rule_and_good_ones_do_not() {
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

    #[test]
    fn there_are_many_rules_and_each_is_told_apart() {
        assert!(RULES.len() >= 60);
        let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
        let titles: BTreeSet<_> = rules().iter().map(RuleInfo::title).collect();
        assert_eq!((ids.len(), titles.len()), (RULES.len(), RULES.len()));
        assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn every_kind_of_workload_is_looked_into() {
        let pod = "containers: [{name: a, image: b, securityContext: {privileged: true}}]";
        for text in [
            format!("kind: Pod\nspec: {{{pod}}}"),
            format!("kind: Deployment\nspec: {{template: {{spec: {{{pod}}}}}}}"),
            format!("kind: DeploymentConfig\nspec: {{template: {{spec: {{{pod}}}}}}}"),
            format!("kind: StatefulSet\nspec: {{template: {{spec: {{{pod}}}}}}}"),
            format!("kind: DaemonSet\nspec: {{template: {{spec: {{{pod}}}}}}}"),
            format!("kind: ReplicaSet\nspec: {{template: {{spec: {{{pod}}}}}}}"),
            format!("kind: ReplicationController\nspec: {{template: {{spec: {{{pod}}}}}}}"),
            format!("kind: Job\nspec: {{template: {{spec: {{{pod}}}}}}}"),
            format!("kind: PodTemplate\ntemplate: {{spec: {{{pod}}}}}"),
            format!(
                "kind: CronJob\nspec: {{jobTemplate: {{spec: {{template: {{spec: {{{pod}}}}}}}}}}}"
            ),
            format!("kind: List\nitems: [{{kind: Pod, spec: {{{pod}}}}}]"),
            format!("kind: PodList\nitems: [{{kind: Pod, spec: {{{pod}}}}}]"),
        ] {
            assert!(rules_hit(&text).contains("KS003"), "{text}");
        }
        for place in ["initContainers", "ephemeralContainers"] {
            let pod = pod.replace("containers", place);
            assert!(rules_hit(&format!("kind: Pod\nspec: {{{pod}}}")).contains("KS003"), "{place}");
        }
    }

    #[test]
    fn a_hit_is_on_the_lines_it_is_about() {
        let text = "kind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: a\n      \
                    image: b\n      securityContext:\n        privileged: true\n";
        let hits = check(&read(text).0);
        let hit = hits.iter().find(|hit| hit.rule == "KS003").unwrap();
        assert_eq!(hit.lines.map(|lines| (lines.start, lines.end)), Some((8, 8)));
        assert_eq!(hit.message, "container `a` of Pod `p` is privileged");
    }

    #[test]
    fn templates_are_passed_over_and_say_so() {
        for text in [
            "{{- if .Values.a }}\nkind: Pod\n{{- end }}\n",
            "kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n",
            "kind: Pod\nmetadata:\n  name: \"a-{{ .Values.b }}\"\n",
        ] {
            let (manifest, problems) = read(text);
            assert!(manifest.objects.is_empty());
            assert!(problems[0].message.starts_with("a Helm template"));
        }
        for text in ["kind: Pod # {{ .a }}\n# {{ .x }}", "a: {b: {c: {}}}", "a: '{{x}}'"] {
            assert_eq!(is_template(text), text.starts_with("kind: Pod"), "{text}");
        }
    }
}
