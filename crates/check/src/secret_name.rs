//! Names of settings whose value is a secret, and values that are one. Finding secrets by what they
//! look like is another module's work: here only the name speaks.

/// Words that make a name one of a secret, in lower case.
const WORDS: [&str; 14] = [
    "accesskey",
    "access_key",
    "apikey",
    "api_key",
    "credential",
    "encryption_key",
    "passphrase",
    "passwd",
    "password",
    "private_key",
    "pwd",
    "secret",
    "signing_key",
    "token",
];

/// Ends of names that speak of a secret without holding it.
const ABOUT: [&str; 22] = [
    "_arn",
    "_count",
    "_dir",
    "_enabled",
    "_endpoint",
    "_expiry",
    "_file",
    "_id",
    "_issuer",
    "_length",
    "_lifetime",
    "_limit",
    "_name",
    "_path",
    "_policy",
    "_ref",
    "_timeout",
    "_ttl",
    "_type",
    "_uri",
    "_url",
    "_user",
];

/// Whether a setting of that name is likely to hold a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['-', '.', ' '], "_");
    // An AWS key's id is told in the open, but is worth nothing there without the key beside it.
    let is_key_id = name.ends_with("access_key_id");
    if !is_key_id && ABOUT.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    is_key_id
        || name == "pass"
        || name.ends_with("_pass")
        || WORDS.iter().any(|word| name.contains(word))
}

/// Whether a value is one, rather than a place to be filled in, a switch or a path.
pub(crate) fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let is_place = value.contains("${")
        || value.contains("$(")
        || value.contains("{{")
        || value.starts_with('$')
        || (value.starts_with('<') && value.ends_with('>'));
    let is_path = value.starts_with('/') || value.starts_with("file:");
    let is_switch = matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "none"
    );
    let is_number = value.len() < 5 && value.chars().all(|c| c.is_ascii_digit());
    !is_place && !is_path && !is_switch && !is_number
}

/// Whether a line of some configuration gives such a setting a value.
pub(crate) fn assigns_secret(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with(['#', ';', '/']) {
        return false;
    }
    let Some((name, value)) = line.split_once(['=', ':']) else { return false };
    let name = name.trim().trim_matches(['"', '\'']);
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ".contains(c));
    let value = value.trim().trim_matches(['"', '\'', ',', ';']);
    is_name && name.split(' ').count() <= 2 && is_secret(name) && is_literal(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_told_apart() {
        for name in ["DB_PASSWORD", "apiKey", "GITHUB_TOKEN", "client-secret", "AWS_ACCESS_KEY_ID"]
        {
            assert!(is_secret(name), "{name}");
        }
        for name in ["DB_PASSWORD_FILE", "TOKEN_TTL", "PATH", "SECRET_NAME", "COMPASS", "BYPASS_X"]
        {
            assert!(!is_secret(name), "{name}");
        }
        for value in ["", "${X}", "$X", "$(X)", "/run/x", "true", "<here>", "{{ .x }}", "3600"] {
            assert!(!is_literal(value), "{value}");
        }
        assert!(is_literal("hunter2") && is_literal("12345678"));
        assert!(assigns_secret("db.password = hunter2") && assigns_secret("\"token\": \"abc12\","));
        for line in ["# password=x1", "password=", "a sentence about a password: it is long", "x=1"]
        {
            assert!(!assigns_secret(line), "{line}");
        }
    }
}
