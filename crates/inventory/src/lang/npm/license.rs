//! The license of a package, in every form npm has known.

use serde_json::Value;
use serde_json::value::RawValue;

/// Licenses named for one package. More than a few are a mistake.
const LICENSES_MAX: usize = 50;

/// License names from `license` or the older `licenses`: a string, an object with `type` or
/// `name`, or a list of these.
pub(super) fn licenses(field: Option<&RawValue>) -> Vec<String> {
    let value = field.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
    let mut names = Vec::new();
    let list = match &value {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for one in list.iter().take(LICENSES_MAX) {
        add(one, &mut names);
    }
    names
}

fn add(value: &Value, names: &mut Vec<String>) {
    let name = match value {
        Value::String(name) => Some(name.as_str()),
        Value::Object(object) => {
            object.get("type").or_else(|| object.get("name")).and_then(Value::as_str)
        }
        _ => None,
    };
    if let Some(name) = name.map(str::trim).filter(|name| !name.is_empty())
        && !names.iter().any(|there| there == name)
    {
        names.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_license_is_read() {
        for (json, expected) in [
            (r#""MIT""#, vec!["MIT"]),
            (r#""(MIT OR Apache-2.0)""#, vec!["(MIT OR Apache-2.0)"]),
            (r#"{"type": "ISC", "url": "https://example.com"}"#, vec!["ISC"]),
            (r#"[{"type": "MIT"}, {"type": "Apache2"}, "MIT"]"#, vec!["MIT", "Apache2"]),
            (r#""""#, vec![]),
            ("[1, null, {}]", vec![]),
            ("false", vec![]),
        ] {
            let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
            assert_eq!(licenses(Some(&raw)), expected, "{json}");
        }
    }
}
