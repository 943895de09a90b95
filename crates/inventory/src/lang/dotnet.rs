//! .NET packages of NuGet: those shipped with an application, and those a lock file declares.

mod deps_json;
mod packages_lock;

pub(crate) use deps_json::DEPS_JSON;
pub(crate) use packages_lock::PACKAGES_LOCK;
