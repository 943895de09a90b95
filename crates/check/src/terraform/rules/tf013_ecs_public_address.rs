//! An ECS service has public addresses
//!
//! Each task can be reached from the internet, past the load balancer.
//!
//! # Fix
//!
//! Remove `assign_public_ip`, and reach the internet through a NAT gateway.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_service" "main" {
//!   network_configuration {
//!     subnets          = ["subnet-1"]
//!     assign_public_ip = true
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecs_service" "main" {
//!   network_configuration {
//!     subnets = ["subnet-1"]
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::is_yes;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF013",
    aliases: &[],
    severity: Severity::Medium,
    file: include_str!("tf013_ecs_public_address.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecs_service") {
        block.forbid(
            &["network_configuration", "assign_public_ip"],
            is_yes,
            hits,
            "gives its tasks public addresses",
        );
    }
}
