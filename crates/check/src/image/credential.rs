//! Names of variables that hold credentials. Values are looked at only to tell whether there is one,
//! and are never repeated.

/// Parts of a name, between underscores, that say it all.
const WORDS: [&str; 17] = [
    "ACCESSKEY",
    "APIKEY",
    "AUTHTOKEN",
    "CREDENTIAL",
    "CREDENTIALS",
    "CREDS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PASSWORDS",
    "PRIVATEKEY",
    "PWD",
    "SECRET",
    "SECRETKEY",
    "SECRETS",
    "TOKEN",
    "TOKENS",
];

/// What a `KEY` must be of to be a secret one.
const KEYS_OF: [&str; 11] = [
    "ACCESS",
    "ACCOUNT",
    "API",
    "AUTH",
    "DEPLOY",
    "ENCRYPTION",
    "MASTER",
    "PRIVATE",
    "SIGNING",
    "SSH",
    "STORAGE",
];

/// Parts of a name that say it holds something about a credential and not the credential.
const ABOUT: [&str; 27] = [
    "ALGORITHM",
    "AGE",
    "CLASS",
    "COUNT",
    "DIR",
    "DISABLED",
    "ENABLED",
    "EXPIRATION",
    "EXPIRES",
    "EXPIRY",
    "FILE",
    "FORMAT",
    "ID",
    "LENGTH",
    "LIFETIME",
    "MAX",
    "MIN",
    "NAME",
    "PATH",
    "POLICY",
    "PUBLIC",
    "REQUIRED",
    "SHA256",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URL",
];

/// The longest name that is looked at, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// Whether a variable of this name holds a credential.
pub(super) fn is_credential_name(name: &str) -> bool {
    if name.len() > NAME_BYTES_MAX || matches!(name, "PWD" | "OLDPWD") {
        return false;
    }
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    // `AWS_ACCESS_KEY_ID` is half of a credential, and the half that says whose.
    if upper.ends_with("ACCESS_KEY_ID") {
        return true;
    }
    let is_about = words.last().is_some_and(|word| ABOUT.contains(word))
        || words.first().is_some_and(|word| matches!(*word, "MIN" | "MAX" | "PUBLIC" | "GPG"))
        || words.contains(&"PUBLIC");
    let has_key = words.windows(2).any(|pair| match pair {
        [of, "KEY" | "KEYS"] => KEYS_OF.contains(of),
        _ => false,
    });
    !is_about && (has_key || words.iter().any(|word| WORDS.contains(word)))
}

/// Whether a value is a credential as far as one can tell without knowing it: there is one, and it is
/// neither a switch nor a place where the credential will be.
pub(super) fn is_credential_value(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let lower = value.to_ascii_lowercase();
    !(value.is_empty()
        || value.starts_with(['$', '<', '/'])
        || value.starts_with("{{")
        || value.bytes().all(|byte| byte == b'*' || byte == b'x')
        || matches!(
            lower.as_str(),
            "true"
                | "false"
                | "yes"
                | "no"
                | "on"
                | "off"
                | "none"
                | "null"
                | "0"
                | "1"
                | "undefined"
        ))
}

/// The name in `NAME=value`, where both look like a credential's.
pub(super) fn credential_in(assignment: &str) -> Option<&str> {
    let (name, value) = assignment.split_once('=')?;
    let name = name.trim_start_matches('-');
    (is_credential_name(name) && is_credential_value(value)).then_some(name)
}

/// Whether a word is an address with a password in it: `https://user:password@host`.
pub(super) fn has_password_in_address(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority
        .rsplit_once('@')
        .and_then(|(user, _)| user.split_once(':'))
        .is_some_and(|(_, password)| is_credential_value(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_are_known() {
        for name in [
            "DB_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "GITHUB_TOKEN",
            "api_key",
            "PRIVATE_KEY",
            "client-secret",
            "APIKEY",
            "SSH_KEY",
            "DB_PASSWD",
        ] {
            assert!(is_credential_name(name), "{name}");
        }
        for name in [
            "PATH",
            "PWD",
            "GPG_KEY",
            "GPG_KEYS",
            "PASSWORD_FILE",
            "TOKEN_TTL",
            "PUBLIC_KEY",
            "KEYMAP",
            "SECRET_NAME",
            "PASSWORD_MIN_LENGTH",
            "MONKEY",
            "SSH_PUBLIC_KEY",
            "TOKENIZER",
            "LANG",
        ] {
            assert!(!is_credential_name(name), "{name}");
        }
    }

    #[test]
    fn a_place_for_a_credential_is_none() {
        for value in ["", "\"\"", "$TOKEN", "${TOKEN}", "<token>", "/run/secrets/x", "true", "****"]
        {
            assert!(!is_credential_value(value), "{value}");
        }
        assert_eq!(credential_in("--db-password=hunter2"), Some("db-password"));
        assert_eq!(credential_in("TOKEN="), None);
        assert!(has_password_in_address("https://me:hunter2@example.org/x"));
        assert!(!has_password_in_address("https://me:$TOKEN@example.org/x"));
        assert!(!has_password_in_address("https://example.org/a:b@c"));
    }
}
