//! A policy of ECR permits everyone
//!
//! Everyone with an AWS account may then do with the repository what the statement says.
//!
//! # Fix
//!
//! Name the accounts or roles in `Principal`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecr_repository_policy" "main" {
//!   policy = jsonencode({
//!     Version = "2012-10-17"
//!     Statement = [{
//!       Effect    = "Allow"
//!       Principal = "*"
//!       Action    = ["ecr:BatchGetImage"]
//!     }]
//!   })
//! }
//! ```
//!
//! ```terraform
//! resource "aws_ecr_repository_policy" "main" {
//!   policy = <<EOF
//!   {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "ecr:*"}]}
//!   EOF
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecr_repository_policy" "main" {
//!   policy = jsonencode({
//!     Version = "2012-10-17"
//!     Statement = [{
//!       Effect    = "Allow"
//!       Principal = { AWS = "arn:aws:iam::111122223333:root" }
//!       Action    = ["ecr:BatchGetImage"]
//!     }]
//!   })
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::Found;
use crate::terraform::block::nested;
use crate::terraform::container;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF003",
    aliases: &["AWS-0032", "AVD-AWS-0032", "no-public-access", "aws-ecr-no-public-access"],
    severity: Severity::High,
    file: include_str!("tf003_ecr_public_policy.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecr_repository_policy") {
        let Found::Known(node) = block.find(&["policy"]) else { continue };
        let Some(policy) = container::decoded(node) else { continue };
        for statement in nested(&policy, "Statement").unwrap_or_default() {
            let principal = statement.get("Principal");
            let is_all = |node: &Node| node.text() == Some("*");
            let everyone = principal.is_some_and(|principal| {
                let aws = principal.get("AWS");
                is_all(principal)
                    || aws.is_some_and(|aws| is_all(aws) || aws.items().iter().any(is_all))
            });
            let is_limited = statement.get("Condition").is_some();
            if everyone && !is_limited && statement.text_at(&["Effect"]) == Some("Allow") {
                hits.at(statement.lines, format!("{block} permits everyone"));
            }
        }
    }
}
