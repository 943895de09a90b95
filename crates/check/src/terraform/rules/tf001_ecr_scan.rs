//! ECR does not scan what is pushed
//!
//! What is pushed with known vulnerabilities is not noticed until it runs.
//!
//! # Fix
//!
//! Set `image_scanning_configuration.scan_on_push`, or scan in the registry or in the pipeline
//! and ignore this rule.
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
//!   image_scanning_configuration {
//!     scan_on_push = false
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecr_repository" "main" {
//!   image_scanning_configuration {
//!     scan_on_push = true
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF001",
    aliases: &["AWS-0030", "AVD-AWS-0030", "enable-image-scans", "aws-ecr-enable-image-scans"],
    severity: Severity::High,
    file: include_str!("tf001_ecr_scan.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecr_repository") {
        block.require(
            &["image_scanning_configuration", "scan_on_push"],
            is_yes,
            hits,
            "does not scan what is pushed",
        );
    }
}
