//! Values that stand where a secret would: examples, masks, references.

/// Words no generator of secrets writes. Each has at least six letters, for in a token of a hundred
/// random characters a word of four turns up once in twenty thousand.
const WORDS: &[&str] = &[
    "abcdefgh",
    "0123456789",
    "1234567890",
    "123456789a",
    "change-me",
    "change_me",
    "change-this",
    "changeit",
    "changeme",
    "deadbeef",
    "donotuse",
    "example",
    "exemple",
    "fake-key",
    "fake_key",
    "fakefake",
    "foobar",
    "insert-",
    "insert_",
    "invalid-",
    "not-a-",
    "not_a_",
    "notasecret",
    "notreal",
    "placeholder",
    "redacted",
    "removed",
    "replace-",
    "replace_",
    "replaceme",
    "sanitized",
    "secretsecret",
    "testtest",
    "xxxxxx",
    "your-",
    "your_",
    "yourapi",
    "yourkey",
    "yoursecret",
    "yourtoken",
];

/// How many of the same byte in a row are a mask. Six of one among 64 kinds turn up by chance in
/// one of ten million tokens.
const RUN_MAX: usize = 5;

/// Whether a value is a stand-in for a secret of any kind.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    has_run(value)
        || WORDS.iter().any(|word| contains(value, word.as_bytes()))
        || is_reference(value)
}

/// Values people write where a password belongs, that are none or the worst known.
const PASSWORDS: &[&str] = &[
    "admin",
    "admin123",
    "default",
    "dummy",
    "empty",
    "false",
    "guest",
    "hidden",
    "hunter2",
    "letmein",
    "mypass",
    "mypassword",
    "mysecret",
    "mysql",
    "mytoken",
    "none",
    "null",
    "nil",
    "optional",
    "pass",
    "passw0rd",
    "passwd",
    "password",
    "password1",
    "password123",
    "postgres",
    "proxypass",
    "pwd",
    "p@ssw0rd",
    "p@ssword",
    "qwerty",
    "repopwd",
    "required",
    "root",
    "sample",
    "secret",
    "secret123",
    "secretkey",
    "secretpassword",
    "somepassword",
    "string",
    "supersecret",
    "swordfish",
    "test",
    "test123",
    "testing",
    "testpass",
    "testpassword",
    "todo",
    "token",
    "toor",
    "true",
    "undefined",
    "unset",
    "user",
    "username",
    "value",
    "welcome",
];

/// Whether a password is a stand-in: what [`is_placeholder`] says, and words that are none.
pub(super) fn is_weak_word(value: &[u8]) -> bool {
    PASSWORDS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(value))
}

/// Whether a value only says where the secret is: `$NAME`, `${NAME}`, `{{ name }}`, `<token>`,
/// `%NAME%`, `%s`, `@name@`, `[token]`, `***`, `...`.
pub(super) fn is_reference(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let is_word =
        |text: &[u8]| text.iter().all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(b));
    let wrapped = |open: &[u8], close: &[u8]| {
        value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some()
    };
    // A percent sign begins a reference only where a name or a format follows, for passwords in
    // addresses hold `%40` and the like.
    let percent = value.strip_prefix(b"%").is_some_and(|rest| {
        rest.strip_suffix(b"%").is_some_and(is_word)
            || rest.starts_with(b"(")
            || matches!(rest, b"s" | b"d" | b"v" | b"q")
    });
    value.is_empty()
        || wrapped(b"<", b">")
        || wrapped(b"[", b"]")
        || wrapped(b"{", b"}")
        || (wrapped(b"@", b"@")
            && is_word(value.get(1..value.len().saturating_sub(1)).unwrap_or_default()))
        || contains(value, b"${")
        || contains(value, b"$(")
        || contains(value, b"{{")
        || contains(value, b"<%")
        || contains(value, b"#{")
        || contains(value, b"***")
        || contains(value, b"...")
        || contains(value, b"\xe2\x80\xa6")
        || percent
        || value.strip_prefix(b"$").is_some_and(|name| {
            is_word(name) && name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        })
}

fn has_run(value: &[u8]) -> bool {
    let mut run = 0usize;
    let mut last = None;
    for byte in value {
        run = if last == Some(byte) { run.saturating_add(1) } else { 1 };
        last = Some(byte);
        if run > RUN_MAX {
            return true;
        }
    }
    false
}

/// Whether `value` holds `word`, which is in lower case, in any case.
pub(super) fn contains(value: &[u8], word: &[u8]) -> bool {
    value.windows(word.len().max(1)).any(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_examples_and_references_are_placeholders() {
        for value in [
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "{{ .Values.password }}",
            "<token>",
            "<your token>",
            "%(password)s",
            "%DB_PASSWORD%",
            "changeme",
            "your-api-key-here",
            "abcdefghijklmnop",
            "s3cr3t***",
            "sk_live_...",
            "",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn random_values_are_none() {
        for value in [
            "ARVLMpeEJNFR96Az",
            "p%40ss$w0rd!",
            "Tr0ub4dor&3",
            "WMgaKepQQrFCLi",
            "a1b2c3d4e5f60718",
        ] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
        assert!(is_weak_word(b"Password") && !is_weak_word(b"Passwort7x"));
    }
}
