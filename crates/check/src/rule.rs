//! What a rule of misconfiguration is: an id, a function, and a page of documentation that is its
//! own test.

use lazaret_core::check::{self, RuleHit};
use lazaret_core::location::{ImagePath, LineRange};
use lazaret_core::severity::Severity;

/// A rule about inputs of the kind `I`.
///
/// Each is in a file of its own, named after its id. The comment the file begins with is the
/// documentation that users see, in this form, one paragraph or more where there is text:
///
/// ````text
/// //! Title, a sentence without a full stop at its end.
/// //!
/// //! Why it matters.
/// //!
/// //! # Fix
/// //!
/// //! What to do about it.
/// //!
/// //! # Bad
/// //!
/// //! ```dockerfile
/// //! FROM debian:latest
/// //! ```
/// //!
/// //! # Good
/// //!
/// //! ```dockerfile
/// //! FROM debian:12.8
/// //! ```
/// ````
///
/// Every example under *Bad* must break the rule and none under *Good* may: the tests see to it.
pub struct Rule<I: ?Sized> {
    /// Two letters for the kind of input and a number, such as `DF007`.
    pub id: &'static str,
    /// What other tools call it, such as `DL3007`, `DS-0001`, `AVD-DS-0001`: ignore files may name
    /// any of them.
    pub aliases: &'static [&'static str],
    /// How bad it is.
    pub severity: Severity,
    /// The text of the rule's own file, whose first comment is its documentation.
    pub file: &'static str,
    /// Looks for it.
    pub check: fn(&I, &mut Hits<'_>),
}

/// A rule of any kind, for lists and look-ups.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// The rule's id.
    pub id: &'static str,
    /// What other tools call it.
    pub aliases: &'static [&'static str],
    /// How bad it is.
    pub severity: Severity,
    file: &'static str,
}

/// Where a rule puts what it finds.
pub struct Hits<'h> {
    rule: &'static str,
    found: &'h mut Vec<RuleHit>,
    left: usize,
}

/// Hits of one rule in one input: what is wrong a thousand times is not told a thousand times.
const HITS_MAX: usize = 1_000;

impl<I: ?Sized> Rule<I> {
    /// Looks for it in one input.
    pub fn run(&self, input: &I, hits: &mut Vec<RuleHit>) {
        (self.check)(input, &mut Hits { rule: self.id, found: hits, left: HITS_MAX });
    }

    /// The rule without what it looks at.
    pub const fn info(&self) -> RuleInfo {
        let Self { id, aliases, severity, file, .. } = *self;
        RuleInfo { id, aliases, severity, file }
    }
}

impl Hits<'_> {
    /// Says what was found, and on which lines.
    pub fn at(&mut self, lines: LineRange, message: impl Into<String>) {
        self.push(Some(lines), None, None, message.into());
    }

    /// Says what was found of the whole.
    pub fn whole(&mut self, message: impl Into<String>) {
        self.push(None, None, None, message.into());
    }

    /// Says what was found in a file or folder of an image, and on which line; zero is the whole.
    pub fn in_file(&mut self, path: &ImagePath, line: u32, message: impl Into<String>) {
        let lines = (line > 0).then_some(LineRange { start: line, end: line });
        self.push(lines, Some(check::Part::File(path.clone())), None, message.into());
    }

    /// Says what was found in a part of an image.
    pub fn about(&mut self, part: check::Part, message: impl Into<String>) {
        self.push(None, Some(part), None, message.into());
    }

    /// Says what was found of a setting of an image, and which line of the history made it, where
    /// that is known.
    pub fn setting(
        &mut self,
        about: Option<check::Part>,
        history: Option<u32>,
        message: impl Into<String>,
    ) {
        self.push(None, about, history, message.into());
    }

    fn push(
        &mut self,
        lines: Option<LineRange>,
        about: Option<check::Part>,
        history: Option<u32>,
        message: String,
    ) {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            let rule = self.rule.to_owned();
            self.found.push(RuleHit { rule, message, lines, about, history });
        }
    }
}

/// A part of a rule's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Title,
    Why,
    Fix,
    Bad,
    Good,
}

