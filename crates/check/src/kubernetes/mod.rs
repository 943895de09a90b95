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

/// Whether a text is a template of Helm rather than its output: an action asks for what only Helm
/// has. Templates of other programs, in alerts and the like, are texts among others.
pub fn is_template(text: &str) -> bool {
    let helm = [
        ".Values",
        ".Release.",
        ".Chart.",
        ".Capabilities.",
        ".Files.",
        "include \"",
        "template \"",
    ];
    text.lines().any(|line| {
        let action = line.split_once("{{").map(|(_, action)| action);
        let is_comment = line.trim_start().starts_with('#');
        !is_comment && action.is_some_and(|action| helm.iter().any(|word| action.contains(word)))
    })
}

/// Reads a file of manifests.
pub fn read(text: &str) -> (Manifest, Vec<CheckProblem>) {
    let template = || {
        let message = "a Helm template: render it (`helm template`) and check what comes out";
        let problem = CheckProblem { line: None, message: message.to_owned() };
        (Manifest::default(), vec![problem])
    };
    if is_template(text) {
        return template();
    }
    let (documents, error) = tree::read(text);
    if error.is_some() && text.contains("{{") {
        return template();
    }
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
            "kind: Pod\nmetadata:\n  {{- with .x }}\n  labels: {{ toYaml . | nindent 4 }}\n  {{- end }}\n",
        ] {
            let (manifest, problems) = read(text);
            assert!(manifest.objects.is_empty());
            assert!(problems[0].message.starts_with("a Helm template"), "{text}");
        }
        for text in [
            "kind: Pod # {{ .a }}\n# {{ .Values.x }}",
            "kind: PrometheusRule\nspec: {a: \"{{ $labels.pod }} is down\"}",
            "kind: ConfigMap\ndata:\n  t: |\n    {{ .CommonLabels.alertname }}\n",
        ] {
            let (manifest, problems) = read(text);
            assert_eq!((manifest.objects.len(), problems), (1, vec![]), "{text}");
        }
    }

    /// Cases that Trivy's own tests of the checks of these ids decide, written anew.
    #[test]
    fn rules_decide_as_trivy_does_where_they_are_about_the_same() {
        let pod = |spec: &str| format!("kind: Pod\nmetadata: {{name: p}}\nspec: {{{spec}}}\n");
        let container = |more: &str| pod(&format!("containers: [{{name: a, image: b:1, {more}}}]"));
        let role = |kind: &str, resource: &str, verb: &str| {
            format!(
                "kind: {kind}\nrules: [{{apiGroups: ['*'], resources: [{resource}], verbs: [{verb}]}}]"
            )
        };
        let all = "securityContext: {capabilities: {drop: [ALL], add: [SOMETHING]}}";
        let system = "kind: Pod\nmetadata: {namespace: kube-system, labels: {tier: control-plane";
        for (id, text, is_hit) in [
            ("KSV-0002", container("x: 1"), false),
            (
                "KSV-0012",
                pod("securityContext: {runAsNonRoot: true}, containers: [{name: a}]"),
                false,
            ),
            ("KSV-0020", container("securityContext: {runAsUser: 10000}"), true),
            ("KSV-0021", container("securityContext: {runAsGroup: 10004}"), false),
            ("KSV-0028", pod("volumes: [{name: v, scaleIO: {system: s}}]"), true),
            ("KSV-0028", pod("volumes: [{name: v}]"), false),
            ("KSV-0030", container("securityContext: {seccompProfile: {}}"), true),
            (
                "KSV-0030",
                container("securityContext: {seccompProfile: {type: RuntimeDefault}}"),
                false,
            ),
            ("KSV-0036", pod("automountServiceAccountToken: false"), false),
            ("KSV-0037", format!("{system}, component: etcd}}}}\nspec: {{}}"), false),
            ("KSV-0037", format!("{system}}}}}\nspec: {{}}"), true),
            ("KSV-0039", "kind: LimitRange\nspec: {}".to_owned(), true),
            ("KSV-0041", role("ClusterRole", "secrets", "list"), true),
            ("KSV-0043", role("Role", "groups", "impersonate"), true),
            ("KSV-0043", role("Role", "groups", "impersonate").replace('*', "aaa"), false),
            ("KSV-0045", role("Role", "secrets", "'*'"), true),
            ("KSV-0045", role("Role", "aaa", "'*'"), false),
            ("KSV-0049", role("Role", "configmaps", "deletecollection"), true),
            ("KSV-0050", role("Role", "roles", "escalate"), true),
            ("KSV-0053", role("Role", "pods/exec", "create"), true),
            ("KSV-0053", role("Role", "pods/exec1", "create"), false),
            ("KSV-0056", role("Role", "endpoints", "update"), true),
            ("KSV-0104", container("x: 1"), true),
            ("KSV-0106", container(all), true),
            ("KSV-0106", container("securityContext: {capabilities: {drop: [all]}}"), false),
            ("KSV-0109", "kind: ConfigMap\ndata: {config: 'DB_PASSWORD:hunter2'}".to_owned(), true),
            ("KSV-0109", "kind: ConfigMap\ndata: {env: 'DB_PASSWORD='}".to_owned(), false),
            ("KSV-0116", pod("securityContext: {supplementalGroups: [0]}"), true),
            ("KSV-0118", container("securityContext: {}"), true),
            ("KSV-0118", container("securityContext: {runAsUser: 1001}"), false),
            (
                "KSV-0122",
                "kind: ClusterRolebinding\nsubjects: [{name: 'system:anonymous'}]".to_owned(),
                true,
            ),
        ] {
            let named: Vec<_> = rules().into_iter().filter(|rule| rule.is_named(id)).collect();
            assert!(!named.is_empty(), "{id}");
            let hits = rules_hit(&text);
            assert_eq!(named.iter().any(|rule| hits.contains(rule.id)), is_hit, "{id} in:\n{text}");
        }
    }
}
