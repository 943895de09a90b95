//! The objects that Terraform's Kubernetes provider makes, as manifests, so that the rules for
//! these look at them too.
//!
//! A value that is not known becomes a place to be filled in, and hits on its line are dropped.
//! Where a whole block is not known, nothing can be said of what is around it: the object is left
//! out.

use super::block::{Block, Configuration};
use crate::kubernetes::{self, Manifest};
use crate::tree::{Entry, Node, Value};
use lazaret_core::check::RuleHit;
use lazaret_core::location::LineRange;
use std::collections::BTreeSet;

/// Resource types without `kubernetes_` and a version at the end, and the kinds they make.
const KINDS: [(&str, &str); 20] = [
    ("cluster_role", "ClusterRole"),
    ("cluster_role_binding", "ClusterRoleBinding"),
    ("config_map", "ConfigMap"),
    ("cron_job", "CronJob"),
    ("daemon_set", "DaemonSet"),
    ("daemonset", "DaemonSet"),
    ("deployment", "Deployment"),
    ("ingress", "Ingress"),
    ("job", "Job"),
    ("limit_range", "LimitRange"),
    ("namespace", "Namespace"),
    ("network_policy", "NetworkPolicy"),
    ("pod", "Pod"),
    ("replication_controller", "ReplicationController"),
    ("resource_quota", "ResourceQuota"),
    ("role", "Role"),
    ("role_binding", "RoleBinding"),
    ("secret", "Secret"),
    ("service", "Service"),
    ("stateful_set", "StatefulSet"),
];

/// Blocks that may be there more than once, and what manifests call their list.
const LISTS: [(&str, &str); 18] = [
    ("container", "containers"),
    ("egress", "egress"),
    ("env", "env"),
    ("env_from", "envFrom"),
    ("ephemeral_container", "ephemeralContainers"),
    ("from", "from"),
    ("host_aliases", "hostAliases"),
    ("ingress", "ingress"),
    ("init_container", "initContainers"),
    ("limit", "limits"),
    ("port", "ports"),
    ("rule", "rules"),
    ("subject", "subjects"),
    ("sysctl", "sysctls"),
    ("tls", "tls"),
    ("to", "to"),
    ("volume", "volumes"),
    ("volume_mount", "volumeMounts"),
];

/// Maps whose names are the user's.
const VERBATIM: [&str; 9] = [
    "annotations",
    "binary_data",
    "data",
    "hard",
    "labels",
    "limits",
    "match_labels",
    "node_selector",
    "requests",
];

/// Names within which everything hangs: unknown, they leave nothing to look at.
const BLOCKS: [&str; 12] = [
    "capabilities",
    "container",
    "containers",
    "job_template",
    "metadata",
    "resources",
    "rule",
    "rules",
    "securityContext",
    "security_context",
    "spec",
    "template",
];

/// What the rules for manifests find in the objects of a file.
pub(super) fn check(configuration: &Configuration) -> Vec<RuleHit> {
    let mut unknown = BTreeSet::new();
    let objects: Vec<Node> = configuration
        .blocks
        .iter()
        .filter(|block| block.kind == "resource")
        .filter_map(|block| object(block, &mut unknown))
        .collect();
    if objects.is_empty() {
        return Vec::new();
    }
    let mut hits = kubernetes::check(&Manifest::new(objects));
    hits.retain(|hit| {
        hit.lines.is_none_or(|lines| lines.start != lines.end || !unknown.contains(&lines.start))
    });
    hits
}

fn object(block: &Block, unknown: &mut BTreeSet<u32>) -> Option<Node> {
    let name = block.labels.first()?.strip_prefix("kubernetes_")?;
    if name == "manifest" {
        let manifest = block.body.get("manifest").filter(|manifest| manifest.is_map())?;
        return plain(manifest, unknown);
    }
    let name = match name.rsplit_once("_v") {
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => name,
        _ => name,
    };
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == name)?;
    let mut entries = body(&block.body, unknown)?;
    let value = Node::new(Value::Text((*kind).to_owned()), block.lines);
    entries.push(Entry { key: "kind".to_owned(), lines: block.lines, value });
    Some(Node::new(Value::Map(entries), block.lines))
}

/// The body of a block with the names of manifests; nothing, where a block in it is not known.
fn body(node: &Node, unknown: &mut BTreeSet<u32>) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in node.entries() {
        let name = entry.key.as_str();
        let list = LISTS.iter().find(|(block, _)| *block == name);
        let is_blocks = entry.value.items().iter().any(|item| item.is_map() || item.is_unknown());
        let key = match list {
            Some((_, list)) if is_blocks => (*list).to_owned(),
            _ => camel(name),
        };
        let value = if VERBATIM.contains(&name) || !(is_blocks || entry.value.is_map()) {
            if entry.value.is_unknown() && BLOCKS.contains(&name) {
                return None;
            }
            plain(&entry.value, unknown)?
        } else {
            let mut items = Vec::new();
            for item in crate::terraform::block::nested(node, name)? {
                items.push(Node::new(Value::Map(body(item, unknown)?), item.lines));
            }
            match list {
                Some(_) => Node::new(Value::List(items), entry.value.lines),
                None => items.into_iter().next()?,
            }
        };
        entries.push(Entry { key, lines: entry.lines, value });
    }
    Some(entries)
}

