//! The Terraform rules, one file each. Ids never change meaning.

mod tf001_ecr_scan;
mod tf002_ecr_mutable;
mod tf003_ecr_public_policy;
mod tf004_ecr_key;
mod tf005_ecs_insights;
mod tf006_ecs_transit;
mod tf007_ecs_secret;
mod tf008_ecs_privileged;
mod tf009_ecs_host_namespace;
mod tf010_ecs_writable_root;
mod tf011_ecs_root;
mod tf012_ecs_latest;
mod tf013_ecs_public_address;
mod tf014_eks_logging;
mod tf015_eks_secrets;
mod tf016_eks_public;
mod tf017_eks_public_cidr;
mod tf018_eks_remote_access;
mod tf019_gke_legacy_metadata;
mod tf020_gke_ip_aliasing;
mod tf021_gke_service_account;
mod tf022_gke_labels;
mod tf023_gke_monitoring;
mod tf024_gke_public_control_plane;
mod tf025_gke_cos;
mod tf026_gke_shielded;
mod tf027_gke_network_policy;
mod tf028_gke_node_metadata;
mod tf029_gke_auto_upgrade;
mod tf030_gke_private_nodes;
mod tf031_gke_logging;
mod tf032_gke_authorized_networks;
mod tf033_gke_abac;
mod tf034_gke_auto_repair;
mod tf035_gke_legacy_login;
mod tf036_gke_binary_authorization;
mod tf037_aks_logging;
mod tf038_aks_authorized_addresses;
mod tf039_aks_rbac;
mod tf040_aks_network_policy;
mod tf041_aks_private;
mod tf042_aks_policy;
mod tf043_aks_disk_key;
mod tf044_aks_local_accounts;
mod tf045_acr_admin;
mod tf046_acr_anonymous;
mod tf047_acr_public_network;
mod tf048_aci_secret;
mod tf049_artifact_registry_public;
mod tf050_artifact_registry_mutable;
mod tf051_cloud_run_public;

use super::block::Configuration;
use crate::rule::Rule;

/// Every rule, by id.
pub static RULES: &[Rule<Configuration>] = &[
    tf001_ecr_scan::RULE,
    tf002_ecr_mutable::RULE,
    tf003_ecr_public_policy::RULE,
    tf004_ecr_key::RULE,
    tf005_ecs_insights::RULE,
    tf006_ecs_transit::RULE,
    tf007_ecs_secret::RULE,
    tf008_ecs_privileged::RULE,
    tf009_ecs_host_namespace::RULE,
    tf010_ecs_writable_root::RULE,
    tf011_ecs_root::RULE,
    tf012_ecs_latest::RULE,
    tf013_ecs_public_address::RULE,
    tf014_eks_logging::RULE,
    tf015_eks_secrets::RULE,
    tf016_eks_public::RULE,
    tf017_eks_public_cidr::RULE,
    tf018_eks_remote_access::RULE,
    tf019_gke_legacy_metadata::RULE,
    tf020_gke_ip_aliasing::RULE,
    tf021_gke_service_account::RULE,
    tf022_gke_labels::RULE,
    tf023_gke_monitoring::RULE,
    tf024_gke_public_control_plane::RULE,
    tf025_gke_cos::RULE,
    tf026_gke_shielded::RULE,
    tf027_gke_network_policy::RULE,
    tf028_gke_node_metadata::RULE,
    tf029_gke_auto_upgrade::RULE,
    tf030_gke_private_nodes::RULE,
    tf031_gke_logging::RULE,
    tf032_gke_authorized_networks::RULE,
    tf033_gke_abac::RULE,
    tf034_gke_auto_repair::RULE,
    tf035_gke_legacy_login::RULE,
    tf036_gke_binary_authorization::RULE,
    tf037_aks_logging::RULE,
    tf038_aks_authorized_addresses::RULE,
    tf039_aks_rbac::RULE,
    tf040_aks_network_policy::RULE,
    tf041_aks_private::RULE,
    tf042_aks_policy::RULE,
    tf043_aks_disk_key::RULE,
    tf044_aks_local_accounts::RULE,
    tf045_acr_admin::RULE,
    tf046_acr_anonymous::RULE,
    tf047_acr_public_network::RULE,
    tf048_aci_secret::RULE,
    tf049_artifact_registry_public::RULE,
    tf050_artifact_registry_mutable::RULE,
    tf051_cloud_run_public::RULE,
];
