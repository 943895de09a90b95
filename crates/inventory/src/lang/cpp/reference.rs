//! References of Conan: `NAME/VERSION@USER/CHANNEL#REVISION:PACKAGE%TIME`, all behind the version
//! optional.

/// Name and version of a reference; nothing if there is none, or a range such as `[>=1.0]`.
pub(super) fn parse(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.trim().split_once('/')?;
    let version = rest.split(['@', '#', ':', '%']).next()?.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '.' | '-');
    let is_plain = |text: &str| !text.is_empty() && text.chars().all(is_name);
    // A project without a version is written so.
    (is_plain(name) && is_plain(version) && version != "None").then_some((name, version))
}

/// Whether a reference asks for any of several versions.
pub(super) fn is_range(text: &str) -> bool {
    text.split_once('/').is_some_and(|(_, version)| version.trim_start().starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_name_and_version() {
        for (text, expected) in [
            ("zlib/1.2.12", Some(("zlib", "1.2.12"))),
            ("zlib/1.2.12#c67ce17f2e96%1675278904.07", Some(("zlib", "1.2.12"))),
            ("mfast/1.2.2@my_user/my_channel#c6f6", Some(("mfast", "1.2.2"))),
            ("libbacktrace/cci.20210118:0123", Some(("libbacktrace", "cci.20210118"))),
            ("zlib/[>=1.2 <2]", None),
            ("zlib", None),
            ("/1.0", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert!(is_range("zlib/[>=1.2 <2]@user/channel"));
        assert!(!is_range("zlib/1.2"));
    }
}
