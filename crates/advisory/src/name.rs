//! The names packages are filed under.

use lazaret_core::package::Ecosystem;
use lazaret_core::purl::pypi_name;
use std::borrow::Cow;

/// A package's name in the form the database has it, so that every spelling its registry takes for
/// the same package finds it: PEP 503 for Python, lower case for NuGet, Packagist and actions,
/// `host/owner/repository` for Swift, `publisher/name` for extensions. Elsewhere the case counts,
/// and a name is taken as it is: `group:artifact` in Maven, the module path in Go.
pub(crate) fn filed_under(ecosystem: Ecosystem, name: &str) -> Cow<'_, str> {
    match ecosystem {
        Ecosystem::Pypi => Cow::Owned(pypi_name(name)),
        Ecosystem::Swift => Cow::Owned(repository(name)),
        Ecosystem::Vscode => Cow::Owned(extension(name)),
        Ecosystem::Nuget | Ecosystem::Composer | Ecosystem::Github
            if name.chars().any(char::is_uppercase) =>
        {
            Cow::Owned(name.to_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

/// A Swift package's name: the address of its repository without what does not tell it from
/// others. Hosts take owners and repositories in any case.
fn repository(address: &str) -> String {
    let plain = address.trim().to_lowercase();
    let plain = plain.split_once("://").map_or(plain.as_str(), |(_, rest)| rest);
    // `git@host:owner/repository`, or a user before the host.
    let plain = plain.split_once('@').map_or(plain, |(_, rest)| rest);
    let plain = plain.trim_end_matches('/');
    plain.strip_suffix(".git").unwrap_or(plain).replacen(':', "/", 1)
}

/// An extension's name as its package url has it. Marketplaces write `publisher.name`, where only
/// the name may hold another point.
fn extension(name: &str) -> String {
    let lower = name.to_lowercase();
    if lower.contains('/') { lower } else { lower.replacen('.', "/", 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_finds_the_same_package() {
        for (ecosystem, name, expected) in [
            (
                Ecosystem::Swift,
                "https://github.com/Apple/swift-nio.git",
                "github.com/apple/swift-nio",
            ),
            (Ecosystem::Swift, "github.com/apple/swift-nio", "github.com/apple/swift-nio"),
            (Ecosystem::Swift, "git@github.com:apple/swift-nio.git", "github.com/apple/swift-nio"),
            (
                Ecosystem::Swift,
                "ssh://git@github.com/apple/swift-nio/",
                "github.com/apple/swift-nio",
            ),
            (Ecosystem::Vscode, "MS-python.Python", "ms-python/python"),
            (Ecosystem::Vscode, "ms-python/python", "ms-python/python"),
            (Ecosystem::Vscode, "a.b.c", "a/b.c"),
            (Ecosystem::Github, "Actions/Checkout", "actions/checkout"),
            (Ecosystem::Composer, "Symfony/Http-Kernel", "symfony/http-kernel"),
            (Ecosystem::Maven, "org.Sand:Glass", "org.Sand:Glass"),
        ] {
            assert_eq!(filed_under(ecosystem, name), expected, "{name}");
        }
    }
}
