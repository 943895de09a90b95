//! Whether a label's value is what it should be.

use super::settings::{LabelFormat, Settings};
use super::syntax::Pair;
use super::{Input, Instruction};
use crate::rule::Hits;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What the OCI image specification says of its own annotations ("Pre-Defined Annotation Keys").
/// `licenses` may name licenses that are not on the SPDX list, and `version` need not be semantic.
const OCI: [(&str, LabelFormat); 4] = [
    ("org.opencontainers.image.created", LabelFormat::Rfc3339),
    ("org.opencontainers.image.documentation", LabelFormat::Url),
    ("org.opencontainers.image.source", LabelFormat::Url),
    ("org.opencontainers.image.url", LabelFormat::Url),
];

/// What the value of a label must look like.
pub(super) fn format_of(settings: &Settings, name: &str) -> Option<LabelFormat> {
    let own = settings.label_schema.get(name).copied();
    own.or_else(|| OCI.iter().find(|(key, _)| *key == name).map(|(_, format)| *format))
}

/// Whether a value is in a format. What a variable stands for cannot be told, and is let pass.
pub(super) fn is_valid(format: LabelFormat, value: &str) -> bool {
    if value.contains('$') || value.is_empty() {
        return true;
    }
    match format {
        LabelFormat::Text => true,
        LabelFormat::Url => is_url(value),
        LabelFormat::Rfc3339 => OffsetDateTime::parse(value, &Rfc3339).is_ok(),
        LabelFormat::Semver => is_semver(value),
        LabelFormat::Hash => {
            matches!(value.len(), 7 | 40)
                && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        }
        LabelFormat::Spdx => spdx::Expression::parse(value).is_ok(),
        LabelFormat::Email => is_email(value),
    }
}

/// Tells of every label whose value is not in the format it should be in.
pub(super) fn check_format(input: &Input, format: LabelFormat, what: &str, hits: &mut Hits<'_>) {
    for (label, pair) in labels(input) {
        let is_wanted = format_of(&input.settings, &pair.name) == Some(format);
        if is_wanted && !is_valid(format, &pair.value) {
            let Pair { name, value, .. } = pair;
            hits.at(label.lines, format!("the label `{name}` is no {what}: `{value}`"));
        }
    }
}

/// Every label, and the instruction it is in.
pub(super) fn labels(input: &Input) -> impl Iterator<Item = (&Instruction, &Pair)> {
    input.file.labels().flat_map(|(label, pairs)| pairs.pairs.iter().map(move |pair| (label, pair)))
}

/// An absolute URI as RFC 3986 writes it.
fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme
        && !rest.is_empty()
        && rest != "//"
        && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c))
}

/// The grammar at the end of the Semantic Versioning 2.0.0 specification.
fn is_semver(value: &str) -> bool {
    let (rest, build) = value.split_once('+').map_or((value, None), |(a, b)| (a, Some(b)));
    let (core, pre) = rest.split_once('-').map_or((rest, None), |(a, b)| (a, Some(b)));
    let is_number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let is_identifier = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_pre = |part: &str| {
        is_identifier(part) && (!part.bytes().all(|b| b.is_ascii_digit()) || is_number(part))
    };
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && pre.is_none_or(|pre| pre.split('.').all(is_pre))
        && build.is_none_or(|build| build.split('.').all(is_identifier))
}

/// `dot-atom@domain`: what of RFC 5322 people use.
fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let is_atom = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let is_literal = domain.starts_with('[') && domain.ends_with(']');
    (is_quoted || local.split('.').all(is_atom)) && (is_literal || domain.split('.').all(is_atom))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_know_their_own() {
        let cases: [(LabelFormat, &[&str], &[&str]); 6] = [
            (
                LabelFormat::Url,
                &["https://example.com/a?b#c", "mailto:a@b.c", "git://x"],
                &["not-url", "example.com", "https://", "https://a b", ":x"],
            ),
            (
                LabelFormat::Rfc3339,
                &["2021-03-10T10:26:33.564595127+01:00", "2021-03-10T10:26:33Z"],
                &["2021-03-10", "now", "2021-13-10T10:26:33Z"],
            ),
            (
                LabelFormat::Semver,
                &["1.0.0", "2.0.1-rc1", "1.2.3-a.1+b.01", "0.0.0"],
                &["1.0", "v1.0.0", "1.0.0-01", "01.0.0", "1.0.0-", "1.0.0+"],
            ),
            (
                LabelFormat::Hash,
                &["d8a2efa", "43c572f1272b8b3171dd1db9e41b7027128ce080"],
                &["d8a2ef", "foobar1", "D8A2EFA"],
            ),
            (
                LabelFormat::Spdx,
                &["MIT", "BSD-3-Clause", "MIT OR Apache-2.0"],
                &["not-spdx", "Free"],
            ),
            (
                LabelFormat::Email,
                &["a@example.com", "a.b+c@d", "\"a b\"@c.d"],
                &["not-email", "@a", "a@", "a b@c", "a..b@c"],
            ),
        ];
        for (format, good, bad) in cases {
            for value in good {
                assert!(is_valid(format, value), "{format:?} {value}");
            }
            for value in bad {
                assert!(!is_valid(format, value), "{format:?} {value}");
            }
        }
    }
}
