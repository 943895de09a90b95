//! Settings and history of an image: `ENV`, `ARG`, labels, and the commands that made it.

use super::engine::{Scanner, Text};
use lazaret_core::check::SecretHit;

/// Finds secrets in a setting: the value itself, and what its name makes of it.
///
/// `DB_PASSWORD` with a value that is no placeholder is a secret however plain the value is, for
/// nobody writes prose into a setting. The hits have no lines.
pub fn scan_setting(scanner: &Scanner, name: &str, value: &str) -> Vec<SecretHit> {
    let text = [name, "=", value].concat();
    without_lines(scanner.scan(&Text { path: None, is_setting: true, bytes: text.as_bytes() }))
}

/// Finds secrets in one line of an image's history (`created_by`).
///
/// What `ENV`, `ARG` and `LABEL` set, and the build arguments a shell command was run with
/// (`|1 TOKEN=… /bin/sh -c …`), are settings; the rest is text.
pub fn scan_history(scanner: &Scanner, created_by: &str) -> Vec<SecretHit> {
    let (settings, rest) = split(created_by);
    let text = Text { path: None, is_setting: false, bytes: rest.as_bytes() };
    let mut hits = without_lines(scanner.scan(&text));
    for (name, value) in settings {
        hits.extend(scan_setting(scanner, &name, &value));
    }
    hits.sort();
    hits.dedup();
    hits
}

/// The value of a setting with the secrets in it replaced by their stubs; none where it has none.
pub fn redact_setting(scanner: &Scanner, name: &str, value: &str) -> Option<String> {
    let text = [name, "=", value].concat();
    let text = Text { path: None, is_setting: true, bytes: text.as_bytes() };
    let redacted = String::from_utf8_lossy(&scanner.redact(&text)?).into_owned();
    let value = redacted.get(name.len().saturating_add(1)..)?;
    Some(value.to_owned())
}

/// A line of an image's history with the secrets in it replaced by their stubs; none where it has
/// none.
pub fn redact_history(scanner: &Scanner, created_by: &str) -> Option<String> {
    let text = Text { path: None, is_setting: false, bytes: created_by.as_bytes() };
    let as_text = scanner.redact(&text).map(|text| String::from_utf8_lossy(&text).into_owned());
    let mut line = as_text.clone().unwrap_or_else(|| created_by.to_owned());
    let mut is_changed = as_text.is_some();
    for (name, value) in split(created_by).0 {
        if let Some(redacted) = redact_setting(scanner, &name, &value)
            && line.contains(&value)
        {
            line = line.replace(&value, &redacted);
            is_changed = true;
        }
    }
    is_changed.then_some(line)
}

fn without_lines(mut hits: Vec<SecretHit>) -> Vec<SecretHit> {
    for hit in &mut hits {
        hit.lines = None;
    }
    hits.dedup();
    hits
}

/// The settings in a line of history, and what is left of it.
fn split(line: &str) -> (Vec<(String, String)>, &str) {
    let line = line.trim();
    let instruction = line
        .strip_prefix("/bin/sh -c #(nop)")
        .map_or(line, str::trim_start)
        .trim_end_matches("# buildkit")
        .trim_end();
    let (word, rest) = instruction.split_once(char::is_whitespace).unwrap_or((instruction, ""));
    match word {
        "ENV" | "ARG" | "LABEL" => (pairs(rest), ""),
        "RUN" => arguments(rest.trim_start()),
        _ => arguments(instruction),
    }
}

/// The build arguments before a shell command: `|2 A=1 B=2 /bin/sh -c command`.
fn arguments(line: &str) -> (Vec<(String, String)>, &str) {
    let Some((count, rest)) = line.strip_prefix('|').and_then(|rest| rest.split_once(' ')) else {
        return (Vec::new(), line);
    };
    if count.parse::<u16>().is_err() {
        return (Vec::new(), line);
    }
    // A value may hold blanks; the shell that follows is where they end for certain.
    let (settings, command) =
        rest.find(" /bin/").and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, ""));
    (pairs(settings), command)
}

