//! A task definition holds a secret
//!
//! Everyone who may describe the task reads it, in every revision there ever was.
//!
//! # Fix
//!
//! Use `secrets` with `valueFrom` of Secrets Manager or the Parameter Store.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = jsonencode([{
//!     name  = "web"
//!     image = "registry.example/web:1.4"
//!     environment = [
//!       { name = "DB_PASSWORD", value = "correct-horse" },
//!     ]
//!   }])
//! }
//! ```
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = <<EOF
//!   [{"name": "web", "image": "registry.example/web:1.4", "environment": [{"name": "DB_PASSWORD", "value": "correct-horse"}]}]
//!   EOF
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = jsonencode([{
//!     name  = "web"
//!     image = "registry.example/web:1.4"
//!     environment = [
//!       { name = "COLOR", value = "blue" },
//!     ]
//!   }])
//! }
//! ```
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = jsonencode([{
//!     name  = "web"
//!     image = "registry.example/web:1.4"
//!     secrets = [
//!       { name = "DB_PASSWORD", valueFrom = aws_secretsmanager_secret.db.arn },
//!     ]
//!   }])
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::secret_name;
use crate::terraform::Configuration;
use crate::terraform::container;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF007",
    aliases: &["AWS-0036", "AVD-AWS-0036", "no-plaintext-secrets", "aws-ecs-no-plaintext-secrets"],
    severity: Severity::Critical,
    file: include_str!("tf007_ecs_secret.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for (block, container) in container::ecs(configuration) {
        for variable in container.get("environment").map_or(&[][..], Node::items) {
            let name = variable.text_at(&["name"]).unwrap_or_default();
            let is_literal = variable.text_at(&["value"]).is_some_and(secret_name::is_literal);
            if is_literal && secret_name::is_secret(name) {
                hits.at(variable.lines, format!("{block} holds the value of {name}"));
            }
        }
    }
}
