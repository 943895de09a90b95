//! What is installed.

use crate::location::{LayerIndex, Location};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of package: which registry or distribution its name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ecosystem {
    /// Alpine packages.
    Apk,
    /// Debian packages.
    Deb,
    /// RPM packages, of Red Hat's and SUSE's families and others.
    Rpm,
    /// Packages of Arch Linux, by pacman.
    Alpm,
    /// Packages of Gentoo, by portage.
    Ebuild,
    /// Packages of OpenWrt and other embedded systems, by opkg.
    Opkg,
    /// Modules of Bazel.
    Bazel,
    /// Components of Bitnami's images.
    Bitnami,
    /// Packages of Bower.
    Bower,
    /// Formulae and casks of Homebrew.
    Brew,
    /// Rust crates.
    Cargo,
    /// Extensions of Chrome.
    Chrome,
    /// Pods of CocoaPods.
    Cocoapods,
    /// PHP packages of Packagist.
    Composer,
    /// C and C++ packages of Conan.
    Conan,
    /// Packages of Conda.
    Conda,
    /// Perl distributions of CPAN.
    Cpan,
    /// R packages.
    Cran,
    /// Ruby gems.
    Gem,
    /// Programs and libraries that no package manager knows of.
    Generic,
    /// Actions and workflows of GitHub.
    Github,
    /// Go modules.
    Golang,
    /// Haskell packages.
    Hackage,
    /// Elixir and Erlang packages.
    Hex,
    /// Machine-learning models.
    Huggingface,
    /// JavaScript packages of the JSR registry.
    Jsr,
    /// Julia packages.
    Julia,
    /// Lua rocks.
    Luarocks,
    /// Java packages of Maven repositories.
    Maven,
    /// Nim packages.
    Nim,
    /// Packages of a Nix store.
    Nix,
    /// JavaScript packages of the npm registry.
    Npm,
    /// .NET packages.
    Nuget,
    /// OCaml packages.
    Opam,
    /// Applications that are part of Erlang and Elixir themselves.
    Otp,
    /// PHP packages and extensions of PEAR and PECL.
    Pear,
    /// Dart packages.
    Pub,
    /// Python packages of PyPI.
    Pypi,
    /// Snaps.
    Snap,
    /// Swift packages.
    Swift,
    /// Packages of SWI-Prolog.
    Swipl,
    /// Providers of Terraform.
    Terraform,
    /// Extensions of Visual Studio Code.
    Vscode,
    /// Plugins and themes of WordPress.
    Wordpress,
}

impl Ecosystem {
    /// Every ecosystem, in the order reports list them: operating systems first.
    pub const ALL: [Self; 44] = [
        Self::Apk,
        Self::Deb,
        Self::Rpm,
        Self::Alpm,
        Self::Ebuild,
        Self::Opkg,
        Self::Bazel,
        Self::Bitnami,
        Self::Bower,
        Self::Brew,
        Self::Cargo,
        Self::Chrome,
        Self::Cocoapods,
        Self::Composer,
        Self::Conan,
        Self::Conda,
        Self::Cpan,
        Self::Cran,
        Self::Gem,
        Self::Generic,
        Self::Github,
        Self::Golang,
        Self::Hackage,
        Self::Hex,
        Self::Huggingface,
        Self::Jsr,
        Self::Julia,
        Self::Luarocks,
        Self::Maven,
        Self::Nim,
        Self::Nix,
        Self::Npm,
        Self::Nuget,
        Self::Opam,
        Self::Otp,
        Self::Pear,
        Self::Pub,
        Self::Pypi,
        Self::Snap,
        Self::Swift,
        Self::Swipl,
        Self::Terraform,
        Self::Vscode,
        Self::Wordpress,
    ];

