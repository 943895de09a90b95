//! Whether `name = value` gives a secret away, when all there is to go by is the two words.

use super::{entropy, placeholder};

/// Shortest value that is taken for a secret in a text, where a name may mean anything.
const TEXT_BYTES_MIN: usize = 8;

/// Longest value; what is longer is data.
const BYTES_MAX: usize = 512;

/// Entropy a value in a text must have, in bits per byte: eight different characters have 3, and
/// words of eight letters between 2 and 2.75.
const TEXT_ENTROPY_MIN: f64 = 2.9;

/// Ends of names that are about a secret, and not its value.
const ABOUT: &[&str] = &[
    "age",
    "alg",
    "algo",
    "algorithm",
    "alias",
    "arn",
    "attempts",
    "bits",
    "body",
    "bucket",
    "cache",
    "charset",
    "class",
    "column",
    "conf",
    "config",
    "count",
    "cookie_name",
    "data",
    "date",
    "description",
    "dir",
    "domain",
    "enabled",
    "encoding",
    "endpoint",
    "env",
    "error",
    "expiration",
    "expires",
    "expires_at",
    "expires_in",
    "expiry",
    "ext",
    "exists",
    "field",
    "file",
    "filename",
    "folder",
    "format",
    "func",
    "function",
    "generator",
    "group",
    "handler",
    "header",
    "hint",
    "host",
    "icon",
    "id",
    "ids",
    "index",
    "input",
    "iss",
    "issuer",
    "kind",
    "label",
    "len",
    "length",
    "level",
    "lifetime",
    "limit",
    "link",
    "list",
    "location",
    "manager",
    "map",
    "max",
    "message",
    "method",
    "min",
    "mode",
    "mount",
    "msg",
    "name",
    "names",
    "namespace",
    "param",
    "params",
    "parser",
    "path",
    "pattern",
    "placeholder",
    "policy",
    "position",
    "prefix",
    "prompt",
    "properties",
    "provider",
    "reader",
    "ref",
    "regex",
    "regexp",
    "region",
    "required",
    "reset",
    "resolver",
    "role",
    "rotation",
    "rule",
    "rules",
    "salt_length",
    "schema",
    "scope",
    "selector",
    "server",
    "service",
    "size",
    "source",
    "state",
    "status",
    "store",
    "strategy",
    "strength",
    "suffix",
    "table",
    "template",
    "text",
    "time",
    "timeout",
    "title",
    "ttl",
    "type",
    "types",
    "uri",
    "url",
    "usage",
    "user",
    "username",
    "validator",
    "version",
    "visible",
    "writer",
];

/// Words in a name that make its value no secret wherever they stand.
const HARMLESS: &[&str] = &[
    "public",
    "pubkey",
    "pub_key",
    "csrf",
    "xsrf",
    "author",
    "tokenize",
    "token_type",
    "tokentype",
    "next_token",
    "nexttoken",
    "page_token",
    "pagetoken",
    "continuation",
    "cancellation",
    "canceltoken",
    "primary_key",
    "foreign_key",
    "sort_key",
    "partition_key",
    "keyboard",
    "forgot",
    "confirm",
    "show_password",
    "i18n",
    "aria",
    "placeholder",
    "sync_token",
    "passwordless",
    "secretary",
    "idempotency",
];

/// Whether a name and a value in a text give a secret away.
///
/// The rule's expression has seen that the name holds a word such as `password` or `token`. What is
/// left is to tell a secret from code, prose, paths and identifiers.
pub(super) fn is_secret(name: &[u8], value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.len() >= TEXT_BYTES_MIN
        && value.len() <= BYTES_MAX
        && names_a_secret(name)
        && !repeats(name, value)
        && !placeholder::is_placeholder(value)
        && !placeholder::is_weak_word(value)
        && !is_code(value)
        && !is_sealed(value)
        && is_made_up(value)
        && entropy::bits(value) >= TEXT_ENTROPY_MIN
}

/// Whether the value of a setting (`ENV`, `ARG`, a label) is a secret. A setting's name says what it
/// holds, and its value is data and no code, so that a weak password is one too.
pub(super) fn is_secret_setting(name: &[u8], value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.len() >= 4
        && value.len() <= BYTES_MAX
        && names_a_secret(name)
        && !placeholder::is_placeholder(value)
        && !placeholder::is_weak_word(value)
        && !is_path(value)
        && !is_sealed(value)
        && !is_switch(value)
        && !is_version_or_number(value)
        && !value.contains(&b' ')
}

