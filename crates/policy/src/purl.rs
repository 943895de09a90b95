//! Package urls as people and VEX documents write them
//! (<https://github.com/package-url/purl-spec>), and which packages they stand for.

use lazaret_core::purl::pypi_name;
use std::collections::BTreeMap;
use std::fmt;

/// A package url, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purl {
    text: String,
    kind: String,
    /// Namespace and name in the form they are compared in.
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
}

/// A text that is no package url.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a package url: expected one such as pkg:npm/lodash@4.17.20")]
pub struct PurlError(pub String);

impl Purl {
    /// Takes a package url apart.
    ///
    /// Version and qualifiers may be missing, which makes it stand for more packages.
    pub fn parse(text: &str) -> Result<Self, PurlError> {
        Self::read(text).ok_or_else(|| PurlError(text.to_owned()))
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) = rest.split_once('/')?;
        // A scope such as `@babel` begins with an `@`, a version has a name before it.
        let name_at = rest.rfind('/').map_or(0, |at| at + 1);
        let last = rest.get(name_at..)?;
        let (last, version) = match last.rfind('@') {
            Some(at) if at > 0 => (last.get(..at)?, last.get(at + 1..).filter(|v| !v.is_empty())),
            _ => (last, None),
        };
        let kind = kind.to_ascii_lowercase();
        if kind.is_empty() || last.is_empty() {
            return None;
        }
        let namespace = rest.get(..name_at)?.trim_matches('/');
        let mut name = String::new();
        for part in namespace.split('/').filter(|part| !part.is_empty()) {
            name.push_str(&decode(part)?);
            name.push('/');
        }
        name.push_str(&decode(last)?);
        let name = normal_name(&kind, &name);
        let mut pairs = BTreeMap::new();
        for pair in qualifiers.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=')?;
            if !value.is_empty() {
                pairs.insert(key.to_ascii_lowercase(), decode(value)?);
            }
        }
        let version = version.map(decode).map_or(Some(None), |version| version.map(Some))?;
        let version = version.map(|version| normal_version(&kind, &version, &mut pairs));
        Some(Self { text: text.trim().to_owned(), kind, name, version, qualifiers: pairs })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The type, such as `npm`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Namespace and name, with `/` between.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, where one is given.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// A qualifier, where it is given.
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.get(key).map(String::as_str)
    }

    /// What type and name the url has in common with every package it stands for.
    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.kind, &self.name)
    }

    /// Whether it stands for a package.
    pub fn covers(&self, package: &Self) -> bool {
        self.difference(package).is_none()
    }

    /// Why it does not stand for a package.
    ///
    /// Type, namespace and name must be the same; the version where one is given; and every
    /// qualifier that is given must be among the package's. That is how Trivy and go-vex, which
    /// Grype uses, compare. Where tools write the same fact in two ways, both are taken: an epoch in
    /// the version or as a qualifier, a `distro` with or without the distribution's name, a Go
    /// version with or without its `v`.
    pub fn difference(&self, package: &Self) -> Option<Difference> {
        if self.kind != package.kind {
            return Some(Difference::Type);
        }
        if self.name != package.name {
            return Some(Difference::Name);
        }
        if let Some(version) = &self.version
            && package.version.as_ref() != Some(version)
        {
            return Some(Difference::Version);
        }
        let differs = |(key, value): &(&String, &String)| {
            let found = package.qualifiers.get(*key);
            match key.as_str() {
                "distro" => !found.is_some_and(|found| is_same_distro(value, found)),
                // Where the package came from says nothing of what it is.
                "repository_url" | "download_url" | "vcs_url" | "checksum" | "file_name" => {
                    found.is_some_and(|found| found != *value)
                }
                "epoch" => found.map_or("0", String::as_str) != value.as_str(),
                _ => found != Some(*value),
            }
        };
        let epoch_only_there = || {
            let epoch = package.qualifiers.get("epoch").map_or("0", String::as_str);
            self.version.is_some() && !self.qualifiers.contains_key("epoch") && epoch != "0"
        };
        let key = self.qualifiers.iter().find(differs).map(|(key, _)| key.clone());
        let key = key.or_else(|| epoch_only_there().then(|| "epoch".to_owned()));
        key.map(Difference::Qualifier)
    }
}

