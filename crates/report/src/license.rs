//! Licenses as declared, in the words SBOM standards have for them.

use spdx::{Expression, ParseMode};

/// What a declared license is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum License<'a> {
    /// An id of the SPDX license list.
    Id(&'static str),
    /// An SPDX expression of several ids.
    Expression(&'a str),
    /// Any other text.
    Name(&'a str),
}

/// The longest text that is tried as an expression; longer ones are license texts.
const EXPRESSION_MAX: usize = 256;

/// Recognizes a license.
pub(crate) fn recognize(text: &str) -> License<'_> {
    let text = text.trim();
    // Words of SPDX for the absence of a license are no licenses.
    if let Some(id) = spdx::license_id(text)
        && !matches!(id.name, "NOASSERTION" | "NONE")
    {
        return License::Id(id.name);
    }
    // Without operators it would be an id, or a word that only looks like one.
    if text.len() <= EXPRESSION_MAX
        && text.contains(' ')
        && Expression::parse_mode(text, ParseMode::STRICT).is_ok()
    {
        return License::Expression(text);
    }
    License::Name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licenses_are_told_apart() {
        for (text, license) in [
            ("MIT", License::Id("MIT")),
            (" Apache-2.0 ", License::Id("Apache-2.0")),
            ("MIT OR Apache-2.0", License::Expression("MIT OR Apache-2.0")),
            (
                "GPL-2.0-only WITH Classpath-exception-2.0",
                License::Expression("GPL-2.0-only WITH Classpath-exception-2.0"),
            ),
            ("BSD", License::Name("BSD")),
            ("MIT OR", License::Name("MIT OR")),
            ("MIT or whatever", License::Name("MIT or whatever")),
            ("GPL v2", License::Name("GPL v2")),
            ("NOASSERTION", License::Name("NOASSERTION")),
            ("", License::Name("")),
        ] {
            assert_eq!(recognize(text), license, "{text}");
        }
    }
}
