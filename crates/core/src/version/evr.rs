//! `[epoch:]version[-release]`, as rpm and pacman write versions.

/// A version in its parts.
pub(super) struct Evr<'a> {
    /// Digits; none for a missing epoch.
    pub(super) epoch: &'a [u8],
    pub(super) version: &'a [u8],
    pub(super) release: Option<&'a [u8]>,
}

impl<'a> Evr<'a> {
    /// The parts of a text. No package has an epoch that is no number, an empty or blank-ridden
    /// version, or one without any letter or digit.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
            Some(_) => return None,
            None => ("", text),
        };
        let (version, release) = match rest.rsplit_once('-') {
            Some((_, "")) => return None,
            Some((version, release)) => (version, Some(release.as_bytes())),
            None => (rest, None),
        };
        let (epoch, version) = (epoch.as_bytes(), version.as_bytes());
        let is_fine = version.iter().any(u8::is_ascii_alphanumeric);
        is_fine.then_some(Self { epoch, version, release })
    }
}
