//! The names packages are filed under.

use lazaret_core::package::Ecosystem;
use lazaret_core::purl::pypi_name;
use std::borrow::Cow;

/// A package's name in the form the database has it, so that every spelling its registry takes for
/// the same package finds it: PEP 503 for Python, lower case for NuGet and Packagist. Elsewhere
/// the case counts, and a name is taken as it is: `group:artifact` in Maven, the module path in Go.
pub(crate) fn filed_under(ecosystem: Ecosystem, name: &str) -> Cow<'_, str> {
    match ecosystem {
        Ecosystem::Pypi => Cow::Owned(pypi_name(name)),
        Ecosystem::Nuget | Ecosystem::Composer if name.chars().any(char::is_uppercase) => {
            Cow::Owned(name.to_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}