/// Whether a name is that of the secret, not of something about it.
pub(super) fn names_a_secret(name: &[u8]) -> bool {
    let name = to_snake(name);
    let is_about =
        ABOUT.iter().any(|end| name.strip_suffix(*end).is_some_and(|rest| rest.ends_with('_')));
    !is_about && !HARMLESS.iter().any(|word| name.contains(word))
}

/// Whether a value is about its own name: `encryptionKey = other.encryptionKey2`.
fn repeats(name: &[u8], value: &[u8]) -> bool {
    let own = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default().to_ascii_lowercase();
    own.len() >= TEXT_BYTES_MIN && placeholder::contains(value, &own)
}

/// A name in lower case with `_` between its words, whatever it was written in.
fn to_snake(name: &[u8]) -> String {
    let mut snake = String::with_capacity(name.len().saturating_add(8));
    let mut last_lower = false;
    for byte in name {
        let byte = *byte;
        if byte.is_ascii_uppercase() && last_lower {
            snake.push('_');
        }
        last_lower = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_word = byte.is_ascii_alphanumeric();
        snake.push(if is_word { char::from(byte.to_ascii_lowercase()) } else { '_' });
    }
    snake.trim_matches('_').to_owned()
}

/// Whether a value is an expression of some language: a call, an index, a member, a type.
fn is_code(value: &[u8]) -> bool {
    let holds = |word: &[u8]| memchr::memmem::find(value, word).is_some();
    let starts = |word: &[u8]| value.starts_with(word);
    let is_call = value.ends_with(b")")
        || value.ends_with(b"]")
        || value.ends_with(b"}")
        || holds(b"()")
        || holds(b"](");
    let is_member = value.contains(&b'.')
        && value.split(|byte| *byte == b'.').all(|part| {
            part.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
                && part.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
        });
    is_call
        || is_member
        || is_path(value)
        || holds(b"::")
        || holds(b"=>")
        || holds(b"->")
        || holds(b"&&")
        || holds(b"||")
        || holds(b"==")
        // An option that is put together, as in `KEY="--private-key=$2"`.
        || starts(b"--")
        || starts(b"self.")
        || starts(b"this.")
        || starts(b"process.env")
        || starts(b"os.environ")
        || starts(b"sha1-")
        || starts(b"sha256:")
        || starts(b"sha256-")
        || starts(b"sha384-")
        || starts(b"sha512-")
        || starts(b"data:")
}

/// Whether a value is encrypted, or says where a secret is kept: Jasypt, SOPS, Spring Cloud, Vault,
/// AWS, 1Password.
fn is_sealed(value: &[u8]) -> bool {
    [b"ENC[".as_slice(), b"ENC(", b"{cipher}", b"vault:", b"arn:", b"op:", b"secretsmanager:"]
        .iter()
        .any(|start| value.starts_with(start))
}

fn is_path(value: &[u8]) -> bool {
    value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || value.starts_with(b"C:\\")
        || memchr::memmem::find(value, b"://").is_some()
        || [
            b".json".as_slice(),
            b".pem",
            b".key",
            b".txt",
            b".yml",
            b".yaml",
            b".py",
            b".js",
            b".ts",
            b".html",
            b".php",
            b".properties",
            b".conf",
            b".crt",
            b".svg",
            b".png",
        ]
        .iter()
        .any(|ending| value.ends_with(ending))
}

fn is_switch(value: &[u8]) -> bool {
    [
        b"true".as_slice(),
        b"false",
        b"yes",
        b"no",
        b"on",
        b"off",
        b"enabled",
        b"disabled",
        b"always",
        b"never",
        b"auto",
        b"file",
        b"bearer",
        b"basic",
    ]
    .iter()
    .any(|word| value.eq_ignore_ascii_case(word))
}

fn is_version_or_number(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'-' | b'T' | b'Z'))
}

/// Whether chance had a hand in a value: letters with digits among them, or letters of both cases
/// in no order that a name would have, or marks.
fn is_made_up(value: &[u8]) -> bool {
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let marks = value
        .iter()
        .filter(|b| b.is_ascii_punctuation() && !matches!(b, b'-' | b'_' | b'.'))
        .count();
    if is_version_or_number(value) || value.iter().any(|byte| !byte.is_ascii_graphic()) {
        return false;
    }
    if letters > 0 && digits > 0 {
        return !is_words(value);
    }
    if digits == 0 && marks == 0 {
        // `qKbBjurTyOp`, but not `setPassword` or `AccessToken`.
        return value.len() >= 16 && !is_words(value) && case_changes(value) * 4 >= value.len();
    }
    marks > 0 && letters > 0 && entropy::distinct(value) >= 8 && !is_words(value)
}

