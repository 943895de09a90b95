//! Numbers a rule compares with.

use std::fmt;

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    AtLeast,
    MoreThan,
    AtMost,
    LessThan,
}

/// A number and how it is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bound {
    order: Order,
    value: f64,
}

impl Bound {
    /// A number stands for itself and everything larger.
    pub(crate) const fn at_least(value: f64) -> Self {
        Self { order: Order::AtLeast, value }
    }

    /// `7`, `>= 7`, `> 7`, `<= 7` or `< 7`, with a value that `parse` reads.
    pub(crate) fn parse(text: &str, parse: impl Fn(&str) -> Option<f64>) -> Option<Self> {
        let text = text.trim();
        let signs = [
            (">=", Order::AtLeast),
            ("<=", Order::AtMost),
            (">", Order::MoreThan),
            ("<", Order::LessThan),
        ];
        let found = signs
            .into_iter()
            .find_map(|(sign, order)| text.strip_prefix(sign).map(|rest| (order, rest.trim())));
        let (order, number) = found.unwrap_or((Order::AtLeast, text));
        Some(Self { order, value: parse(number)? })
    }

    pub(crate) fn holds(self, value: f64) -> bool {
        match self.order {
            Order::AtLeast => value >= self.value,
            Order::MoreThan => value > self.value,
            Order::AtMost => value <= self.value,
            Order::LessThan => value < self.value,
        }
    }

    /// In words, with the value as `show` writes it.
    pub(crate) fn words(self, show: impl Fn(f64) -> String) -> String {
        let order = match self.order {
            Order::AtLeast => "at least",
            Order::MoreThan => "more than",
            Order::AtMost => "at most",
            Order::LessThan => "less than",
        };
        format!("{order} {}", show(self.value))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(|value| value.to_string()))
    }
}

/// A plain number.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A size in bytes, with `K`, `M` or `G` for powers of 1,024.
pub(crate) fn size(text: &str) -> Option<f64> {
    let upper = text.trim().to_ascii_uppercase();
    let plain = upper.trim_end_matches("IB").trim_end_matches('B');
    let (digits, factor) = match plain.chars().last()? {
        'K' => (plain.strip_suffix('K')?, 1024.0),
        'M' => (plain.strip_suffix('M')?, 1024.0 * 1024.0),
        'G' => (plain.strip_suffix('G')?, 1024.0 * 1024.0 * 1024.0),
        _ => (plain, 1.0),
    };
    Some(number(digits.trim())? * factor)
}

/// A size as a person writes it.
pub(crate) fn size_words(bytes: f64) -> String {
    let units = [(1024.0 * 1024.0 * 1024.0, "GiB"), (1024.0 * 1024.0, "MiB"), (1024.0, "KiB")];
    match units.into_iter().find(|(factor, _)| bytes >= *factor) {
        Some((factor, unit)) => format!("{:.1} {unit}", bytes / factor),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_alone_is_the_least() {
        for (text, value, expected) in [
            ("7", 7.0, true),
            ("7", 6.9, false),
            ("> 7", 7.0, false),
            ("<=0.5", 0.5, true),
            ("< 0.5", 0.5, false),
        ] {
            assert_eq!(Bound::parse(text, number).unwrap().holds(value), expected, "{text}");
        }
        assert!(Bound::parse("many", number).is_none());
        assert!(Bound::parse(">", number).is_none());
        assert!(Bound::parse("NaN", number).is_none());
        assert!(Bound::parse("> 1.5G", size).unwrap().holds(1_610_612_737.0));
        assert_eq!(size("500M"), Some(524_288_000.0));
        assert_eq!(size_words(524_288_000.0), "500.0 MiB");
    }
}
