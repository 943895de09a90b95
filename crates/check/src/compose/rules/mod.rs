//! The Compose rules, one file each. Ids never change meaning.

mod co001_privileged;
mod co002_runtime_socket;
mod co003_host_network;
mod co004_host_namespace;
mod co005_capability;
mod co006_capabilities_not_dropped;
mod co007_secret_in_environment;
mod co008_image_latest;
mod co009_writable_root;
mod co010_open_database;
mod co011_root_user;
mod co012_new_privileges;
mod co013_unconfined;
mod co014_sensitive_mount;
mod co015_no_memory_limit;
mod co016_device;

use super::service::Compose;
use crate::rule::Rule;

/// Every rule, by id.
pub static RULES: &[Rule<Compose>] = &[
    co001_privileged::RULE,
    co002_runtime_socket::RULE,
    co003_host_network::RULE,
    co004_host_namespace::RULE,
    co005_capability::RULE,
    co006_capabilities_not_dropped::RULE,
    co007_secret_in_environment::RULE,
    co008_image_latest::RULE,
    co009_writable_root::RULE,
    co010_open_database::RULE,
    co011_root_user::RULE,
    co012_new_privileges::RULE,
    co013_unconfined::RULE,
    co014_sensitive_mount::RULE,
    co015_no_memory_limit::RULE,
    co016_device::RULE,
];
