//! Syft's words for kinds of packages.

use lazaret_core::package::{Ecosystem, Package};

/// Syft's type of packages of an ecosystem, and its language.
pub(super) const fn of(ecosystem: Ecosystem) -> (&'static str, &'static str) {
    match ecosystem {
        Ecosystem::Alpm => ("alpm", ""),
        Ecosystem::Apk => ("apk", ""),
        Ecosystem::Bitnami => ("bitnami", ""),
        Ecosystem::Cargo => ("rust-crate", "rust"),
        Ecosystem::Cocoapods => ("pod", "swift"),
        Ecosystem::Composer => ("php-composer", "php"),
        Ecosystem::Conan => ("conan", "c++"),
        Ecosystem::Cran => ("R-package", "R"),
        Ecosystem::Deb => ("deb", ""),
        Ecosystem::Ebuild => ("portage", ""),
        Ecosystem::Gem => ("gem", "ruby"),
        Ecosystem::Generic => ("binary", ""),
        Ecosystem::Github => ("github-action", ""),
        Ecosystem::Golang => ("go-module", "go"),
        Ecosystem::Hackage => ("hackage", "haskell"),
        Ecosystem::Hex => ("hex", "elixir"),
        Ecosystem::Luarocks => ("lua-rocks", "lua"),
        Ecosystem::Maven => ("java-archive", "java"),
        Ecosystem::Nix => ("nix", ""),
        Ecosystem::Npm => ("npm", "javascript"),
        Ecosystem::Nuget => ("dotnet", "dotnet"),
        Ecosystem::Opam => ("opam", "ocaml"),
        Ecosystem::Otp => ("erlang-otp", "erlang"),
        Ecosystem::Pub => ("dart-pub", "dart"),
        Ecosystem::Pypi => ("python", "python"),
        Ecosystem::Rpm => ("rpm", ""),
        Ecosystem::Swift => ("swift", "swift"),
        Ecosystem::Swipl => ("swiplpack", "swipl"),
        Ecosystem::Terraform => ("terraform", ""),
        Ecosystem::Wordpress => ("wordpress-plugin", "php"),
        _ => ("UnknownPackage", ""),
    }
}

/// Who found it. Grype tells the programs of Go from their modules by this.
pub(super) fn cataloger(package: &Package) -> &str {
    let first = package.found_by.first().map_or("", String::as_str);
    if first == "go/binary" { "go-module-binary-cataloger" } else { first }
}
