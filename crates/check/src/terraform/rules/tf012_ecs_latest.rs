//! An ECS container asks for no version of its image
//!
//! What runs is then whatever was pushed last.
//!
//! # Fix
//!
//! Name a version, or better a digest.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   container_definitions = jsonencode([{ name = "web", image = "web:latest" }])
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
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   container_definitions = jsonencode([{ name = "web", image = "${aws_ecr_repository.main.repository_url}:latest" }])
//! }
//! ```

use crate::kubernetes::image;
use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::container;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF012",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf012_ecs_latest.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for (block, container) in container::ecs(configuration) {
        if container.text_at(&["image"]).is_some_and(|name| {
            !image::is_placeholder(name)
                && !image::has_digest(name)
                && matches!(image::tag(name), None | Some("latest" | ""))
        }) {
            let name = container::name(&container);
            hits.at(
                container.lines,
                format!("container {name} of {block} asks for no version of its image"),
            );
        }
    }
}
