//! Terraform and OpenTofu: what is wrong with registries, clusters and tasks before there are any.
//!
//! What a file says is evaluated as far as the folder it is in says it: literals, locals, variables
//! with a default or a value, `count` and `for_each`. What is only known when the configuration is
//! applied is unknown here, and breaks no rule. Modules are read where they are, not where they are
//! used.

mod block;
mod container;
mod evaluate;
mod function;
mod hcl;
mod json;
mod kubernetes;
mod rules;

pub use block::{Block, Configuration, Found};
pub use rules::RULES;

use crate::rule::RuleInfo;
use crate::waiver::CheckProblem;
use evaluate::{Module, RawBlock};
use lazaret_core::check::RuleHit;

/// The Terraform rules, without what they look at.
pub fn rules() -> Vec<RuleInfo> {
    RULES.iter().map(crate::rule::Rule::info).collect()
}

/// What the rules find in a file, those for manifests included where it makes Kubernetes objects.
pub fn check(configuration: &Configuration) -> Vec<RuleHit> {
    let mut hits = Vec::new();
    for rule in RULES {
        rule.run(configuration, &mut hits);
    }
    hits.extend(kubernetes::check(configuration));
    // The instances of one `for_each` say the same.
    hits.sort();
    hits.dedup();
    hits
}

/// Reads the files of one folder, given as path and text, and evaluates each.
pub fn read_module(files: &[(&str, &str)]) -> Vec<(Configuration, Vec<CheckProblem>)> {
    let mut module = Module::default();
    let mut read: Vec<(Vec<RawBlock>, Vec<CheckProblem>)> = Vec::new();
    for (path, text) in files {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let is_json = name.rsplit('.').next() == Some("json");
        let blocks = if is_json { json::read(text) } else { hcl::read(text) };
        let (blocks, problems) = match blocks {
            Ok(blocks) => (blocks, Vec::new()),
            Err(problem) => (Vec::new(), vec![problem]),
        };
        if is_values(&name) {
            module.add_values(&blocks);
            read.push((Vec::new(), problems));
        } else {
            read.push((blocks, problems));
        }
    }
    for (blocks, _) in &read {
        module.add(blocks);
    }
    read.iter()
        .map(|(blocks, problems)| {
            let configuration = Configuration { blocks: module.blocks(blocks) };
            let mut problems = problems.clone();
            if module.is_exhausted() {
                let message = "evaluating the configuration takes too long: the rest is unknown";
                problems.push(CheckProblem { line: None, message: message.to_owned() });
            }
            (configuration, problems)
        })
        .collect()
}

