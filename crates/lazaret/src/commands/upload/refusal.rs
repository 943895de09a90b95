//! What a service says when it does not do what it was asked.

use crate::fail::{CommandError, Kind};
use lazaret_image::send::Reply;
use serde_json::Value;

/// What of a service's own words is passed on.
const DETAIL_CHARS_MAX: usize = 500;

/// How deep its words are looked for in JSON.
const DEPTH_MAX: usize = 4;

/// Keys whose values tell nobody anything.
const SILENT: [&str; 4] = ["documentation_url", "instance", "status", "type"];

/// Keys whose values need no name in front.
const PLAIN: [&str; 7] =
    ["detail", "error", "error_description", "errors", "message", "non_field_errors", "title"];

/// The failure for an answer that is a refusal.
pub(super) fn refusal(reply: &Reply, act: &str) -> CommandError {
    let Reply { host, status, .. } = reply;
    let mut text = format!("{host} answers with status {status}");
    let detail = detail(&reply.body);
    if !detail.is_empty() {
        text = format!("{text}: {detail}");
    }
    let error = anyhow::anyhow!(text).context(format!("failed to {act}"));
    let error = CommandError::new(Kind::Input, error);
    match status {
        401 => error.hint("the token is missing, wrong or expired"),
        403 => error.hint("the token is known, but may not do this"),
        404 => error.hint("either it is not there, or the token may not see it"),
        413 => error.hint("the report is larger than the server takes: it or a proxy has a limit"),
        429 | 503 => match reply.retry_after() {
            Some(time) => error.hint(format!("the server asks to wait {} s", time.as_secs())),
            None => error.hint("the server has too much to do: try again later"),
        },
        _ => error,
    }
}

/// The service's own words in one line.
pub(super) fn detail(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let words = match serde_json::from_str(text) {
        Ok(value) => {
            let mut words = Vec::new();
            collect(&value, "", 0, &mut words);
            words.join("; ")
        }
        Err(_) if text.starts_with('<') => of_xml(text),
        Err(_) => text.to_owned(),
    };
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(DETAIL_CHARS_MAX).collect()
}

/// Every text in a JSON document, with the names of the fields it is about.
fn collect(value: &Value, name: &str, depth: usize, words: &mut Vec<String>) {
    if depth > DEPTH_MAX {
        return;
    }
    let mut say = |text: &str| {
        let text = if name.is_empty() { text.to_owned() } else { format!("{name}: {text}") };
        if !words.contains(&text) {
            words.push(text);
        }
    };
    match value {
        Value::String(text) => say(text),
        Value::Number(number) => say(&number.to_string()),
        Value::Array(items) => {
            for item in items {
                collect(item, name, depth + 1, words);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                if SILENT.contains(&key.as_str()) {
                    continue;
                }
                let name = if PLAIN.contains(&key.as_str()) { name } else { key };
                collect(value, name, depth + 1, words);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// The error document of S3 (`Error` with `Code` and `Message`). A page of HTML says nothing.
fn of_xml(text: &str) -> String {
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value)
    };
    match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_heard_in_whatever_form_it_speaks() {
        for (body, expected) in [
            (r#"{"detail":"Invalid token."}"#, "Invalid token."),
            (
                r#"{"scan_type":["\"X\" is not a valid choice."],"active":["Must be a boolean."]}"#,
                "active: Must be a boolean.; scan_type: \"X\" is not a valid choice.",
            ),
            (r#"["one","two"]"#, "one; two"),
            (
                r#"{"message":"Advanced Security must be enabled","documentation_url":"https://x","status":"403"}"#,
                "Advanced Security must be enabled",
            ),
            (
                r#"{"status":400,"title":"The uploaded BOM is invalid","detail":"Schema validation failed","errors":["$.a: is missing"]}"#,
                "Schema validation failed; $.a: is missing; The uploaded BOM is invalid",
            ),
            (
                "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>",
                "NoSuchBucket: The specified bucket does not exist",
            ),
            ("<html><body>Bad Gateway</body></html>", ""),
            ("The project could not be found.\n", "The project could not be found."),
            ("", ""),
        ] {
            assert_eq!(detail(body.as_bytes()), expected);
        }
    }

    #[test]
    fn a_talkative_service_is_cut_short() {
        assert_eq!(detail("x ".repeat(10_000).as_bytes()).chars().count(), DETAIL_CHARS_MAX);
        let deep = format!("{}\"x\"{}", "[".repeat(50), "]".repeat(50));
        assert_eq!(detail(deep.as_bytes()), "");
    }
}
