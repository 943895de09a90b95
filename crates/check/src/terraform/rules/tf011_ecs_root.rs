//! An ECS container runs as root
//!
//! Root in a container is root on the instance as soon as one wall between them has a hole.
//!
//! # Fix
//!
//! Set `user` to another, or leave it to the image.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = jsonencode([{
//!     name  = "web"
//!     image = "registry.example/web:1.4"
//!     user = "root"
//!   }])
//! }
//! ```
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   family = "web"
//!   container_definitions = <<EOF
//!   [{"name": "web", "image": "registry.example/web:1.4", "user": "0:0"}]
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
//!     user = "1000:1000"
//!   }])
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::container;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF011",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf011_ecs_root.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for (block, container) in container::ecs(configuration) {
        if container
            .get("user")
            .and_then(Node::text)
            .is_some_and(|user| matches!(user.split(':').next(), Some("root" | "0")))
        {
            let name = container::name(&container);
            hits.at(container.lines, format!("container {name} of {block} runs as root"));
        }
    }
}