/// `NAME=value` pairs, with quotes or without; a word without `=` belongs to the value before, or
/// is the value of the name before it (`ENV NAME value`).
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for word in words(text) {
        match word.split_once('=') {
            Some((name, value)) if is_name(name) => pairs.push((name.to_owned(), value.to_owned())),
            _ => match pairs.last_mut() {
                Some((_, value)) => {
                    if !value.is_empty() {
                        value.push(' ');
                    }
                    value.push_str(&word);
                }
                None => pairs.push((word, String::new())),
            },
        }
    }
    pairs
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-/".contains(&b))
}

/// Words between blanks; quotes hold a word together and are taken off.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(ch) = chars.next() {
        match (ch, quote) {
            ('\\', _) => word.extend(chars.next()),
            ('"' | '\'', None) => quote = Some(ch),
            (ch, Some(open)) if ch == open => quote = None,
            (ch, None) if ch.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (ch, _) => word.push(ch),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(line: &str) -> Vec<(String, String)> {
        split(line).0
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn instructions_of_all_builders_are_settings() {
        assert_eq!(settings("ENV A=1 B=\"x y\""), [pair("A", "1"), pair("B", "x y")]);
        assert_eq!(settings("/bin/sh -c #(nop)  ENV A=x y"), [pair("A", "x y")]);
        assert_eq!(settings("ENV NAME value"), [pair("NAME", "value")]);
        assert_eq!(settings("ARG TOKEN=abc"), [pair("TOKEN", "abc")]);
        assert_eq!(settings("LABEL org.example.key=v"), [pair("org.example.key", "v")]);
        let (pairs, rest) = split("RUN |2 A=1 B=2 3 /bin/sh -c make # buildkit");
        assert_eq!(pairs, [pair("A", "1"), pair("B", "2 3")]);
        assert_eq!(rest, " /bin/sh -c make");
        assert_eq!(split("RUN /bin/sh -c A=1 make").1, "/bin/sh -c A=1 make");
    }

    #[test]
    fn hits_in_settings_have_no_lines() {
        let hits = scan_setting(Scanner::builtin(), "DB_PASSWORD", "ARVLMpeEJNFR96Az");
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].rule, "secret-setting");
        assert_eq!(hits[0].lines, None);
        assert_eq!(hits[0].stub, "********");
    }

    #[test]
    fn what_is_shown_of_settings_and_history_has_no_secret() {
        let scanner = Scanner::builtin();
        let token = ["ghp", "_", "7ectQHfUj9aYV0EaSYkJ9ntIYgbU1qKwrBN5"].concat();
        assert_eq!(
            redact_setting(scanner, "DB_PASSWORD", "ARVLMpeEJNFR96Az").as_deref(),
            Some("********")
        );
        assert_eq!(redact_setting(scanner, "PATH", "/usr/bin:/bin"), None);
        let line = format!(
            "RUN |1 PASSWORD=ARVLMpeEJNFR96Az /bin/sh -c curl -H \"Authorization: token {token}\""
        );
        let shown = redact_history(scanner, &line).unwrap();
        assert!(!shown.contains("ARVLMpeEJNFR96Az") && !shown.contains(&token), "{shown}");
        assert!(shown.starts_with("RUN |1 PASSWORD=******** /bin/sh -c curl"), "{shown}");
        assert_eq!(redact_history(scanner, "RUN /bin/sh -c make"), None);
    }

    #[test]
    fn history_is_read_as_text_and_settings() {
        let scanner = Scanner::builtin();
        let value = ["ghp", "_", "7ectQHfUj9aYV0EaSYkJ9ntIYgbU1qKwrBN5"].concat();
        let line =
            format!("RUN |1 PASSWORD=winter /bin/sh -c curl -H \"Authorization: token {value}\"");
        let rules: Vec<String> =
            scan_history(scanner, &line).into_iter().map(|hit| hit.rule).collect();
        assert_eq!(rules, ["github-pat", "secret-setting"]);
        assert!(scan_history(scanner, "ENV PATH=/usr/bin:/bin").is_empty());
        assert!(scan_history(scanner, "CMD [\"node\" \"server.js\"]").is_empty());
    }
}
