//! The instruction that made a layer, as its author wrote it in the Dockerfile.

/// Shortens the text of an image's history: builders wrap instructions in shell calls, marks and
/// build arguments, which say nothing about where a package came from.
pub(crate) fn short(created_by: &str) -> String {
    let words: Vec<&str> = created_by.split_whitespace().collect();
    let text = words.join(" ");
    let text = text.strip_suffix("# buildkit").unwrap_or(&text).trim_end();
    if let Some(rest) = text.strip_prefix("/bin/sh -c #(nop) ") {
        return digests(rest.trim_start());
    }
    let command = text.strip_prefix("RUN ").unwrap_or(text);
    let command = without_arguments(command);
    match command.strip_prefix("/bin/sh -c ") {
        Some(shell) => format!("RUN {shell}"),
        None => digests(text),
    }
}

/// A command without the build arguments in front of it: `|2 A=1 B=2 /bin/sh -c make`.
fn without_arguments(command: &str) -> &str {
    let counted = command.strip_prefix('|').and_then(|rest| rest.split_once(' '));
    match counted {
        Some((count, rest)) if count.bytes().all(|b| b.is_ascii_digit()) => {
            rest.find("/bin/sh -c ").and_then(|at| rest.get(at..)).unwrap_or(command)
        }
        _ => command,
    }
}

/// Shortens the content digests of copied files to twelve digits.
fn digests(text: &str) -> String {
    let is_digest = |word: &str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    text.split(' ')
        .map(|word| match word.split_once(':') {
            Some((kind @ ("file" | "dir" | "multi" | "sha256"), hex)) if is_digest(hex) => {
                format!("{kind}:{}", hex.get(..12).unwrap_or(hex))
            }
            _ => word.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builders_wrappings_are_taken_off() {
        let file = "a".repeat(64);
        for (written, expected) in [
            (
                "RUN /bin/sh -c apt-get update &&     apt-get install -y curl # buildkit",
                "RUN apt-get update && apt-get install -y curl",
            ),
            ("/bin/sh -c apk add --no-cache python3", "RUN apk add --no-cache python3"),
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]"),
            ("|1 VERSION=1.2 /bin/sh -c make install", "RUN make install"),
            ("RUN |2 A=1 B=x y /bin/sh -c make # buildkit", "RUN make"),
            ("COPY package.json ./ # buildkit", "COPY package.json ./"),
            ("WORKDIR /app", "WORKDIR /app"),
            ("|pipe of another kind", "|pipe of another kind"),
            ("", ""),
        ] {
            assert_eq!(short(written), expected, "{written}");
        }
        assert_eq!(
            short(&format!("/bin/sh -c #(nop) ADD file:{file} in / ")),
            "ADD file:aaaaaaaaaaaa in /"
        );
    }
}
