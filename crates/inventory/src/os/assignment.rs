//! Files of shell assignments, the form of os-release(5).

use crate::lines::{Lines, text};

/// One `KEY=value` line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assignment<'a> {
    pub(crate) line: u32,
    pub(crate) key: &'a [u8],
    /// The value without quotes and backslashes, as a shell would understand it.
    pub(crate) value: String,
    /// Whether every quote that was opened is closed.
    pub(crate) closed: bool,
}

/// The assignments of a file. Comments and lines that assign nothing are left out.
pub(crate) fn assignments(bytes: &[u8]) -> impl Iterator<Item = Assignment<'_>> {
    Lines::new(bytes).filter_map(|line| {
        let content = line.text.trim_ascii_start();
        if content.starts_with(b"#") {
            return None;
        }
        let (key, raw) = content.split_at_checked(memchr::memchr(b'=', content)?)?;
        let (value, closed) = unquote(raw.strip_prefix(b"=")?);
        Some(Assignment { line: line.number, key: key.trim_ascii(), value, closed })
    })
}

/// Removes quotes and backslashes as POSIX 2.2 asks. Unlike a shell, keeps unquoted spaces, which
/// older files have in their names.
fn unquote(raw: &[u8]) -> (String, bool) {
    let mut value = Vec::with_capacity(raw.len());
    let mut quote: Option<u8> = None;
    let mut bytes = raw.trim_ascii().iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'\\') => value.extend(bytes.next()),
            (Some(b'"'), b'\\') => {
                let escaped = bytes.next_if(|next| matches!(next, b'"' | b'$' | b'`' | b'\\'));
                value.push(escaped.unwrap_or(b'\\'));
            }
            _ => value.push(byte),
        }
    }
    (text(value.trim_ascii()), quote.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_read_as_a_shell_reads_them() {
        for (raw, value, closed) in [
            ("alpine", "alpine", true),
            ("\"Alpine Linux v3.20\"", "Alpine Linux v3.20", true),
            ("'single $HOME \\n'", "single $HOME \\n", true),
            (r#""a \"b\" \$c \\ \` \d""#, r#"a "b" $c \ ` \d"#, true),
            (r#"3"."2'0'"#, "3.20", true),
            (r"a\ b", "a b", true),
            ("\"3.20", "3.20", false),
            ("\"\"", "", true),
            ("", "", true),
            ("trailing\\", "trailing", true),
        ] {
            assert_eq!(unquote(raw.as_bytes()), (value.to_owned(), closed), "{raw}");
        }
    }

    #[test]
    fn comments_and_other_lines_assign_nothing() {
        let found: Vec<_> = assignments(b"# ID=no\n\nnothing\n ID = yes \r\n=x")
            .map(|assignment| (assignment.line, assignment.key.to_vec(), assignment.value))
            .collect();
        assert_eq!(found, [(4, b"ID".to_vec(), "yes".to_owned()), (5, Vec::new(), "x".to_owned())]);
    }
}
