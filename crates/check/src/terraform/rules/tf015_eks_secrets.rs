//! An EKS cluster does not encrypt its secrets
//!
//! Whoever reads the disks of etcd, or a copy of them, reads the secrets.
//!
//! # Fix
//!
//! Set `encryption_config` with `resources = ["secrets"]` and a key.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   encryption_config {
//!     resources = ["secrets"]
//!     provider {
//!       key_arn = aws_kms_key.main.arn
//!     }
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF015",
    aliases: &["AWS-0039", "AVD-AWS-0039", "encrypt-secrets", "aws-eks-encrypt-secrets"],
    severity: Severity::High,
    file: include_str!("tf015_eks_secrets.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_eks_cluster") {
        block.require(
            &["encryption_config", "resources"],
            |node| {
                node.is_empty()
                    || node.items().iter().any(Node::is_unknown)
                    || node.texts().any(|text| text == "secrets")
            },
            hits,
            "does not encrypt its secrets",
        );
    }
}
