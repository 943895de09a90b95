//! Color and characters. Color only repeats what the words say.

use anstyle::{AnsiColor, Style};
use lazaret_core::severity::Severity;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing special.
    Text,
    /// A heading, or the name of a package.
    Heading,
    /// Said for completeness.
    Dim,
    /// A severity, or a count of it.
    Severity(Severity),
    /// A command to copy.
    Command,
    /// All is well.
    Good,
    /// Something to look at.
    Warn,
    /// Something stands in the way.
    Bad,
}

/// Writes text the way the terminal can show it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub(super) color: bool,
    pub(super) unicode: bool,
}

impl Pen {
    /// The text in the color of its role.
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        let style = style(role);
        if !self.color || text.trim().is_empty() || style == Style::new() {
            return text.to_owned();
        }
        format!("{style}{text}{style:#}")
    }

    /// What stands between two facts of a line.
    pub(super) const fn dot(self) -> &'static str {
        if self.unicode { " · " } else { " | " }
    }

    /// What stands for text that is cut off.
    pub(super) const fn ellipsis(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}

/// Only the sixteen colors a terminal's own theme defines, so that they suit its background.
const fn style(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Text => plain,
        Role::Heading => plain.bold(),
        Role::Dim | Role::Severity(Severity::Unknown) => plain.dimmed(),
        Role::Severity(Severity::Critical) | Role::Bad => color(AnsiColor::Red).bold(),
        Role::Severity(Severity::High) => color(AnsiColor::Red),
        Role::Severity(Severity::Medium) | Role::Warn => color(AnsiColor::Yellow),
        Role::Severity(Severity::Low) | Role::Command => color(AnsiColor::Cyan),
        Role::Good => color(AnsiColor::Green),
    }
}

const fn color(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(color)))
}
