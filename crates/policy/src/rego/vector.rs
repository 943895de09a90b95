//! The base metrics of CVSS 3 in words, for [`super::IgnorePolicy`]
//! (<https://www.first.org/cvss/v3.1/specification-document>, table 15).

use lazaret_rego::Value;
use std::collections::BTreeMap;

/// A metric: its letters, its name, and its values with their words.
type Metric = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const IMPACT: &[(&str, &str)] = &[("N", "None"), ("L", "Low"), ("H", "High")];

const METRICS: [Metric; 8] = [
    (
        "AV",
        "AttackVector",
        &[("N", "Network"), ("A", "Adjacent"), ("L", "Local"), ("P", "Physical")],
    ),
    ("AC", "AttackComplexity", &[("L", "Low"), ("H", "High")]),
    ("PR", "PrivilegesRequired", IMPACT),
    ("UI", "UserInteraction", &[("N", "None"), ("R", "Required")]),
    ("S", "Scope", &[("U", "Unchanged"), ("C", "Changed")]),
    ("C", "Confidentiality", IMPACT),
    ("I", "Integrity", IMPACT),
    ("A", "Availability", IMPACT),
];

/// The metrics of a vector by name. A vector in which one of them is missing, or has a value there
/// is not, is undefined.
pub(super) fn metrics(arguments: Vec<Value>) -> Value {
    let vector = arguments.first().and_then(|vector| vector.as_string().ok());
    vector.and_then(|vector| words(vector)).unwrap_or(Value::Undefined)
}

fn words(vector: &str) -> Option<Value> {
    let given = |letters: &str| {
        let mut parts = vector.split('/').skip(1).filter_map(|part| part.split_once(':'));
        parts.find(|(name, _)| *name == letters).map(|(_, value)| value)
    };
    let mut all = BTreeMap::new();
    for (letters, name, values) in METRICS {
        let value = given(letters)?;
        let (_, word) = values.iter().find(|(letter, _)| *letter == value)?;
        all.insert(Value::from(name), Value::from(*word));
    }
    Some(Value::from(all))
}
