//! What a path says about the text at it: whose it is, and whether a secret would matter there.

use serde::Deserialize;

/// A kind of place where secrets of some rules are expected and mean nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Place {
    /// Documentation that comes with software: manual pages, `usr/share/doc`, what package managers
    /// put beside a library's code.
    Docs,
    /// Examples and templates: `examples/`, `.env.example`.
    Examples,
    /// Translations, whose keys read like `password`.
    Locales,
    /// Lock files and lists of digests.
    Locks,
    /// Code that was made smaller by a program, and source maps.
    Minified,
    /// What the distribution installed: `usr/lib`, `usr/share`.
    System,
    /// Tests and what they need.
    Tests,
    /// Libraries of others: `node_modules`, `site-packages`, gems, Go modules.
    Vendor,
}

/// The places a path is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places(u8);

impl Place {
    #[cfg(test)]
    pub(super) const ALL: [Self; 8] = [
        Self::Docs,
        Self::Examples,
        Self::Locales,
        Self::Locks,
        Self::Minified,
        Self::System,
        Self::Tests,
        Self::Vendor,
    ];

    const fn bit(self) -> u8 {
        match self {
            Self::Docs => 1,
            Self::Examples => 1 << 1,
            Self::Locales => 1 << 2,
            Self::Locks => 1 << 3,
            Self::Minified => 1 << 4,
            Self::System => 1 << 5,
            Self::Tests => 1 << 6,
            Self::Vendor => 1 << 7,
        }
    }

    /// The place a word names: ours, and those of Trivy's allow rules that come nearest.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "docs" | "markdown" => Self::Docs,
            "examples" => Self::Examples,
            "locales" | "locale-dir" => Self::Locales,
            "locks" => Self::Locks,
            "minified" => Self::Minified,
            "system" | "usr-dirs" | "anaconda-log" => Self::System,
            "tests" => Self::Tests,
            "vendor" | "node.js" | "golang" | "python" | "rubygems" | "wordpress" => Self::Vendor,
            _ => return None,
        })
    }
}

impl Places {
    pub(super) fn of_all(places: &[Place]) -> Self {
        Self(places.iter().fold(0, |bits, place| bits | place.bit()))
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Every place.
    pub(super) const ALL: Self = Self(u8::MAX);

    /// What others wrote: the distribution, and authors of libraries.
    pub(super) const OTHERS: Self = Self(Place::System.bit() | Place::Vendor.bit());

    /// The places that are in both.
    pub(super) const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) const fn with(self, place: Place) -> Self {
        Self(self.0 | place.bit())
    }

    /// The places of a path.
    pub(super) fn of(path: &str) -> Self {
        let path = path.to_ascii_lowercase();
        let path = path.trim_start_matches('/');
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut places = Self::default();
        for part in folder.split('/') {
            if let Some(place) = of_folder(part) {
                places = places.with(place);
            }
        }
        if STARTS.iter().any(|start| path.starts_with(start)) {
            places = places.with(Place::System);
        }
        if VENDOR_STARTS.iter().any(|start| path.starts_with(start)) || is_python_library(folder) {
            places = places.with(Place::Vendor);
        }
        if DOC_STARTS.iter().any(|start| path.starts_with(start)) {
            places = places.with(Place::Docs);
        }
        if places.meets(Self::OTHERS)
            && (has_ending(name, DOC_ENDINGS) || matches!(name, "pkg-info" | "metadata"))
        {
            places = places.with(Place::Docs);
        }
        if is_test_name(name) {
            places = places.with(Place::Tests);
        }
        if is_example_name(name) {
            places = places.with(Place::Examples);
        }
        if is_lock_name(name) {
            places = places.with(Place::Locks);
        }
        if has_ending(name, LOCALE_ENDINGS) || name.starts_with("messages_") {
            places = places.with(Place::Locales);
        }
        if has_ending(name, &["map"]) || name.contains(".min.") || name.contains(".bundle.") {
            places = places.with(Place::Minified);
        }
        places
    }
}

/// Where distributions put what they install.
const STARTS: &[&str] =
    &["usr/share/", "usr/lib/", "usr/lib64/", "usr/include/", "usr/libexec/", "lib/", "lib64/"];

/// Where languages put their own library and that of others.
const VENDOR_STARTS: &[&str] = &[
    "go/pkg/",
    "opt/yarn-v",
    "root/.cache/",
    "root/.cargo/registry/",
    "root/go/pkg/",
    "usr/lib/go",
    "usr/lib/jvm/",
    "usr/lib/node_modules/",
    "usr/lib/ruby/",
    "usr/local/cargo/registry/",
    "usr/local/go/",
    "usr/local/lib/node_modules/",
    "usr/local/lib/python",
    "usr/local/lib/ruby/",
    "usr/local/rustup/",
    "usr/src/wordpress/",
];

