//! The name of an image, taken apart as far as rules ask.

/// The tag an image is asked for by, if any.
pub(crate) fn tag(image: &str) -> Option<&str> {
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
    last.split_once(':').map(|(_, tag)| tag)
}

/// Whether it is asked for by digest.
pub(crate) fn has_digest(image: &str) -> bool {
    image.split_once('@').is_some_and(|(_, digest)| digest.contains(':'))
}

/// Whether it is a place to be filled in later rather than a name.
pub(crate) fn is_placeholder(image: &str) -> bool {
    image.is_empty() || image.contains("${") || image.contains("$(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_no_tag() {
        assert_eq!(tag("a"), None);
        assert_eq!(tag("a:1"), Some("1"));
        assert_eq!(tag("r:5000/a"), None);
        assert_eq!(tag("r:5000/a:1@sha256:0"), Some("1"));
        assert!(has_digest("a@sha256:0") && !has_digest("a:1"));
    }
}