/// A value as it is, places to be filled in where it is not known.
fn plain(node: &Node, unknown: &mut BTreeSet<u32>) -> Option<Node> {
    let value = match &node.value {
        Value::Unknown => {
            let LineRange { start, end } = node.lines;
            unknown.extend([start, end]);
            Value::Text("${unknown}".to_owned())
        }
        Value::List(items) => {
            let items: Option<Vec<Node>> = items.iter().map(|item| plain(item, unknown)).collect();
            Value::List(items?)
        }
        Value::Map(entries) => {
            let mut map = Vec::new();
            for entry in entries {
                if entry.value.is_unknown() && BLOCKS.contains(&entry.key.as_str()) {
                    return None;
                }
                map.push(Entry { value: plain(&entry.value, unknown)?, ..entry.clone() });
            }
            Value::Map(map)
        }
        value => value.clone(),
    };
    Some(Node::new(value, node.lines))
}

/// `run_as_user` as `runAsUser`; a few names keep their capitals.
fn camel(name: &str) -> String {
    match name {
        "host_ip" => return "hostIP".to_owned(),
        "host_ipc" => return "hostIPC".to_owned(),
        "host_pid" => return "hostPID".to_owned(),
        "external_ips" => return "externalIPs".to_owned(),
        _ => {}
    }
    let mut camel = String::with_capacity(name.len());
    let mut is_start = false;
    for c in name.chars() {
        if c == '_' {
            is_start = true;
        } else {
            camel.push(if is_start { c.to_ascii_uppercase() } else { c });
            is_start = false;
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::read_module;

    fn rules_hit(text: &str) -> Vec<(String, u32)> {
        let (configuration, problems) = read_module(&[("a.tf", text)]).remove(0);
        assert_eq!(problems, []);
        let hit = |hit: RuleHit| (hit.rule, hit.lines.map_or(0, |lines| lines.start));
        check(&configuration).into_iter().map(hit).collect()
    }

    fn deployment(container: &str) -> String {
        format!(
            "resource \"kubernetes_deployment_v1\" \"web\" {{\n  metadata {{\n    name = \"web\"\n    \
             namespace = var.namespace\n  }}\n  spec {{\n    template {{\n      spec {{\n        \
             host_pid = true\n        container {{\n          name = \"web\"\n          image = \
             var.image\n{container}        }}\n      }}\n    }}\n  }}\n}}\n"
        )
    }

    #[test]
    fn the_provider_s_pods_are_looked_into() {
        let hits = rules_hit(&deployment(
            "          security_context {\n            privileged = true\n            \
             read_only_root_filesystem = true\n          }\n",
        ));
        assert!(hits.contains(&("KS004".to_owned(), 9)), "{hits:?}");
        assert!(hits.contains(&("KS003".to_owned(), 14)), "{hits:?}");
        let has = |rule: &str| hits.iter().any(|(hit, _)| hit == rule);
        assert!(has("KS035") && !has("KS038") && !has("KS031") && !has("KS053"), "{hits:?}");
    }

    #[test]
    fn what_is_unknown_is_not_held_against_it() {
        let hits = rules_hit(&deployment(
            "          security_context {\n            run_as_non_root = var.x\n            \
             privileged = var.y\n          }\n",
        ));
        assert!(hits.iter().all(|(rule, _)| rule != "KS017" && rule != "KS003"), "{hits:?}");
        let hits = rules_hit(&deployment(
            "          dynamic \"security_context\" {\n            for_each = var.x\n            \
             content {\n              privileged = true\n            }\n          }\n",
        ));
        assert_eq!(hits, []);
    }

    #[test]
    fn manifests_and_roles_in_configuration_are_looked_into() {
        let hits = rules_hit(
            "resource \"kubernetes_manifest\" \"a\" {\n  manifest = {\n    apiVersion = \"v1\"\n    \
             kind = \"Pod\"\n    spec = { hostNetwork = true }\n  }\n}\nresource \
             \"kubernetes_cluster_role\" \"b\" {\n  metadata {\n    name = \"b\"\n  }\n  rule {\n    \
             api_groups = [\"*\"]\n    resources = [\"*\"]\n    verbs = [\"*\"]\n  }\n}\n",
        );
        assert!(hits.contains(&("KS002".to_owned(), 5)), "{hits:?}");
        assert!(hits.contains(&("KS057".to_owned(), 12)), "{hits:?}");
    }
}
