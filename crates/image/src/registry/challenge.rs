//! What a registry asks for before it answers: the `WWW-Authenticate` header (RFC 9110, section
//! 11.6.1; distribution specification, "Token Authentication").

use http::{HeaderMap, header};

/// Parts of a header that are looked at; honest ones have four.
const PARTS_MAX: usize = 64;

/// One way to authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User name and password with every request.
    Basic,
    /// A token, to be had from a service.
    Bearer {
        /// The service's URL.
        realm: String,
        /// What it calls the registry.
        service: Option<String>,
        /// What the token has to allow.
        scope: Option<String>,
    },
}

/// Reads the ways a response offers, tokens first. Others than these two are left out.
pub(super) fn parse(headers: &HeaderMap) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    for value in headers.get_all(header::WWW_AUTHENTICATE) {
        if let Ok(text) = value.to_str() {
            parse_value(text, &mut challenges);
        }
    }
    challenges.sort_by_key(|challenge| matches!(challenge, Challenge::Basic));
    challenges
}

fn parse_value(text: &str, challenges: &mut Vec<Challenge>) {
    let mut scheme = String::new();
    let mut params: Vec<(String, String)> = Vec::new();
    for part in split(text) {
        // `Scheme`, `Scheme key=value` or `key=value`: a scheme is followed by a space or nothing.
        let name_len = part.find([' ', '=']).unwrap_or(part.len());
        let (name, rest) = part.split_at(name_len);
        let param = if rest.trim_start().starts_with('=') {
            part
        } else {
            challenges.extend(finish(&scheme, &params));
            name.clone_into(&mut scheme);
            params.clear();
            rest.trim_start()
        };
        if let Some((key, value)) = param.split_once('=') {
            params.push((key.trim().to_ascii_lowercase(), unquote(value.trim())));
        }
    }
    challenges.extend(finish(&scheme, &params));
}

fn finish(scheme: &str, params: &[(String, String)]) -> Option<Challenge> {
    let param =
        |name: &str| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if scheme.eq_ignore_ascii_case("basic") {
        Some(Challenge::Basic)
    } else if scheme.eq_ignore_ascii_case("bearer") {
        let (service, scope) = (param("service"), param("scope"));
        param("realm").map(|realm| Challenge::Bearer { realm, service, scope })
    } else {
        None
    }
}

/// Splits at commas that are not within quotes.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c: char| {
        let separator = c == ',' && !quoted;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
        separator
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
    .take(PARTS_MAX)
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').map(|v| v.strip_suffix('"').unwrap_or(v)) else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenges(values: &[&str]) -> Vec<Challenge> {
        let values = values.iter().map(|v| (header::WWW_AUTHENTICATE, v.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(name, value);
        }
        parse(&headers)
    }

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
            scope: scope.map(str::to_owned),
        }
    }

    #[test]
    fn challenges_are_read() {
        // The first is the example of the distribution project's token specification.
        assert_eq!(
            challenges(&[
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",\
                 scope=\"repository:samalba/my-app:pull,push\""
            ]),
            [bearer(
                "https://auth.docker.io/token",
                Some("registry.docker.io"),
                Some("repository:samalba/my-app:pull,push")
            )]
        );
        assert_eq!(challenges(&["Basic realm=\"a, b\""]), [Challenge::Basic]);
        assert_eq!(challenges(&["basic"]), [Challenge::Basic]);
        assert_eq!(
            challenges(&["bearer Realm = https://r , service=\"a\\\"b\""]),
            [bearer("https://r", Some("a\"b"), None)]
        );
    }

    #[test]
    fn tokens_come_before_passwords() {
        let both = [bearer("https://r", None, None), Challenge::Basic];
        assert_eq!(challenges(&["Basic realm=x, Bearer realm=\"https://r\""]), both);
        assert_eq!(challenges(&["Basic realm=x", "Bearer realm=\"https://r\""]), both);
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        for value in ["", ",,,", "=", "Bearer", "Bearer service=x", "Negotiate abc==", "\""] {
            assert_eq!(challenges(&[value]), [], "{value}");
        }
    }
}
