//! Nodes of EKS are open to SSH from everywhere
//!
//! With a key and no security group, port 22 is open to the internet.
//!
//! # Fix
//!
//! Set `source_security_group_ids`, or do without SSH and use the Session Manager.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_eks_node_group" "main" {
//!   remote_access {
//!     ec2_ssh_key = "ops"
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_eks_node_group" "main" {
//!   remote_access {
//!     ec2_ssh_key               = "ops"
//!     source_security_group_ids = ["sg-1"]
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF018",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf018_eks_remote_access.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_eks_node_group") {
        for access in block.nested("remote_access").unwrap_or_default() {
            let has_key = access.get("ec2_ssh_key").is_some();
            if has_key && access.get("source_security_group_ids").is_none() {
                hits.at(access.lines, format!("{block} is open to SSH from everywhere"));
            }
        }
    }
}
