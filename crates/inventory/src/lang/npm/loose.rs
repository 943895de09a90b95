//! JSON the way people and some tools write it: with comments, and commas behind last elements.

/// The same text with spaces for comments and for commas before a closing bracket, so that lines
/// stay where they are.
pub(super) fn loose_json(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut in_string = false;
    let mut is_escaped = false;
    let mut comma: Option<usize> = None;
    let mut blank_until = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        if at < blank_until {
            if let Some(byte) = bytes.get_mut(at).filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
            continue;
        }
        if in_string {
            in_string = is_escaped || byte != b'"';
            is_escaped = !is_escaped && byte == b'\\';
            continue;
        }
        match byte {
            b']' | b'}' => {
                if let Some(comma) = comma.and_then(|comma| bytes.get_mut(comma)) {
                    *comma = b' ';
                }
                comma = None;
            }
            b',' => comma = Some(at),
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'/' => {
                if let Some(len) = comment_len(text.get(at..).unwrap_or_default()) {
                    blank_until = at.saturating_add(len);
                    if let Some(slash) = bytes.get_mut(at) {
                        *slash = b' ';
                    }
                }
            }
            byte => {
                in_string = byte == b'"';
                comma = None;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// How long a comment is, if the text begins with one.
fn comment_len(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    let inner = text.strip_prefix("/*")?;
    Some(inner.find("*/").map_or(text.len(), |end| end.saturating_add(4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_and_commas_before_a_bracket_go() {
        for (loose, strict) in [
            (r#"{"a": [1, 2,], }"#, r#"{"a": [1, 2 ]  }"#),
            (r#"["a,]", "\",]",]"#, r#"["a,]", "\",]" ]"#),
            ("[1,,]", "[1, ]"),
            ("[1, // ü,\n2 /* ] */,]", "[1,       \n2         ]"),
            ("[\"//\"]", "[\"//\"]"),
        ] {
            assert_eq!(loose_json(loose), strict);
        }
    }
}
