//! An EKS cluster does not log all of its control plane
//!
//! Without the log of the API server, of audit and of logins nobody can tell who did what.
//!
//! # Fix
//!
//! Set `enabled_cluster_log_types` to `api`, `audit`, `authenticator`, `controllerManager` and
//! `scheduler`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   name = "main"
//! }
//! ```
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   enabled_cluster_log_types = ["api"]
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF014",
    aliases: &[
        "AWS-0038",
        "AVD-AWS-0038",
        "enable-control-plane-logging",
        "aws-eks-enable-control-plane-logging",
    ],
    severity: Severity::Medium,
    file: include_str!("tf014_eks_logging.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_eks_cluster") {
        let all = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
        let has_all = |node: &Node| {
            let is_sure = !node.items().iter().any(Node::is_unknown);
            !is_sure || all.iter().all(|name| node.texts().any(|text| text == *name))
        };
        block.require(&["enabled_cluster_log_types"], has_all, hits, "does not log all");
    }
}
