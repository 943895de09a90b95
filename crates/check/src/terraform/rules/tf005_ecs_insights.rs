//! An ECS cluster is not watched
//!
//! Nobody sees what its containers take and how often they fail.
//!
//! # Fix
//!
//! Add `setting` with `name = "containerInsights"` and `value = "enabled"`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! ```terraform
//! resource "aws_ecs_cluster" "main" {
//!   setting {
//!     name  = "containerInsights"
//!     value = "disabled"
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecs_cluster" "main" {
//!   setting {
//!     name  = "containerInsights"
//!     value = "enabled"
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF005",
    aliases: &[
        "AWS-0034",
        "AVD-AWS-0034",
        "enable-container-insight",
        "aws-ecs-enable-container-insight",
    ],
    severity: Severity::Low,
    file: include_str!("tf005_ecs_insights.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecs_cluster") {
        let Some(settings) = block.nested("setting") else { continue };
        let is_on = |setting: &&Node| {
            let value = setting.get("value");
            setting.text_at(&["name"]) == Some("containerInsights")
                && value.is_some_and(|value| value.is_unknown() || value.text() != Some("disabled"))
        };
        if !settings.iter().any(is_on) {
            hits.at(block.lines, format!("{block} has no container insights"));
        }
    }
}
