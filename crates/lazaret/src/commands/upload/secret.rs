//! Secrets: from the environment only, and never shown.

use crate::fail::{CommandError, Kind, Result};
use crate::settings::environment;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lazaret_image::Redacted;
use std::fmt;

/// A token, key or password.
#[derive(Clone)]
pub(super) struct Secret(String);

impl Secret {
    /// The secret in a variable, if there is one. A line break at its end belongs to the file it
    /// was once in.
    pub(super) fn find(variable: &str) -> Result<Option<Self>> {
        let Some(value) = environment(variable) else { return Ok(None) };
        let value = value.into_string().map_err(|_| {
            let error = anyhow::anyhow!("{variable} holds something else than text");
            CommandError::new(Kind::Config, error)
        })?;
        let value = value.trim();
        Ok((!value.is_empty()).then(|| Self(value.to_owned())))
    }

    /// The secret in a variable that has to be there.
    pub(super) fn required(variable: &str) -> Result<Self> {
        Self::find(variable)?.ok_or_else(|| {
            let error = anyhow::anyhow!("{variable} is not set");
            CommandError::new(Kind::Config, error)
                .hint("secrets are read from the environment, never from the command line")
        })
    }

    #[cfg(test)]
    pub(super) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret itself, for the wire only.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// A header's value: the secret behind a word.
    pub(super) fn behind(&self, word: &str) -> Redacted {
        Redacted::new(format!("{word} {}", self.0))
    }

    /// A header's value: nothing but the secret.
    pub(super) fn alone(&self) -> Redacted {
        Redacted::new(self.0.clone())
    }

    /// A header's value for a user with this password (RFC 7617).
    pub(super) fn basic(&self, username: &str) -> Redacted {
        let pair = format!("{username}:{}", self.0);
        Redacted::new(format!("Basic {}", BASE64_STANDARD.encode(pair)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// The text in a variable that is no secret, if there is one.
pub(super) fn variable(name: &str) -> Option<String> {
    environment(name)?.into_string().ok().filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed() {
        let secret = Secret("hunter2".to_owned());
        assert_eq!(format!("{secret:?} {:?}", secret.behind("Token")), "<redacted> <redacted>");
    }
}
