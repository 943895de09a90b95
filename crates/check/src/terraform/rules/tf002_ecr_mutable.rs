//! Tags in ECR can be moved
//!
//! Whoever may push can put other bytes under a tag that was tested and is running.
//!
//! # Fix
//!
//! Set `image_tag_mutability = "IMMUTABLE"`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecr_repository" "main" {
//!   name = "web"
//! }
//! ```
//!
//! ```terraform
//! resource "aws_ecr_repository" "main" {
//!   image_tag_mutability = "MUTABLE"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecr_repository" "main" {
//!   image_tag_mutability = "IMMUTABLE"
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF002",
    aliases: &[
        "AWS-0031",
        "AVD-AWS-0031",
        "enforce-immutable-repository",
        "aws-ecr-enforce-immutable-repository",
    ],
    severity: Severity::High,
    file: include_str!("tf002_ecr_mutable.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecr_repository") {
        block.require(
            &["image_tag_mutability"],
            |node| node.text().is_some_and(|word| word.starts_with("IMMUTABLE")),
            hits,
            "lets tags be moved",
        );
    }
}
