//! Any address: a report as the body of a request, or as a file in a form.

use super::connection::Connection;
use super::document::Document;
use super::pair;
use super::secret::{Secret, variable};
use crate::args::HttpArgs;
use crate::commands::outcome::print;
use crate::fail::{CommandError, Kind as Failure, Result};
use lazaret_image::Redacted;
use lazaret_image::send::{Content, Field, FieldValue, Repeat, Request};

const TOKEN: &str = "LAZARET_UPLOAD_TOKEN";
const USERNAME: &str = "LAZARET_UPLOAD_USERNAME";
const PASSWORD: &str = "LAZARET_UPLOAD_PASSWORD";

/// Words in the names of headers and of parts of addresses whose values are secrets.
const TELLING: [&str; 10] = [
    "apikey",
    "api-key",
    "api_key",
    "auth",
    "cookie",
    "credential",
    "password",
    "secret",
    "signature",
    "token",
];

pub(super) fn run(args: &HttpArgs) -> Result<u8> {
    let secrets = format!("{TOKEN}, {USERNAME} and {PASSWORD}, or --header-env");
    let connection = Connection::new(&args.connection, &secrets)?;
    check_query(&args.url)?;
    let mut headers = Vec::new();
    for header in &args.header {
        let (name, value) = pair(header, "--header")?;
        if is_telling(name) {
            let message = format!("the value of `{name}` is refused: others can read it here");
            let hint = format!("name a variable that holds it: --header-env {name}=VARIABLE");
            return Err(CommandError::usage(message).hint(hint));
        }
        headers.push((name.to_owned(), value.to_owned()));
    }
    let secrets = secret_headers(args)?;
    let payload = Document::read(&args.report)?.payload(args.format.as_deref())?;
    let media_type =
        args.content_type.clone().unwrap_or_else(|| payload.kind.media_type().to_owned());
    let content = match &args.file_field {
        None => Content::Document { media_type, bytes: payload.bytes.into() },
        Some(file_field) => {
            let mut form = Vec::new();
            for field in &args.field {
                let (name, value) = pair(field, "--field")?;
                let value = FieldValue::Text(value.to_owned());
                form.push(Field { name: name.to_owned(), value });
            }
            let name = payload.kind.file_name().to_owned();
            let value = FieldValue::File { name, media_type, bytes: payload.bytes.into() };
            form.push(Field { name: file_field.clone(), value });
            Content::Form(form)
        }
    };
    let method = args.method.to_ascii_uppercase();
    // Those of which a second one changes nothing (RFC 9110, section 9.2.2).
    let repeat = if method == "PUT" { Repeat::Always } else { Repeat::Untouched };
    if matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE" | "CONNECT" | "DELETE") {
        return Err(CommandError::usage(format!("{method} carries no report: use POST or PUT")));
    }
    let request = Request {
        method,
        url: args.url.clone(),
        headers,
        secrets,
        content,
        repeat,
        redirects: true,
    };
    if let Some(reply) = connection.send(&request, "send the report")? {
        print(&format!("sent to {}: status {}\n", reply.host, reply.status))?;
    }
    Ok(0)
}

/// The headers with secrets in them.
fn secret_headers(args: &HttpArgs) -> Result<Vec<(String, Redacted)>> {
    let mut secrets = Vec::new();
    let token = Secret::find(TOKEN)?;
    match (variable(USERNAME), Secret::find(PASSWORD)?) {
        (Some(username), Some(password)) if token.is_none() => {
            secrets.push(("Authorization".to_owned(), password.basic(&username)));
        }
        (None, None) => {}
        (Some(_), Some(_)) => {
            let error = anyhow::anyhow!("{TOKEN} and {PASSWORD} are both set: one is sent");
            return Err(CommandError::new(Failure::Config, error));
        }
        _ => {
            let error = anyhow::anyhow!("{USERNAME} and {PASSWORD} belong together");
            return Err(CommandError::new(Failure::Config, error).hint("one of them is not set"));
        }
    }
    secrets.extend(token.map(|token| ("Authorization".to_owned(), token.behind("Bearer"))));
    for header in &args.header_env {
        let (name, variable) = pair(header, "--header-env")?;
        secrets.push((name.to_owned(), Secret::required(variable)?.alone()));
    }
    Ok(secrets)
}

fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

/// Refuses an address with a secret in its query.
fn check_query(url: &str) -> Result<()> {
    let Some((_, query)) = url.split_once('?') else { return Ok(()) };
    let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    match names.find(|name| is_telling(name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the value of `{name}` in the address is refused");
            let error = CommandError::usage(message);
            Err(error.hint("others can read the command line; use a header with --header-env"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_secrets_away() {
        for name in ["Authorization", "X-Api-Key", "PRIVATE-TOKEN", "Cookie", "X-Amz-Signature"] {
            assert!(is_telling(name), "{name}");
        }
        for name in ["Accept", "X-Project", "Content-Language"] {
            assert!(!is_telling(name), "{name}");
        }
        assert!(check_query("https://a/b?x=1&access_token=s3cr3t").is_err());
        assert!(check_query("https://a/b?project=shop").is_ok());
    }
}
