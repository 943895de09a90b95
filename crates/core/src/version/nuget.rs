//! NuGet's order, as `NuGetVersion` of NuGet.Versioning compares
//! (<https://learn.microsoft.com/nuget/concepts/package-versioning>).
//!
//! A version is one to four numbers, then as in Semantic Versioning `-labels` and `+metadata`.
//! Missing numbers are zero and metadata does not count. Labels are compared without regard to
//! case; those that are 32-bit integers (as .NET reads them, so `-1` is one) come before all others
//! and by value. A label of digits only has no leading zero.
//!
//! NuGet refuses numbers beyond 32 bits in the version itself; here they may have any size.

use super::number;
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Version::parse(a)?, Version::parse(b)?);
    for (a, b) in a.numbers.into_iter().zip(b.numbers) {
        let order = number::compare(a, b);
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(compare_labels(a.labels, b.labels))
}

pub(super) fn is_valid(text: &str) -> bool {
    Version::parse(text).is_some()
}

struct Version<'a> {
    /// A number that was left out is an empty run of digits.
    numbers: [&'a [u8]; 4],
    /// Labels with dots between them; none for a release.
    labels: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (text, metadata) = match text.split_once('+') {
            Some((text, metadata)) => (text, Some(metadata)),
            None => (text, None),
        };
        let (release, labels) = match text.split_once('-') {
            Some((release, labels)) => (release, Some(labels)),
            None => (text, None),
        };
        let mut numbers: [&[u8]; 4] = [&[]; 4];
        let mut places = numbers.iter_mut();
        for number in release.split('.') {
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            *places.next().filter(|_| is_number)? = number.as_bytes();
        }
        let is_fine = metadata.into_iter().flat_map(|text| text.split('.')).all(is_part)
            && labels.into_iter().flat_map(|text| text.split('.')).all(is_label);
        is_fine.then_some(Self { numbers, labels })
    }
}

fn is_part(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_label(text: &str) -> bool {
    let has_leading_zero = text.len() > 1 && text.starts_with('0');
    is_part(text) && !(has_leading_zero && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn compare_labels(a: Option<&str>, b: Option<&str>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else {
        // A release comes after its pre-releases.
        return a.is_none().cmp(&b.is_none());
    };
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let (label_a, label_b) = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(label_a), Some(label_b)) => (label_a, label_b),
        };
        let order = match (label_a.parse::<i32>(), label_b.parse::<i32>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Err(_), Err(_)) => compare_words(label_a, label_b),
            (a, b) => a.is_err().cmp(&b.is_err()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_words(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_uppercase()).cmp(b.bytes().map(|b| b.to_ascii_uppercase()))
}
