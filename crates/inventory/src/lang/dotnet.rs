//! .NET packages of NuGet: those shipped with an application, and those its files declare.

mod assembly;
mod deps_json;
mod packages_config;
mod packages_lock;
mod paket_lock;
mod project;
mod project_assets;
mod resources;

pub(crate) use assembly::ASSEMBLY;
pub(crate) use deps_json::DEPS_JSON;
pub(crate) use packages_config::PACKAGES_CONFIG;
pub(crate) use packages_lock::PACKAGES_LOCK;
pub(crate) use paket_lock::PAKET_LOCK;
pub(crate) use project::{PACKAGES_PROPS, PROJECT};
pub(crate) use project_assets::PROJECT_ASSETS;

/// Whether this is one version, and neither a range, a pattern nor something nobody filled in.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+' | b'_'))
}

/// The version that NuGet takes for what a project asks for: `1.0` is the lowest that will do, and
/// `[1.0]` the only one. Nothing for wider ranges and for patterns such as `1.*`.
fn asked_for(text: &str) -> Option<&str> {
    let text = text.trim();
    let only = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::trim);
    let version = only.unwrap_or(text);
    is_version(version).then_some(version)
}