impl RuleInfo {
    /// What is wrong, as a title.
    pub fn title(&self) -> String {
        self.text(Part::Title)
    }

    /// Why that matters; Markdown.
    pub fn why(&self) -> String {
        self.text(Part::Why)
    }

    /// What to do about it; Markdown.
    pub fn fix(&self) -> String {
        self.text(Part::Fix)
    }

    /// Inputs that break the rule.
    pub fn bad(&self) -> Vec<String> {
        examples(&self.text(Part::Bad))
    }

    /// Inputs that do not.
    pub fn good(&self) -> Vec<String> {
        examples(&self.text(Part::Good))
    }

    /// Whether a word names the rule: its id or an alias, in whatever case.
    pub fn is_named(&self, word: &str) -> bool {
        self.id.eq_ignore_ascii_case(word)
            || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(word))
    }

    /// A rule without documentation.
    #[cfg(test)]
    pub(crate) const fn for_test(
        id: &'static str,
        aliases: &'static [&'static str],
        severity: Severity,
    ) -> Self {
        Self { id, aliases, severity, file: "" }
    }

    fn text(&self, wanted: Part) -> String {
        let mut part = Part::Title;
        let mut is_code = false;
        let mut lines: Vec<&str> = Vec::new();
        for line in self.file.lines().map_while(|line| line.strip_prefix("//!")) {
            let line = line.strip_prefix(' ').unwrap_or(line);
            if line.starts_with("```") {
                is_code = !is_code;
            }
            let heading = line.strip_prefix("# ").filter(|_| !is_code);
            let next = match heading {
                Some("Fix") => Some(Part::Fix),
                Some("Bad") => Some(Part::Bad),
                Some("Good") => Some(Part::Good),
                _ if part == Part::Title && line.is_empty() => Some(Part::Why),
                _ => None,
            };
            if let Some(next) = next {
                part = next;
            } else if part == wanted {
                lines.push(line);
            }
        }
        lines.join("\n").trim().to_owned()
    }
}

/// The blocks of code in a text.
fn examples(text: &str) -> Vec<String> {
    let mut examples = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        if line.starts_with("```") {
            match block.take() {
                Some(done) => examples.push(done),
                None => block = Some(String::new()),
            }
        } else if let Some(block) = &mut block {
            block.push_str(line);
            block.push('\n');
        }
    }
    examples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comment_of_a_rules_file_is_its_documentation() {
        let file = "//! The tag is missing\n//!\n//! It moves.\n//!\n//! Truly.\n//!\n//! # Fix\n//!\n\
                    //! Name one.\n//!\n//! # Bad\n//!\n//! ```dockerfile\n//! # no tag\n//! FROM a\n\
                    //! ```\n//!\n//! ```dockerfile\n//! FROM b\n//! ```\n//!\n//! # Good\n//!\n\
                    //! ```dockerfile\n//! FROM a:1\n//!\n//! ```\n\nuse super::x;\n//! # Fix\n";
        let rule = RuleInfo { id: "DF001", aliases: &["DL3006"], severity: Severity::Low, file };
        assert_eq!(rule.title(), "The tag is missing");
        assert_eq!(rule.why(), "It moves.\n\nTruly.");
        assert_eq!(rule.fix(), "Name one.");
        assert_eq!(rule.bad(), ["# no tag\nFROM a\n", "FROM b\n"]);
        assert_eq!(rule.good(), ["FROM a:1\n\n"]);
        assert!(rule.is_named("df001") && rule.is_named("dl3006") && !rule.is_named("DL3007"));
    }

    #[test]
    fn hits_name_their_rule_and_have_an_end() {
        let rule: Rule<str> = Rule {
            id: "XX001",
            aliases: &[],
            severity: Severity::Low,
            file: "",
            check: |input, hits| {
                for _ in input.chars() {
                    hits.whole("a character");
                }
            },
        };
        let mut hits = Vec::new();
        rule.run("ab", &mut hits);
        assert_eq!(hits.len(), 2);
        assert_eq!(hits[0].rule, "XX001");
        rule.run(&"a".repeat(5_000), &mut hits);
        assert_eq!(hits.len(), 1_002);
    }
}
