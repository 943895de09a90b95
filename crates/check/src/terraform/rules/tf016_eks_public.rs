//! The API of an EKS cluster is on the internet
//!
//! Everyone can try credentials and flaws on it.
//!
//! # Fix
//!
//! Set `vpc_config.endpoint_public_access = false`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   vpc_config {
//!     subnet_ids = ["subnet-1"]
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   vpc_config {
//!     endpoint_public_access = true
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   vpc_config {
//!     endpoint_public_access = false
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_no;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF016",
    aliases: &[
        "AWS-0040",
        "AVD-AWS-0040",
        "no-public-cluster-access",
        "aws-eks-no-public-cluster-access",
    ],
    severity: Severity::Critical,
    file: include_str!("tf016_eks_public.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_eks_cluster") {
        block.require(
            &["vpc_config", "endpoint_public_access"],
            is_no,
            hits,
            "has its API on the internet",
        );
    }
}
