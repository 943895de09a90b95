//! ECR is not encrypted with a key of your own
//!
//! Without a key of your own you cannot say who may decrypt, see who did, or take it away.
//!
//! # Fix
//!
//! Set `encryption_configuration` with `encryption_type = "KMS"` and a `kms_key`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecr_repository" "main" {
//!   name = "web"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecr_repository" "main" {
//!   encryption_configuration {
//!     encryption_type = "KMS"
//!     kms_key         = aws_kms_key.main.arn
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF004",
    aliases: &[
        "AWS-0033",
        "AVD-AWS-0033",
        "repository-customer-key",
        "aws-ecr-repository-customer-key",
    ],
    severity: Severity::Low,
    file: include_str!("tf004_ecr_key.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecr_repository") {
        block.require(
            &["encryption_configuration", "encryption_type"],
            |node| node.text().is_some_and(|word| word.starts_with("KMS")),
            hits,
            "is not encrypted with a key of your own",
        );
    }
}
