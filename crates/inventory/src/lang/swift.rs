//! Packages of Swift, Carthage and CocoaPods, which a lock file declares.

mod cartfile;
mod package_resolved;
mod podfile_lock;

pub(crate) use cartfile::CARTFILE;
pub(crate) use package_resolved::PACKAGE_RESOLVED;
pub(crate) use podfile_lock::PODFILE_LOCK;

/// The name advisories and package urls give to a repository: `github.com/apple/swift-nio`.
fn repository_name(location: &str) -> &str {
    let rest = location.split_once("://").map_or(location, |(_, rest)| rest);
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git").unwrap_or(rest)
}
