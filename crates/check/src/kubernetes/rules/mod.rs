//! The Kubernetes rules, one file each. Ids never change meaning.

mod ks001_host_process;
mod ks002_host_network;
mod ks003_privileged;
mod ks004_host_pid;
mod ks005_host_ipc;
mod ks006_capability_beyond_default;
mod ks007_host_path;
mod ks008_host_port;
mod ks009_app_armor;
mod ks010_se_linux;
mod ks011_proc_mount;
mod ks012_seccomp_unconfined;
mod ks013_unsafe_sysctl;
mod ks014_probe_host;
mod ks015_volume_type;
mod ks016_privilege_escalation;
mod ks017_run_as_non_root;
mod ks018_run_as_root;
mod ks019_seccomp_not_set;
mod ks020_capability_of_default;
mod ks021_capabilities_not_dropped;
mod ks022_sys_admin;
mod ks023_net_raw;
mod ks024_sys_module;
mod ks025_all_capabilities;
mod ks026_runtime_socket;
mod ks027_sensitive_host_path;
mod ks028_writable_host_path;
mod ks029_mount_propagation;
mod ks030_host_aliases;
mod ks031_image_latest;
mod ks032_image_without_digest;
mod ks033_stale_pull;
mod ks034_cpu_limit;
mod ks035_memory_limit;
mod ks036_cpu_request;
mod ks037_memory_request;
mod ks038_read_only_root;
mod ks039_liveness_probe;
mod ks040_readiness_probe;
mod ks041_low_user_id;
mod ks042_low_group_id;
mod ks043_root_group;
mod ks044_no_security_context;
mod ks045_low_port;
mod ks046_service_account_token;
mod ks047_token_not_refused;
mod ks048_default_service_account;
mod ks049_secret_in_env;
mod ks050_secret_as_env;
mod ks051_secret_in_config_map;
mod ks052_secret_in_manifest;
mod ks053_default_namespace;
mod ks054_system_namespace;
mod ks055_shared_processes;
mod ks056_tiller;
mod ks057_wildcard_all;
mod ks058_wildcard_verb;
mod ks059_all_resources_of_cluster;
mod ks060_all_resources_of_namespace;
mod ks061_secrets_of_cluster;
mod ks062_secrets_of_namespace;
mod ks063_escalate;
mod ks064_manage_bindings;
mod ks065_impersonate;
mod ks066_pods_exec;
mod ks067_pods_attach;
mod ks068_delete_logs;
mod ks069_nodes_proxy;
mod ks070_manage_workloads;
mod ks071_manage_config_maps;
mod ks072_manage_network;
mod ks073_manage_webhooks;
mod ks074_manage_aws_auth;
mod ks075_cluster_admin;
mod ks076_anonymous_binding;
mod ks077_authenticated_binding;
mod ks078_create_tokens;
mod ks079_debug_pods;
mod ks080_approve_certificates;
mod ks081_create_volumes;
mod ks082_policy_without_selector;
mod ks083_ingress_from_all;
mod ks084_egress_to_all;
mod ks085_namespace_without_policy;
mod ks086_external_ips;
mod ks087_open_load_balancer;
mod ks088_ingress_without_tls;
mod ks089_ingress_snippet;
mod ks090_namespace_without_standard;
mod ks091_limit_range;
mod ks092_resource_quota;
mod ks093_open_ended_repository;
mod ks094_removed_api;
mod ks095_lasting_token;

use super::manifest::Manifest;
use crate::rule::Rule;

/// Every rule, by id.
pub static RULES: &[Rule<Manifest>] = &[
    ks001_host_process::RULE,
    ks002_host_network::RULE,
    ks003_privileged::RULE,
    ks004_host_pid::RULE,
    ks005_host_ipc::RULE,
    ks006_capability_beyond_default::RULE,
    ks007_host_path::RULE,
    ks008_host_port::RULE,
    ks009_app_armor::RULE,
    ks010_se_linux::RULE,
    ks011_proc_mount::RULE,
    ks012_seccomp_unconfined::RULE,
    ks013_unsafe_sysctl::RULE,
    ks014_probe_host::RULE,
    ks015_volume_type::RULE,
    ks016_privilege_escalation::RULE,
    ks017_run_as_non_root::RULE,
    ks018_run_as_root::RULE,
    ks019_seccomp_not_set::RULE,
    ks020_capability_of_default::RULE,
    ks021_capabilities_not_dropped::RULE,
    ks022_sys_admin::RULE,
    ks023_net_raw::RULE,
    ks024_sys_module::RULE,
    ks025_all_capabilities::RULE,
    ks026_runtime_socket::RULE,
    ks027_sensitive_host_path::RULE,
    ks028_writable_host_path::RULE,
    ks029_mount_propagation::RULE,
    ks030_host_aliases::RULE,
    ks031_image_latest::RULE,
    ks032_image_without_digest::RULE,
    ks033_stale_pull::RULE,
    ks034_cpu_limit::RULE,
    ks035_memory_limit::RULE,
    ks036_cpu_request::RULE,
    ks037_memory_request::RULE,
    ks038_read_only_root::RULE,
    ks039_liveness_probe::RULE,
    ks040_readiness_probe::RULE,
    ks041_low_user_id::RULE,
    ks042_low_group_id::RULE,
    ks043_root_group::RULE,
    ks044_no_security_context::RULE,
    ks045_low_port::RULE,
    ks046_service_account_token::RULE,
    ks047_token_not_refused::RULE,
    ks048_default_service_account::RULE,
    ks049_secret_in_env::RULE,
    ks050_secret_as_env::RULE,
    ks051_secret_in_config_map::RULE,
    ks052_secret_in_manifest::RULE,
    ks053_default_namespace::RULE,
    ks054_system_namespace::RULE,
    ks055_shared_processes::RULE,
    ks056_tiller::RULE,
    ks057_wildcard_all::RULE,
    ks058_wildcard_verb::RULE,
    ks059_all_resources_of_cluster::RULE,
    ks060_all_resources_of_namespace::RULE,
    ks061_secrets_of_cluster::RULE,
    ks062_secrets_of_namespace::RULE,
    ks063_escalate::RULE,
    ks064_manage_bindings::RULE,
    ks065_impersonate::RULE,
    ks066_pods_exec::RULE,
    ks067_pods_attach::RULE,
    ks068_delete_logs::RULE,
    ks069_nodes_proxy::RULE,
    ks070_manage_workloads::RULE,
    ks071_manage_config_maps::RULE,
    ks072_manage_network::RULE,
    ks073_manage_webhooks::RULE,
    ks074_manage_aws_auth::RULE,
    ks075_cluster_admin::RULE,
    ks076_anonymous_binding::RULE,
    ks077_authenticated_binding::RULE,
    ks078_create_tokens::RULE,
    ks079_debug_pods::RULE,
    ks080_approve_certificates::RULE,
    ks081_create_volumes::RULE,
    ks082_policy_without_selector::RULE,
    ks083_ingress_from_all::RULE,
    ks084_egress_to_all::RULE,
    ks085_namespace_without_policy::RULE,
    ks086_external_ips::RULE,
    ks087_open_load_balancer::RULE,
    ks088_ingress_without_tls::RULE,
    ks089_ingress_snippet::RULE,
    ks090_namespace_without_standard::RULE,
    ks091_limit_range::RULE,
    ks092_resource_quota::RULE,
    ks093_open_ended_repository::RULE,
    ks094_removed_api::RULE,
    ks095_lasting_token::RULE,
];
