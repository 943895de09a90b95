//! The API of an EKS cluster is open to every address
//!
//! Everyone can try credentials and flaws on it.
//!
//! # Fix
//!
//! Set `vpc_config.public_access_cidrs` to the addresses of those who need it.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   vpc_config {
//!     endpoint_public_access = true
//!   }
//! }
//! ```
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   vpc_config {
//!     public_access_cidrs = ["0.0.0.0/0"]
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_eks_cluster" "main" {
//!   vpc_config {
//!     public_access_cidrs = ["203.0.113.0/24"]
//!   }
//! }
//! ```
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
use crate::terraform::Found;
use crate::terraform::block::is_no;
use crate::tree::Node;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF017",
    aliases: &[
        "AWS-0041",
        "AVD-AWS-0041",
        "no-public-cluster-access-to-cidr",
        "aws-eks-no-public-cluster-access-to-cidr",
    ],
    severity: Severity::Critical,
    file: include_str!("tf017_eks_public_cidr.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_eks_cluster") {
        let is_off = match block.find(&["vpc_config", "endpoint_public_access"]) {
            Found::Known(node) => is_no(node),
            Found::Unknown => true,
            Found::Absent => false,
        };
        let is_closed = |node: &Node| !node.texts().any(|range| range.ends_with("/0"));
        if !is_off {
            let path = ["vpc_config", "public_access_cidrs"];
            block.require(&path, is_closed, hits, "is open to every address");
        }
    }
}
