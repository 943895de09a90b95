//! Package urls as questions (<https://github.com/package-url/purl-spec>): the package they mean,
//! as an image that has it would.

use lazaret_core::inventory::Os;
use lazaret_core::package::{Ecosystem, Package, SourcePackage};

/// Reads a package url. Of a distribution's package, the namespace and the qualifier `distro` tell
/// the operating system, `upstream` the source package, `epoch` what stands before an rpm version.
///
/// Nothing for a text that is no package url, or one of a type that is not known.
pub(crate) fn parse(text: &str) -> Option<(Package, Option<Os>)> {
    let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    // A subpath says nothing about the package.
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    let (purl_type, path) = rest.split_once('/')?;
    let purl_type = purl_type.to_ascii_lowercase();
    let ecosystem = Ecosystem::ALL.into_iter().find(|one| one.purl_type() == purl_type)?;
    // A scope may be written with its `@`: `pkg:npm/@babel/core@7.0.0`.
    let (path, version) = match path.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() && !path.ends_with('/') => (path, version),
        _ => (path, ""),
    };
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
    let (last, namespace) = parts.split_last()?;
    let qualifier = |wanted: &str| {
        qualifiers.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key.eq_ignore_ascii_case(wanted) && !value.is_empty()).then(|| decoded(value))
        })
    };
    let mut version = decoded(version);
    if ecosystem == Ecosystem::Rpm
        && let Some(epoch) = qualifier("epoch")
    {
        version = format!("{epoch}:{version}");
    }
    let name = if ecosystem.is_os() {
        last.clone()
    } else {
        parts.join(if ecosystem == Ecosystem::Maven { ":" } else { "/" })
    };
    let source = qualifier("upstream").map(|upstream| {
        let (name, version) = upstream.split_once('@').unwrap_or((&upstream, ""));
        SourcePackage { name: name.to_owned(), version: version.to_owned() }
    });
    let os = namespace.first().filter(|_| ecosystem.is_os()).map(|namespace| {
        let distro = qualifier("distro").unwrap_or_default();
        let (id, version) = distro.rsplit_once('-').unwrap_or((namespace, &distro));
        let is_release = version.starts_with(|c: char| c.is_ascii_digit());
        Os {
            id: if is_release { id.to_owned() } else { namespace.clone() },
            version: is_release.then(|| version.to_owned()),
            ..Os::default()
        }
    });
    let package = Package {
        purl: text.trim().to_owned(),
        arch: qualifier("arch"),
        source,
        module: qualifier("rpmmod"),
        ..Package::installed(ecosystem, name, version)
    };
    Some((package, os))
}

/// A part without percent-encoding.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = behind.split_first_chunk::<2>().filter(|_| *first == b'%');
        let byte = escaped.and_then(|(digits, behind)| {
            let byte = hex::decode(digits).ok()?.first().copied()?;
            Some((byte, behind))
        });
        let (byte, behind) = byte.unwrap_or((*first, behind));
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a url and writes what it means: `type name version os os-version source`.
    fn check(text: &str, expected: &str) {
        let (package, os) = parse(text).unwrap();
        let os = os.map_or_else(String::new, |os| {
            format!(" {}/{}", os.id, os.version.unwrap_or_default())
        });
        let source =
            package.source.map_or_else(String::new, |s| format!(" {}={}", s.name, s.version));
        let purl_type = package.ecosystem.purl_type();
        let found = format!("{purl_type} {} {}{os}{source}", package.name, package.version);
        assert_eq!(found, expected, "{text}");
    }

    // The urls are examples of the purl specification, and what this program writes.
    #[test]
    fn urls_mean_packages() {
        check("pkg:npm/lodash@4.17.20", "npm lodash 4.17.20");
        check("pkg:npm/%40angular/animation@12.3.1", "npm @angular/animation 12.3.1");
        check("pkg:npm/@babel/core", "npm @babel/core ");
        check("pkg:pypi/django@1.11.1", "pypi django 1.11.1");
        check(
            "pkg:golang/google.golang.org/genproto@abcdedf#/googleapis/api/annotations/",
            "golang google.golang.org/genproto abcdedf",
        );
        check(
            "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?packaging=sources",
            "maven org.apache.xmlgraphics:batik-anim 1.9.1",
        );
        check(
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
            "deb libssl3 3.0.11-1~deb12u2 debian/12 openssl=",
        );
        check("pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "deb curl 7.50.3-1 debian/");
        check(
            "pkg:rpm/opensuse-leap/curl@7.56.1-1.1?epoch=2&distro=opensuse-leap-15.5",
            "rpm curl 2:7.56.1-1.1 opensuse-leap/15.5",
        );
        check("pkg:deb/debian/g%2B%2B@4%3A12", "deb g++ 4:12 debian/");
    }

    #[test]
    fn other_texts_mean_none() {
        for text in ["", "npm/lodash", "pkg:", "pkg:npm", "pkg:npm/", "pkg:klingon/qapla@1"] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert_eq!(decoded("%"), "%");
        assert_eq!(decoded("%4"), "%4");
        assert_eq!(decoded("%zz%41%"), "%zzA%");
    }
}