/// What keeps a package url from standing for a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The type.
    Type,
    /// Namespace or name.
    Name,
    /// The version.
    Version,
    /// A qualifier.
    Qualifier(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type => f.write_str("the type differs"),
            Self::Name => f.write_str("the name differs"),
            Self::Version => f.write_str("the version differs"),
            Self::Qualifier(key) => write!(f, "the qualifier `{key}` differs"),
        }
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// Types whose names are the same in upper and lower case.
const CASELESS: [&str; 12] = [
    "alpm",
    "apk",
    "bitbucket",
    "bitnami",
    "composer",
    "deb",
    "github",
    "gitlab",
    "hex",
    "luarocks",
    "oci",
    "pub",
];

fn normal_name(kind: &str, name: &str) -> String {
    match kind {
        "pypi" => pypi_name(name),
        kind if CASELESS.contains(&kind) => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    }
}

/// The version as it is compared; an epoch in it becomes a qualifier.
fn normal_version(kind: &str, version: &str, pairs: &mut BTreeMap<String, String>) -> String {
    if matches!(kind, "deb" | "rpm")
        && let Some((epoch, rest)) = version.split_once(':')
        && epoch.bytes().all(|byte| byte.is_ascii_digit())
    {
        pairs.insert("epoch".to_owned(), epoch.to_owned());
        return rest.to_owned();
    }
    match version.strip_prefix('v') {
        Some(rest) if kind == "golang" && rest.starts_with(|c: char| c.is_ascii_digit()) => {
            rest.to_owned()
        }
        _ => version.to_owned(),
    }
}

/// `debian-12` is `12`, and holds for `debian-12.5`.
fn is_same_distro(asked: &str, found: &str) -> bool {
    let parts = |text: &str| {
        let at = text.rfind('-').filter(|at| {
            text.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        });
        match at {
            Some(at) => {
                let (name, version) = text.split_at(at);
                (Some(name.to_owned()), version.trim_start_matches('-').to_owned())
            }
            None => (None, text.to_owned()),
        }
    };
    let ((asked_name, asked), (found_name, found)) = (parts(asked), parts(found));
    let names = asked_name.is_none() || found_name.is_none() || asked_name == found_name;
    let within = |short: &str, long: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    names && (within(&asked, &found) || within(&found, &asked))
}

fn decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, package: &str) -> bool {
        Purl::parse(pattern).unwrap().covers(&Purl::parse(package).unwrap())
    }

    #[test]
    fn what_is_left_out_matches_everything() {
        let busybox = "pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64&distro=alpine-3.20.1";
        for (pattern, expected) in [
            ("pkg:apk/alpine/busybox", true),
            ("pkg:apk/alpine/busybox@1.36.1-r29", true),
            ("pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64", true),
            ("pkg:apk/alpine/busybox?distro=3.20.1", true),
            ("pkg:apk/alpine/busybox?distro=alpine-3.20", true),
            ("pkg:apk/alpine/busybox?distro=alpine-3.2", false),
            ("pkg:apk/alpine/busybox?arch=aarch64", false),
            ("pkg:apk/alpine/busybox@1.36.1-r28", false),
            ("pkg:apk/wolfi/busybox", false),
            ("pkg:deb/alpine/busybox", false),
            ("pkg:apk/busybox", false),
        ] {
            assert_eq!(covers(pattern, busybox), expected, "{pattern}");
        }
    }

    #[test]
    fn the_same_fact_in_two_spellings_is_the_same() {
        for (pattern, package, expected) in [
            ("pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0", true),
            ("pkg:npm/@babel/core", "pkg:npm/%40babel/core@7.0.0", true),
            ("pkg:golang/stdlib@1.22.1", "pkg:golang/stdlib@v1.22.1", true),
            ("pkg:pypi/Django_Rest", "pkg:pypi/django-rest@3", true),
            ("pkg:rpm/redhat/openssl@1:3.0.7", "pkg:rpm/redhat/openssl@3.0.7?epoch=1", true),
            ("pkg:deb/debian/g%2B%2B@12.2.0-3?epoch=4", "pkg:deb/debian/g%2B%2B@4:12.2.0-3", true),
            ("pkg:deb/debian/g%2B%2B@12.2.0-3", "pkg:deb/debian/g%2B%2B@4:12.2.0-3", false),
            ("pkg:npm/Lodash", "pkg:npm/lodash@4", false),
            ("pkg:github/Actions/Checkout", "pkg:github/actions/checkout@v4", true),
        ] {
            assert_eq!(covers(pattern, package), expected, "{pattern} {package}");
        }
    }

    #[test]
    fn what_is_no_purl_is_refused() {
        for text in ["", "lodash", "pkg:", "pkg:npm", "pkg:npm/", "pkg:npm/a%zz", "pkg:npm/a?b"] {
            assert!(Purl::parse(text).is_err(), "{text}");
        }
    }
}
