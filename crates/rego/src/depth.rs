//! How deep a module is. The engine reads nested brackets and long chains of operators by calling
//! itself, and a module with thousands of either would end the program.

/// How deep brackets may lie. People stay below ten.
const BRACKETS_MAX: usize = 100;

/// How many operators, dots and brackets one expression may string together. People stay below
/// twenty.
const CHAIN_MAX: usize = 250;

/// What makes a chain longer.
const LINKS: [char; 10] = ['+', '-', '*', '/', '%', '|', '&', '.', '[', '('];

/// What ends one.
const ENDS: [char; 6] = [',', ';', ':', '=', '<', '>'];

/// The line, from 1, in which a module is deeper than it may be, and what is wrong.
pub(crate) fn exceeded(text: &str) -> Option<(u32, String)> {
    let mut depth = Depth { line: 1, ..Depth::default() };
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' => depth.newline(),
            letter if letter.is_whitespace() => {}
            '#' => {
                letters.by_ref().find(|letter| *letter == '\n')?;
                depth.newline();
            }
            '`' => {
                depth.take(letter);
                let lines = letters.by_ref().take_while(|letter| *letter != '`');
                let lines = lines.filter(|letter| *letter == '\n').count();
                depth.line = depth.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            }
            '"' => {
                depth.take(letter);
                while let Some(letter) = letters.next() {
                    match letter {
                        '\\' => drop(letters.next()),
                        '"' => break,
                        '\n' => {
                            depth.newline();
                            break;
                        }
                        _ => {}
                    }
                }
            }
            letter => depth.take(letter),
        }
        if depth.brackets.len() > BRACKETS_MAX {
            let message = format!("brackets lie more than {BRACKETS_MAX} deep");
            return Some((depth.line, message));
        }
        if depth.chain > CHAIN_MAX {
            let message = format!("an expression strings together more than {CHAIN_MAX} parts");
            return Some((depth.line, message));
        }
    }
    None
}

#[derive(Default)]
struct Depth {
    line: u32,
    /// Brackets that are open.
    brackets: Vec<char>,
    /// Links of the expression so far.
    chain: usize,
    /// The last letter that means anything.
    last: Option<char>,
    /// Whether a line ended since.
    is_new_line: bool,
}

impl Depth {
    fn newline(&mut self) {
        self.line = self.line.saturating_add(1);
        self.is_new_line = true;
    }

    fn take(&mut self, letter: char) {
        // A line ends a statement, unless what is before or behind shows that it goes on.
        let goes_on = LINKS.contains(&letter) || self.last.is_some_and(|l| LINKS.contains(&l));
        let is_inside = self.brackets.last().is_some_and(|open| matches!(open, '(' | '['));
        if self.is_new_line && !goes_on && !is_inside {
            self.chain = 0;
        }
        self.is_new_line = false;
        match letter {
            '(' | '[' | '{' => self.brackets.push(letter),
            ')' | ']' | '}' => drop(self.brackets.pop()),
            _ => {}
        }
        if LINKS.contains(&letter) {
            self.chain = self.chain.saturating_add(1);
        } else if ENDS.contains(&letter) {
            self.chain = 0;
        }
        self.last = Some(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_code_is_not_counted() {
        let open = "[".repeat(BRACKETS_MAX + 1);
        assert_eq!(exceeded(&format!("a\n{open}")).map(|(line, _)| line), Some(2));
        assert_eq!(exceeded(&"[],".repeat(1_000)), None);
        for (begin, end) in [("# ", "\n"), ("\"\\\"", "\""), ("`\n\"", "`")] {
            assert_eq!(exceeded(&format!("{begin}{open}{end}")), None, "{begin}");
            assert!(exceeded(&format!("\n{begin}{open}{end}{open}")).is_some(), "{begin}");
        }
    }

    #[test]
    fn long_expressions_are_told_from_many() {
        let chain = |link: &str| exceeded(&format!("a := b{}\n", link.repeat(CHAIN_MAX + 1)));
        for link in [" + 1", ".c", "[0]", " |\n{1}", "\n- 1", "+(1)"] {
            assert!(chain(link).is_some(), "{link}");
        }
        let rule = "a if {\n\tinput.b.c\n\tcount(input.d) - 1 > 2\n}\n\n".repeat(1_000);
        assert_eq!(exceeded(&rule), None);
        let list = format!("a := {{{}}}\n", "\"CVE-2024-0001\",\n".repeat(10_000));
        assert_eq!(exceeded(&list), None);
    }
}