const DOC_STARTS: &[&str] = &[
    "usr/local/man/",
    "usr/local/share/doc/",
    "usr/local/share/man/",
    "usr/share/doc/",
    "usr/share/doc-base/",
    "usr/share/gtk-doc/",
    "usr/share/info/",
    "usr/share/man/",
];

const DOC_ENDINGS: &[&str] =
    &["md", "markdown", "mdx", "rst", "adoc", "html", "htm", "1", "3", "5", "8"];

const LOCALE_ENDINGS: &[&str] = &["po", "pot", "arb", "xlf", "xliff", "strings"];

fn of_folder(part: &str) -> Option<Place> {
    Some(match part {
        "doc" | "docs" | "man" | "javadoc" => Place::Docs,
        "example" | "examples" | "sample" | "samples" | "demo" | "demos" => Place::Examples,
        "locale" | "locales" | "i18n" | "l10n" | "translations" | "lang" | "langs" => {
            Place::Locales
        }
        "test" | "tests" | "testing" | "testdata" | "test-data" | "test_data" | "test-fixtures"
        | "testcases" | "__tests__" | "__mocks__" | "mocks" | "fixture" | "fixtures" | "spec"
        | "specs" | "e2e" => Place::Tests,
        "node_modules" | "bower_components" | "jspm_packages" | "site-packages"
        | "dist-packages" | "vendor" | "third_party" | "thirdparty" | "gems" | ".gem" | ".m2"
        | ".gradle" | ".yarn" | ".pnpm-store" | ".npm" | ".nuget" | ".virtualenvs" => Place::Vendor,
        _ => return None,
    })
}

/// Whether a folder is in `lib/pythonN.N`.
fn is_python_library(folder: &str) -> bool {
    folder
        .split_once("lib/python")
        .is_some_and(|(_, rest)| rest.starts_with(|ch: char| ch.is_ascii_digit()))
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

fn is_test_name(name: &str) -> bool {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    ["_test", ".test", "_spec", ".spec"].iter().any(|end| stem.ends_with(end))
        || (stem.starts_with("test_") && ending == "py")
}

fn is_example_name(name: &str) -> bool {
    ["example", "sample", ".dist", ".template", ".tmpl", ".tpl"]
        .iter()
        .any(|word| name.contains(word))
}

/// Whether a file of this name pins what something depends on, with digests that look like keys.
pub(super) fn is_lock_name(name: &str) -> bool {
    matches!(
        name,
        "package-lock.json"
            | ".package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "bun.lock"
            | "deno.lock"
            | "composer.lock"
            | "cargo.lock"
            | "gemfile.lock"
            | "poetry.lock"
            | "pdm.lock"
            | "uv.lock"
            | "pipfile.lock"
            | "go.sum"
            | "go.work.sum"
            | "modules.txt"
            | "mix.lock"
            | "pubspec.lock"
            | "podfile.lock"
            | "package.resolved"
            | "packages.lock.json"
            | "gradle.lockfile"
            | "verification-metadata.xml"
            | "conan.lock"
            | "flake.lock"
            | "record"
            | "installed.json"
            | "md5sums"
            | "sha256sums"
    ) || has_ending(name, &["md5sums", "sha256", "sha512", "sha1", "md5", "sum", "integrity"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_whose_a_text_is() {
        for (path, expected) in [
            ("app/config.py", &[][..]),
            ("usr/share/doc/awscli-example/README", &[Place::System, Place::Docs]),
            ("app/test/fixtures/key.pub", &[Place::Tests]),
            ("app/.env.example", &[Place::Examples]),
            ("app/node_modules/x/README.md", &[Place::Vendor, Place::Docs]),
            ("app/README.md", &[]),
            (
                "usr/lib/python3/dist-packages/a.dist-info/METADATA",
                &[Place::System, Place::Vendor, Place::Docs],
            ),
            ("usr/lib/python3.11/test/keycert.pem", &[Place::System, Place::Vendor, Place::Tests]),
            ("usr/local/lib/python3.12/site-packages/a.py", &[Place::Vendor]),
            ("opt/venv/lib/python3.12/x.py", &[Place::Vendor]),
            ("app/package-lock.json", &[Place::Locks]),
            ("srv/static/app.min.js", &[Place::Minified]),
            ("app/locales/de.json", &[Place::Locales]),
            ("usr/local/go/src/crypto/x.go", &[Place::Vendor]),
            ("app/contest/latest/main.py", &[]),
        ] {
            let places = Places::of(path);
            for place in Place::ALL {
                let is_in = places.meets(Places::of_all(&[place]));
                assert_eq!(is_in, expected.contains(&place), "{path} in {place:?}");
            }
        }
    }
}
