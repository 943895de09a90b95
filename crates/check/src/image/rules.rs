//! Every rule about images, one file each.

mod im001;
mod im002;
mod im003;
mod im004;
mod im005;
mod im006;
mod im007;
mod im008;
mod im009;
mod im010;
mod im011;
mod im012;
mod im013;
mod im014;
mod im015;
mod im016;
mod im017;
mod im018;
mod im019;
mod im020;
mod im021;
mod im022;
mod im023;
mod im024;
mod im025;
mod im026;
mod im027;
mod im028;
mod im029;
mod im030;
mod im031;
mod im032;
mod im033;
mod im034;
mod im035;
mod im036;
mod im037;
mod im038;
mod im039;
mod im040;
mod im041;
mod im042;
mod im043;
mod im044;
mod im045;
mod im046;
mod im047;
mod im048;
mod im049;
mod im050;
mod im051;
mod im052;
mod im053;
mod im054;
mod im055;
mod im056;
mod im057;
mod im058;
mod im059;
mod im060;

use super::input::ImageInput;
use crate::rule::{Hits, Rule};
use lazaret_core::check::RuleHit;
use lazaret_core::location::ImagePath;

/// The rules, in the order of their ids.
pub static RULES: &[&Rule<ImageInput>] = &[
    &im001::RULE,
    &im002::RULE,
    &im003::RULE,
    &im004::RULE,
    &im005::RULE,
    &im006::RULE,
    &im007::RULE,
    &im008::RULE,
    &im009::RULE,
    &im010::RULE,
    &im011::RULE,
    &im012::RULE,
    &im013::RULE,
    &im014::RULE,
    &im015::RULE,
    &im016::RULE,
    &im017::RULE,
    &im018::RULE,
    &im019::RULE,
    &im020::RULE,
    &im021::RULE,
    &im022::RULE,
    &im023::RULE,
    &im024::RULE,
    &im025::RULE,
    &im026::RULE,
    &im027::RULE,
    &im028::RULE,
    &im029::RULE,
    &im030::RULE,
    &im031::RULE,
    &im032::RULE,
    &im033::RULE,
    &im034::RULE,
    &im035::RULE,
    &im036::RULE,
    &im037::RULE,
    &im038::RULE,
    &im039::RULE,
    &im040::RULE,
    &im041::RULE,
    &im042::RULE,
    &im043::RULE,
    &im044::RULE,
    &im045::RULE,
    &im046::RULE,
    &im047::RULE,
    &im048::RULE,
    &im049::RULE,
    &im050::RULE,
    &im051::RULE,
    &im052::RULE,
    &im053::RULE,
    &im054::RULE,
    &im055::RULE,
    &im056::RULE,
    &im057::RULE,
    &im058::RULE,
    &im059::RULE,
    &im060::RULE,
];

/// Puts an image to every rule. Hits are in the order of the rules, then of what they look at.
pub fn check(input: &ImageInput) -> Vec<RuleHit> {
    let mut hits = Vec::new();
    for rule in RULES {
        rule.run(input, &mut hits);
    }
    hits
}

/// Names in one message; the others are counted.
const NAMED_MAX: usize = 5;

/// What a rule says once of many: the first few and how many more. None where there are none.
fn listed(all: impl Iterator<Item = String>) -> Option<String> {
    let all: Vec<String> = all.collect();
    let named = all.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED_MAX) {
        _ if all.is_empty() => None,
        0 => Some(named),
        more => Some(format!("{named} and {more} more")),
    }
}

/// Says once of many files what they have in common, at the first of them.
fn about_first(paths: &[&ImagePath], hits: &mut Hits<'_>, message: impl FnOnce(String) -> String) {
    let shown = paths.iter().map(|path| format!("/{path}"));
    if let (Some(first), Some(named)) = (paths.first(), listed(shown)) {
        hits.in_file(first, 0, message(named));
    }
}

#[cfg(test)]
mod tests;
