//! An ECS container can write to its own files
//!
//! Who gets in can put programs there and change those that are.
//!
//! # Fix
//!
//! Set `readonlyRootFilesystem = true`.
//!
//! # Bad
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
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = <<EOF
//!   [{"name": "web", "image": "registry.example/web:1.4", "readonlyRootFilesystem": false}]
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
//!     readonlyRootFilesystem = true
//!   }])
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use crate::terraform::container;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF010",
    aliases: &[],
    severity: Severity::Low,
    file: include_str!("tf010_ecs_writable_root.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for (block, container) in container::ecs(configuration) {
        if !container
            .get("readonlyRootFilesystem")
            .is_some_and(|node| node.is_unknown() || is_yes(node))
        {
            let name = container::name(&container);
            hits.at(
                container.lines,
                format!("container {name} of {block} can write to its root file system"),
            );
        }
    }
}