/// Whether a value is words and numbers joined by marks: `my-secret-2`, `token_v1.3`, `oauth2Token`.
fn is_words(value: &[u8]) -> bool {
    let mut words = 0usize;
    let mut odd = 0usize;
    for part in value.split(|byte| matches!(byte, b'-' | b'_' | b'.' | b'/' | b':' | b'@')) {
        let letters = part.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        let is_number = part.len() <= 4 && part.iter().all(u8::is_ascii_digit);
        let digits_at_end = part.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let stem = part.get(..part.len().saturating_sub(digits_at_end)).unwrap_or_default();
        let is_word = letters > 0
            && digits_at_end <= 2
            && stem.iter().all(u8::is_ascii_alphabetic)
            && case_changes(stem) * 5 <= stem.len().saturating_add(4)
            && (stem.len() < 4 || has_vowel(stem));
        if is_word || is_number || part.is_empty() {
            words = words.saturating_add(1);
        } else {
            odd = odd.saturating_add(1);
        }
    }
    odd == 0 && words > 0
}

fn has_vowel(word: &[u8]) -> bool {
    word.iter().any(|byte| b"aeiouyAEIOUY".contains(byte))
}

/// How often upper case follows lower case or the other way round, the first letter of a word not
/// counted.
fn case_changes(text: &[u8]) -> usize {
    text.windows(2)
        .filter(|pair| {
            matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase())
                || matches!(pair, [a, b] if a.is_ascii_uppercase() && b.is_ascii_lowercase())
        })
        .count()
        .saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_values_are_secrets() {
        for (name, value) in [
            ("DB_PASSWORD", "ARVLMpeEJNFR96Az"),
            ("secretKey", "qK2kbBBsjurjsUtyOpHBCu5ILi0GAtbf"),
            ("api_key", "9f86d081884c7d659a2feaa0c55ad015"),
            ("password", "Tr0ub4dor&3"),
            ("auth-token", "kJ8#mP2$vL9!"),
            ("access.token", "QmFzZTY0RW5jb2RlZFRoaW5nWXo"),
        ] {
            assert!(is_secret(name.as_bytes(), value.as_bytes()), "{name} = {value}");
        }
    }

    #[test]
    fn code_words_and_references_are_none() {
        for (name, value) in [
            ("password", "getPassword()"),
            ("password", "user.password"),
            ("token", "accessToken"),
            ("token", "authenticationToken"),
            ("secret", "my-kubernetes-secret"),
            ("secret", "app-tls-secret-2"),
            ("token", "oauth2_token_v1"),
            ("password_file", "k3J9xPq2LmZ8"),
            ("tokenType", "k3J9xPq2LmZ8"),
            ("csrf_token", "k3J9xPq2LmZ8"),
            ("public_key", "k3J9xPq2LmZ8"),
            ("secret", "/run/secrets/db1"),
            ("token", "https://example.org/a1b2"),
            ("password", "${DB_PASSWORD}"),
            ("password", "changeme123"),
            ("password", "2024-11-21"),
            ("token", "std::string1"),
            ("PRIVATEKEY", "--private-key=$2"),
            ("key", "aaaaaaaa11111111"),
            ("dk.encryptionKey1024", "ek.encryptionKey1024x7"),
        ] {
            assert!(!is_secret(name.as_bytes(), value.as_bytes()), "{name} = {value}");
        }
    }

    #[test]
    fn settings_may_be_weaker() {
        assert!(is_secret_setting(b"DB_PASSWORD", b"winter"));
        for (name, value) in [
            ("DB_PASSWORD", "/run/secrets/db"),
            ("DB_PASSWORD_FILE", "winter"),
            ("POSTGRES_PASSWORD", "postgres"),
            ("USE_TOKEN", "true"),
            ("TOKEN", "$OTHER"),
            ("PASSWORD", ""),
        ] {
            assert!(!is_secret_setting(name.as_bytes(), value.as_bytes()), "{name}={value}");
        }
    }
}
