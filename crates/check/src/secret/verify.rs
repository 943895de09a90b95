//! What an expression cannot tell: whether what it found is what it looks like.

use super::{assignment, checksum, pem, placeholder};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::bytes::Captures;
use serde::Deserialize;
use std::ops::Range;

/// What to ask of a match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Check {
    /// Nothing more.
    #[default]
    None,
    /// The value was made by chance, not written: see [`assignment`].
    Assignment,
    /// Base64 of `user:password`, the password being one.
    Basic,
    /// The token may end in a CRC-32 in base 62, and is beyond doubt where it does.
    Crc32Base62,
    /// The value of a name in a file of settings, where a weak password is one too: see
    /// [`assignment`].
    Configured,
    /// Base64 of a text that is no placeholder.
    Encoded,
    /// A JSON Web Token: header and payload are JSON, and the header names an algorithm.
    Jwt,
    /// Upper case, lower case and digits all occur, as they do in every forty random characters of
    /// base 64, and do not in names, paths and digests.
    Mixed,
    /// A password somebody chose: no placeholder, no reference, no default, not the user's name.
    Password,
    /// A private key in PEM that anyone can read.
    PemPlain,
    /// A private key in PEM that takes a password to read.
    PemEncrypted,
    /// The value of a setting whose name says that it is secret; tried on settings only.
    Setting,
}

/// A match to be judged.
pub(super) struct Look<'t, 'c> {
    pub(super) text: &'t [u8],
    /// All of what the expression matched.
    pub(super) whole: Range<usize>,
    /// The secret in it.
    pub(super) secret: Range<usize>,
    pub(super) captures: &'c Captures<'t>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is something else.
    No,
    /// It is a secret, unless entropy or a list says otherwise.
    Likely(Range<usize>),
    /// It is a secret.
    Proven(Range<usize>),
}

impl<'t> Look<'t, '_> {
    pub(super) fn secret(&self) -> &'t [u8] {
        self.text.get(self.secret.clone()).unwrap_or_default()
    }

    /// What a group of the expression matched.
    pub(super) fn group(&self, name: &str) -> Option<&'t [u8]> {
        self.captures.name(name).map(|group| group.as_bytes())
    }

    fn likely_if(&self, holds: bool) -> Verdict {
        if holds { Verdict::Likely(self.secret.clone()) } else { Verdict::No }
    }
}

impl Check {
    pub(super) fn verdict(self, look: &Look<'_, '_>) -> Verdict {
        let secret = look.secret();
        match self {
            Self::Assignment => {
                let name = look.group("name").unwrap_or_default();
                look.likely_if(assignment::is_secret(name, secret))
            }
            Self::Configured | Self::Setting => {
                let name = look.group("name").unwrap_or_default();
                look.likely_if(assignment::is_secret_setting(name, secret))
            }
            Self::Basic => look.likely_if(is_basic(secret)),
            Self::Crc32Base62 if checksum::crc32_base62_holds(secret) => {
                Verdict::Proven(look.secret.clone())
            }
            Self::None | Self::Crc32Base62 => look.likely_if(true),
            Self::Encoded => {
                look.likely_if(decode(secret).is_some_and(|text| is_chosen(&text, None)))
            }
            Self::Jwt => look.likely_if(is_jwt(secret)),
            Self::Mixed => look.likely_if(is_mixed(secret)),
            Self::Password => look.likely_if(is_chosen(secret, look.group("user"))),
            Self::PemPlain | Self::PemEncrypted => match pem::read(look.text, look.whole.clone()) {
                Some(key) if key.is_encrypted == (self == Self::PemEncrypted) => {
                    Verdict::Likely(key.at)
                }
                _ => Verdict::No,
            },
        }
    }
}

/// Base 64 of either alphabet, with or without padding.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.iter().any(|byte| matches!(byte, b'-' | b'_')) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()
}

fn is_mixed(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_digit)
}

/// Whether a password is one that somebody chose for a purpose.
fn is_chosen(password: &[u8], user: Option<&[u8]>) -> bool {
    let password = password.trim_ascii();
    password.len() >= 3
        && !placeholder::is_placeholder(password)
        && !placeholder::is_weak_word(password)
        && user.is_none_or(|user| !user.eq_ignore_ascii_case(password))
        && std::str::from_utf8(password).is_ok_and(|text| !text.contains(char::is_control))
}

fn is_basic(encoded: &[u8]) -> bool {
    decode(encoded).is_some_and(|decoded| {
        decoded
            .iter()
            .position(|byte| *byte == b':')
            .and_then(|at| decoded.split_at_checked(at))
            .is_some_and(|(user, password)| {
                let password = password.strip_prefix(b":").unwrap_or(password);
                user.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
                    && is_chosen(password, Some(user))
            })
    })
}

fn is_jwt(token: &[u8]) -> bool {
    let mut parts = token.split(|byte| *byte == b'.');
    let (Some(header), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let object = |part: &[u8]| {
        decode(part).and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok())
    };
    let has_algorithm = object(header)
        .is_some_and(|header| header.get("alg").is_some_and(serde_json::Value::is_string));
    has_algorithm && object(payload).is_some_and(|payload| payload.is_object())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_token_has_json_in_it() {
        // RFC 7515, appendix A.1, cut in two.
        let token = [
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQ",
            "ogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ]
        .concat();
        assert!(is_jwt(token.as_bytes()));
        assert!(!is_jwt(b"eyJhbGciOjF9.e30.x"));
        assert!(!is_jwt(b"eyJhbGciOiJIUzI1NiJ9.e30"));
        assert!(!is_jwt(b"eyJ0eXAiOiJKV1QifQ.e30.x"));
        assert!(!is_jwt(b"not.a.token"));
    }

    #[test]
    fn basic_authorization_is_a_user_and_a_password() {
        // RFC 7617, section 2: Aladdin, "open sesame".
        assert!(is_basic(b"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(!is_basic(b"dXNlcjpwYXNzd29yZA=="), "user:password");
        assert!(!is_basic(b"dXNlcjo="), "user:");
        assert!(!is_basic(b"bm9jb2xvbg=="), "nocolon");
        assert!(!is_basic(b"AAECAwQF"));
    }
}
