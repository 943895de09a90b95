//! Requirements of RubyGems, such as `~> 1.2.3` and `>= 1, < 2`, as `Gem::Requirement` reads them
//! (<https://guides.rubygems.org/patterns/#declaring-dependencies>).

use super::span::Span;
use lazaret_core::version::Scheme;

const GEM: Scheme = Scheme::Gem;

/// Conditions read of one requirement; real ones have two.
const CONDITIONS_MAX: usize = 64;

/// A text that is no requirement.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a requirement of RubyGems")]
pub(super) struct RequirementError(String);

/// The versions a requirement holds of: those that meet all its conditions.
pub(super) fn spans(requirement: &str) -> Result<Vec<Span>, RequirementError> {
    let wrong = || RequirementError(requirement.to_owned());
    let mut spans = vec![Span::ALL];
    for (position, condition) in requirement.split(',').enumerate() {
        if position >= CONDITIONS_MAX {
            return Err(wrong());
        }
        let meets = one_condition(condition.trim()).ok_or_else(wrong)?;
        let both = |span: &Span| meets.iter().filter_map(|one| span.and(one, GEM)).collect();
        spans = spans.iter().flat_map(|span| -> Vec<Span> { both(span) }).collect();
    }
    Ok(spans)
}

fn one_condition(condition: &str) -> Option<Vec<Span>> {
    let at = condition.find(|c: char| !matches!(c, '=' | '!' | '<' | '>' | '~'))?;
    let (operator, version) = condition.split_at_checked(at)?;
    let version = version.trim();
    if !GEM.is_valid(version) {
        return None;
    }
    Some(match operator {
        "" | "=" => vec![Span::exactly(version)],
        "!=" => vec![Span::below(version), Span::above(version)],
        ">" => vec![Span::above(version)],
        "<" => vec![Span::below(version)],
        // RubyGems' own default requirement: any version, whatever the order says of pre-releases.
        ">=" if version == "0" => vec![Span::ALL],
        ">=" => vec![Span::at_least(version)],
        "<=" => vec![Span::at_most(version)],
        "~>" => vec![Span::between(version, &end_of_line(version)?)],
        _ => return None,
    })
}

/// Where `~>` ends: before everything of the next line, with its pre-releases.
fn end_of_line(version: &str) -> Option<String> {
    let numbers = version.split(['.', '-']);
    let mut numbers: Vec<&str> = numbers
        // Words, and what is behind one, count for nothing here.
        .take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last = numbers.pop()?.parse::<u64>().ok()?.checked_add(1)?;
    let line: String = numbers.iter().flat_map(|number| [number, "."]).collect();
    Some(format!("{line}{last}.a"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::span::to_ranges;

    // By `Gem::Requirement.new(…).satisfied_by?` of RubyGems for the versions around the bounds.
    #[test]
    fn requirements_hold_of_what_rubygems_says() {
        for (requirement, expected) in [
            (">= 2.2.1", ">= 2.2.1"),
            ("~> 2.2.1", ">= 2.2.1, < 2.3.a"),
            ("~> 2.2", ">= 2.2, < 3.a"),
            ("~> 2", ">= 2, < 3.a"),
            ("~> 1.9.9", ">= 1.9.9, < 1.10.a"),
            ("~> 2.0.0.rc1", ">= 2.0.0.rc1, < 2.1.a"),
            ("~> 2.0.0-preview1", ">= 2.0.0-preview1, < 2.1.a"),
            ("~> 3.2.22, >= 3.2.22.5", ">= 3.2.22.5, < 3.3.a"),
            (">= 1.0, < 2", ">= 1.0, < 2"),
            ("<= 1.0", "<= 1.0"),
            ("1.0", ">= 1.0, <= 1.0"),
            ("= 1.0", ">= 1.0, <= 1.0"),
            ("> 2, < 1", ""),
            ("!= 1.5", "< 1.5 | >= 1.5.0.1"),
        ] {
            let spans = spans(requirement).unwrap();
            let ranges: Vec<String> =
                to_ranges(&spans, GEM).iter().map(ToString::to_string).collect();
            assert_eq!(ranges.join(" | "), expected, "{requirement}");
        }
    }

    #[test]
    fn what_is_no_requirement_is_refused() {
        for text in ["", ">=", "=> 1.0", ">= one", "~> rc1", ">= 1,", "~> 99999999999999999999"] {
            assert!(spans(text).is_err(), "{text}");
        }
    }
}
