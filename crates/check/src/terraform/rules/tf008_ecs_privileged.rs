//! An ECS container is privileged
//!
//! Whoever takes it has the instance it runs on, and the role of that.
//!
//! # Fix
//!
//! Remove `privileged`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = jsonencode([{
//!     name  = "web"
//!     image = "registry.example/web:1.4"
//!     privileged = true
//!   }])
//! }
//! ```
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = <<EOF
//!   [{"name": "web", "image": "registry.example/web:1.4", "privileged": true}]
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
//!   }])
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use crate::terraform::container;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF008",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("tf008_ecs_privileged.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for (block, container) in container::ecs(configuration) {
        if container.get("privileged").is_some_and(is_yes) {
            let name = container::name(&container);
            hits.at(container.lines, format!("container {name} of {block} is privileged"));
        }
    }
}
