//! An ECS task reads its files unencrypted
//!
//! What goes between the task and EFS can be read on the way.
//!
//! # Fix
//!
//! Set `transit_encryption = "ENABLED"`.
//!
//! # Bad
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   volume {
//!     name = "data"
//!     efs_volume_configuration {
//!       file_system_id = "fs-1"
//!     }
//!   }
//! }
//! ```
//!
//! # Good
//!
//! ```terraform
//! resource "aws_ecs_task_definition" "main" {
//!   volume {
//!     name = "data"
//!     efs_volume_configuration {
//!       file_system_id     = "fs-1"
//!       transit_encryption = "ENABLED"
//!     }
//!   }
//! }
//! ```

use crate::rule::{Hits, Rule};
use crate::terraform::Configuration;
use crate::terraform::block::nested;
use lazaret_core::severity::Severity;

pub(super) const RULE: Rule<Configuration> = Rule {
    id: "TF006",
    aliases: &[
        "AWS-0035",
        "AVD-AWS-0035",
        "enable-in-transit-encryption",
        "aws-ecs-enable-in-transit-encryption",
    ],
    severity: Severity::High,
    file: include_str!("tf006_ecs_transit.rs"),
    check,
};

fn check(configuration: &Configuration, hits: &mut Hits<'_>) {
    for block in configuration.resources("aws_ecs_task_definition") {
        for volume in block.nested("volume").unwrap_or_default() {
            for efs in nested(volume, "efs_volume_configuration").unwrap_or_default() {
                let option = efs.get("transit_encryption");
                if option
                    .is_none_or(|option| !option.is_unknown() && option.text() != Some("ENABLED"))
                {
                    hits.at(efs.lines, format!("{block} reads its files unencrypted"));
                }
            }
        }
    }
}