/// Whether a file gives variables their values without being named on the command line.
fn is_values(name: &str) -> bool {
    let name = name.strip_suffix(".json").unwrap_or(name);
    name.strip_suffix(".tfvars").is_some_and(|rest| {
        rest == "terraform" || rest.rsplit_once('.').is_some_and(|(_, end)| end == "auto")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn rules_hit(text: &str) -> BTreeSet<String> {
        let path = if text.starts_with('{') { "a.tf.json" } else { "a.tf" };
        let mut read = read_module(&[(path, text)]);
        let (configuration, problems) = read.remove(0);
        assert_eq!(problems, [], "{text}");
        check(&configuration).into_iter().map(|hit| hit.rule).collect()
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
        assert!(RULES.len() >= 25);
        let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
        let titles: BTreeSet<_> = rules().iter().map(RuleInfo::title).collect();
        assert_eq!((ids.len(), titles.len()), (RULES.len(), RULES.len()));
    }

    #[test]
    fn what_is_unknown_breaks_no_rule() {
        for value in ["var.x", "data.a.b.c", "aws_a.b.c", "local.none", "var.list[0]", "f(1)"] {
            let text = format!(
                "variable \"x\" {{}}\nresource \"aws_ecr_repository\" \"a\" {{\n  \
                 image_tag_mutability = {value}\n}}\n"
            );
            assert!(!rules_hit(&text).contains("TF002"), "{value}");
        }
    }

    #[test]
    fn what_the_folder_says_is_evaluated() {
        let repository = "resource \"aws_ecr_repository\" \"a\" {\n  image_tag_mutability = X\n}\n";
        for (value, is_hit) in [
            ("\"MUTABLE\"", true),
            ("\"IMMUTABLE\"", false),
            ("var.mutable", true),
            ("local.immutable", false),
            ("\"${local.prefix}MUTABLE\"", false),
            ("var.is_strict ? \"IMMUTABLE\" : \"MUTABLE\"", false),
            ("upper(\"mutable\")", true),
            ("local.table[\"a\"].b", true),
            ("lookup(local.table, \"z\", \"IMMUTABLE\")", false),
            ("[for k in [\"MUTABLE\"] : k][0]", true),
        ] {
            let main = repository.replace('X', value);
            let variables = "variable \"mutable\" {\n  default = \"MUTABLE\"\n}\nvariable \
                             \"is_strict\" {}\nlocals {\n  prefix = \"IM\"\n  immutable = \
                             \"${local.prefix}MUTABLE\"\n  table = { a = { b = \"MUTABLE\" } }\n}\n";
            let files = [
                ("m/main.tf", main.as_str()),
                ("m/variables.tf", variables),
                ("m/terraform.tfvars", "is_strict = true\n"),
            ];
            let read = read_module(&files);
            assert_eq!(read[0].1, []);
            let hits = check(&read[0].0);
            assert_eq!(hits.iter().any(|hit| hit.rule == "TF002"), is_hit, "{value}");
            assert!(hits.iter().all(|hit| hit.lines.is_some_and(|lines| lines.end <= 3)));
        }
    }

    #[test]
    fn count_and_for_each_make_the_instances_they_say() {
        let text = |head: &str, value: &str| {
            format!(
                "resource \"aws_ecr_repository\" \"a\" {{\n  {head}\n  \
                 image_tag_mutability = {value}\n}}\n"
            )
        };
        let is_hit = |head, value| rules_hit(&text(head, value)).contains("TF002");
        assert!(!is_hit("count = 0", "\"MUTABLE\""));
        assert!(is_hit("count = 2", "\"MUTABLE\""));
        assert!(is_hit("for_each = { a = \"IMMUTABLE\", b = \"MUTABLE\" }", "each.value"));
        assert!(!is_hit("for_each = toset([\"IMMUTABLE\"])", "each.key"));
        assert!(!is_hit("for_each = {}", "\"MUTABLE\""));
        assert!(!is_hit("for_each = var.x", "each.value"));
    }

    #[test]
    fn dynamic_blocks_are_written_out_where_they_can_be() {
        let text = |each: &str| {
            format!(
                "resource \"aws_ecr_repository\" \"a\" {{\n  dynamic \"image_scanning_configuration\" \
                 {{\n    for_each = {each}\n    content {{\n      scan_on_push = \
                 image_scanning_configuration.value\n    }}\n  }}\n}}\n"
            )
        };
        assert!(!rules_hit(&text("[true]")).contains("TF001"));
        assert!(rules_hit(&text("[false]")).contains("TF001"));
        assert!(rules_hit(&text("[]")).contains("TF001"));
        assert!(!rules_hit(&text("var.x")).contains("TF001"));
    }

    #[test]
    fn json_is_the_same_configuration() {
        let text = "{\"resource\": {\"aws_ecr_repository\": {\"a\": {\n\
                    \"image_tag_mutability\": \"${local.m}\",\n\
                    \"image_scanning_configuration\": [{\"scan_on_push\": true}]}}},\n\
                    \"locals\": {\"m\": \"MUTABLE\"}}";
        let hits = rules_hit(text);
        assert!(hits.contains("TF002") && !hits.contains("TF001"), "{hits:?}");
    }

    #[test]
    fn a_configuration_cannot_keep_us_busy() {
        let mut text = "locals {\n  a0 = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n".to_owned();
        for i in 1..40 {
            let before = i - 1;
            let a = format!("local.a{before}");
            text.extend(["  a", &i.to_string(), " = concat(", &[a.as_str(); 3].join(", "), ")\n"]);
        }
        text += "  x = local.y\n  y = local.x\n}\nresource \"a\" \"b\" {\n  c = local.a39\n  d = local.x\n}\n";
        let (configuration, problems) = read_module(&[("a.tf", &text)]).remove(0);
        assert_eq!(problems.len(), 1);
        let block = configuration.resources("a").next().unwrap();
        assert!(block.body.get("c").unwrap().is_unknown());
        let deep = format!("a = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000));
        assert!(read_module(&[("a.tf", &deep)])[0].1[0].line.is_some());
    }
}
