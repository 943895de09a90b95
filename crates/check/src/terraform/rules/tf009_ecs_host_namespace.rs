//! An ECS task shares a namespace with its instance
//!
//! It sees the instance's network, processes or memory segments, and those of all tasks on it.
//!
//! # Fix
//!
//! Use `network_mode = "awsvpc"`, and remove `pid_mode` and `ipc_mode`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   network_mode = "host"
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
//!   pid_mode = "host"
//!   container_definitions = jsonencode([{
//!     name  = "web"
//!     image = "registry.example/web:1.4"
//!   }])
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   network_mode = "awsvpc"
//!   container_definitions = jsonencode([{
//!     name  = "web"
//!     image = "registry.example/web:1.4"
//!   }])
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF009",
    aliases: &[],
    severity: Severity::High,
    file: include_str!("tf009_ecs_host_namespace.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecs_task_definition") {
        for name in ["network_mode", "pid_mode", "ipc_mode"] {
            let message = format!("has a {name} of its instance");
            block.forbid(&[name], |node| node.text() == Some("host"), hits, &message);
        }
    }
}