    /// The package-url type (<https://github.com/package-url/purl-spec>), also used in ids.
    pub const fn purl_type(self) -> &'static str {
        self.about().0
    }

    /// The name as its own community writes it.
    pub const fn name(self) -> &'static str {
        self.about().1
    }

    /// Package-url type and name.
    const fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Apk => ("apk", "Alpine"),
            Self::Deb => ("deb", "Debian"),
            Self::Rpm => ("rpm", "RPM"),
            Self::Alpm => ("alpm", "Arch Linux"),
            Self::Ebuild => ("ebuild", "Gentoo"),
            Self::Opkg => ("opkg", "opkg"),
            Self::Bazel => ("bazel", "Bazel"),
            Self::Bitnami => ("bitnami", "Bitnami"),
            Self::Bower => ("bower", "Bower"),
            Self::Brew => ("brew", "Homebrew"),
            Self::Cargo => ("cargo", "crates.io"),
            Self::Chrome => ("chrome-extension", "Chrome"),
            Self::Cocoapods => ("cocoapods", "CocoaPods"),
            Self::Composer => ("composer", "Packagist"),
            Self::Conan => ("conan", "Conan"),
            Self::Conda => ("conda", "Conda"),
            Self::Cpan => ("cpan", "CPAN"),
            Self::Cran => ("cran", "CRAN"),
            Self::Gem => ("gem", "RubyGems"),
            Self::Generic => ("generic", "Programs"),
            Self::Github => ("github", "GitHub Actions"),
            Self::Golang => ("golang", "Go"),
            Self::Hackage => ("hackage", "Hackage"),
            Self::Hex => ("hex", "Hex"),
            Self::Huggingface => ("huggingface", "Models"),
            Self::Jsr => ("jsr", "JSR"),
            Self::Julia => ("julia", "Julia"),
            Self::Luarocks => ("luarocks", "LuaRocks"),
            Self::Maven => ("maven", "Maven"),
            Self::Nim => ("nim", "Nim"),
            Self::Nix => ("nix", "Nix"),
            Self::Npm => ("npm", "npm"),
            Self::Nuget => ("nuget", "NuGet"),
            Self::Opam => ("opam", "opam"),
            Self::Otp => ("otp", "OTP"),
            Self::Pear => ("pear", "PEAR"),
            Self::Pub => ("pub", "Pub"),
            Self::Pypi => ("pypi", "PyPI"),
            Self::Snap => ("snap", "Snap"),
            Self::Swift => ("swift", "Swift"),
            Self::Swipl => ("swiplpack", "SWI-Prolog"),
            Self::Terraform => ("terraform", "Terraform"),
            Self::Vscode => ("vscode-extension", "VS Code"),
            Self::Wordpress => ("wordpress", "WordPress"),
        }
    }

    /// Whether packages of this kind belong to an operating system.
    pub const fn is_os(self) -> bool {
        matches!(self, Self::Apk | Self::Deb | Self::Rpm | Self::Alpm | Self::Ebuild | Self::Opkg)
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The source package a binary package was built from: distributions file advisories under it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourcePackage {
    /// Name of the source package.
    pub name: String,
    /// Its version, which may differ from the binary package's.
    pub version: String,
}

/// An index into the packages of one [`Inventory`](crate::inventory::Inventory).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackageId(pub u32);

impl PackageId {
    /// The id as an index into a slice of packages.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The id of a slice position.
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// One installed or declared package of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Which registry or distribution the name belongs to.
    pub ecosystem: Ecosystem,
    /// Name in the ecosystem's own writing.
    pub name: String,
    /// Version text exactly as the package database has it.
    pub version: String,
    /// The package url.
    pub purl: String,
    /// Processor architecture, where the ecosystem has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// The source package, where the ecosystem has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePackage>,
    /// The module and stream it was built in, such as `nodejs:18`, where the ecosystem has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Who built it, as the package database says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// License names or expressions as declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// The layer that brought this version; the file it was read from may be in a later one.
    pub layer: LayerIndex,
    /// The files it was read from, at least one; those that only describe it come last.
    pub locations: Vec<Location>,
    /// The operating-system package that owns those files, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PackageId>,
    /// Whether it is installed or only declared, and how.
    pub presence: Presence,
    /// Whether the project that declares it names it itself; absent where the file does not tell
    /// direct dependencies from theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
    /// The layer that removed or replaced it, of a package that only earlier layers have. Such
    /// packages are listed only when all layers are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_in: Option<LayerIndex>,
    /// Who made it, of an operating-system package that is not the distribution's: its advisories
    /// say nothing about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third_party: Option<String>,
    /// The parts of it whose code is in the program, by the paths they are imported by, sorted; absent
    /// where nobody knows. Go programs tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Vec<String>>,
    /// The extractors that found it, sorted.
    pub found_by: Vec<String>,
}

impl Package {
    /// An installed package of which nothing but name and version is known.
    pub fn installed(
        ecosystem: Ecosystem,
        name: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            version: version.into(),
            purl: String::new(),
            arch: None,
            source: None,
            module: None,
            vendor: None,
            licenses: Vec::new(),
            layer: LayerIndex(0),
            locations: Vec::new(),
            owner: None,
            presence: Presence::Installed,
            direct: None,
            removed_in: None,
            third_party: None,
            linked: None,
            found_by: Vec::new(),
        }
    }
}

/// How sure a file makes us that a package is really there.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// The package's own files or a package database say that it is installed.
    #[default]
    Installed,
    /// A lock file names it; the files may or may not be in the image.
    Declared,
    /// A lock file names it for development only.
    DeclaredDev,
    /// A bill of materials in the image names it.
    Described,
}

/// A package that another one needs, as its own file names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Need {
    /// Name in the ecosystem's own writing.
    pub name: String,
    /// The version that was chosen, where the file says so; a requirement such as `^1.2` is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What an extractor says of one package; [`Package`] is made of these by `squash`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackageFact {
    /// Which registry or distribution the name belongs to.
    pub ecosystem: Ecosystem,
    /// Name in the ecosystem's own writing.
    pub name: String,
    /// Version text exactly as written.
    pub version: String,
    /// Processor architecture, where the ecosystem has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// The source package, where the ecosystem has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourcePackage>,
    /// The module and stream it was built in, such as `nodejs:18`, where the ecosystem has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Who built it, as the package database says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The key that signed it, as the last 16 hexadecimal digits of its fingerprint in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// License names or expressions as declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// Whether it is installed or only declared.
    #[serde(default)]
    pub presence: Presence,
    /// Whether the project names it itself, where the file tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct: Option<bool>,
    /// The packages it needs, of the same ecosystem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// The lines of the file that say so, where the format has lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<crate::location::LineRange>,
    /// Where in the file it is, of a file that is an archive: the path of the inner archive, with
    /// `!` before each further one. It has no empty, `.` or `..` parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// The parts of it whose code is in the program, by the paths they are imported by, sorted; absent
    /// where nobody knows. Go programs tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Vec<String>>,
}

impl PackageFact {
    /// An installed package of which nothing but name and version is known yet.
    pub fn installed(
        ecosystem: Ecosystem,
        name: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            version: version.into(),
            arch: None,
            source: None,
            module: None,
            vendor: None,
            signer: None,
            licenses: Vec::new(),
            presence: Presence::Installed,
            direct: None,
            needs: Vec::new(),
            lines: None,
            inside: None,
            linked: None,
        }
    }
}
