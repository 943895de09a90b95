//! Package urls as sources write them
//! (<https://github.com/package-url/purl-spec/blob/main/PURL-SPECIFICATION.rst>).

use std::borrow::Cow;

/// A package url, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Purl<'a> {
    pub(super) kind: &'a str,
    /// What stands between kind and name; empty where there is nothing.
    pub(super) namespace: &'a str,
    pub(super) name: String,
    /// Empty where there is none.
    pub(super) version: String,
    qualifiers: Vec<(&'a str, Cow<'a, str>)>,
}

impl<'a> Purl<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix("pkg:")?;
        let text = text.split_once('#').map_or(text, |(text, _)| text);
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let (kind, path) = path.trim_start_matches('/').split_once('/')?;
        // A scope of npm begins with the sign that versions begin with.
        let (path, version) = match path.rsplit_once('@') {
            Some((path, version)) if !path.is_empty() && !path.ends_with('/') => (path, version),
            _ => (path, ""),
        };
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        let name = decoded(name).into_owned();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let qualifiers = pairs.map(|(key, value)| (key, decoded(value))).collect();
        (!name.is_empty()).then(|| Self {
            kind,
            namespace,
            name,
            version: decoded(version).into_owned(),
            qualifiers,
        })
    }

    pub(super) fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(known, _)| *known == key).map(|(_, value)| &**value)
    }
}

/// A text with its `%2B` and the like turned back; what is no such sequence stays as it is.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex =
            |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let code = match (first, tail) {
            (b'%', [high, low, ..]) => hex(high).zip(hex(low)),
            _ => None,
        };
        if let Some((high, low)) = code {
            bytes.push((high << 4) | low);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_url_is_taken_apart() {
        let text = "pkg:rpm/redhat/ruby@2.5.9-111.module%2Bel8.9.0%2B19193?arch=i686&epoch=1&\
                    rpmmod=ruby:2.5:8090:b4";
        let purl = Purl::parse(text).unwrap();
        assert_eq!((purl.kind, purl.namespace, &*purl.name), ("rpm", "redhat", "ruby"));
        assert_eq!(purl.version, "2.5.9-111.module+el8.9.0+19193");
        assert_eq!(purl.qualifier("arch"), Some("i686"));
        assert_eq!(purl.qualifier("epoch"), Some("1"));
        assert_eq!(purl.qualifier("rpmmod"), Some("ruby:2.5:8090:b4"));
        assert_eq!(purl.qualifier("tag"), None);
    }

    #[test]
    fn odd_package_urls_do_no_harm() {
        let scoped = Purl::parse("pkg:npm/@scope/name").unwrap();
        assert_eq!((scoped.namespace, &*scoped.name, &*scoped.version), ("@scope", "name", ""));
        let cut = Purl::parse("pkg:rpm/redhat/a%2?x=%zz%e").unwrap();
        assert_eq!((&*cut.name, cut.qualifier("x")), ("a%2", Some("%zz%e")));
        for text in ["", "pkg:", "pkg:rpm", "pkg:rpm/", "rpm/redhat/a", "purl:rpm/suse/a"] {
            assert_eq!(Purl::parse(text), None, "{text}");
        }
    }
}
