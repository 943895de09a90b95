//! Terraform's functions, those that configurations of container services use on what is known.

use super::evaluate::text_of;
use crate::tree::{Node, Value};
use std::collections::BTreeMap;

/// What a function comes to. One that is not here, or is not sure, is unknown.
///
/// `jsonencode` gives its argument as it is, with the lines and the unknown parts it has: rules
/// that look into an encoded text take either.
pub(super) fn call(name: &str, mut arguments: Vec<Node>) -> Value {
    match name {
        "coalesce" | "try" => {
            let first = arguments.into_iter().find(|argument| match &argument.value {
                Value::Null => false,
                Value::Text(text) => name == "try" || !text.is_empty(),
                _ => true,
            });
            return first.map_or(Value::Unknown, |first| first.value);
        }
        "concat" => {
            let mut items = Vec::new();
            for argument in arguments {
                match argument.value {
                    Value::List(more) => items.extend(more),
                    _ => return Value::Unknown,
                }
            }
            return Value::List(items);
        }
        "merge" => {
            let mut entries = BTreeMap::new();
            for argument in arguments {
                let Value::Map(more) = argument.value else { return Value::Unknown };
                entries.extend(more.into_iter().map(|entry| (entry.key.clone(), entry)));
            }
            return Value::Map(entries.into_values().collect());
        }
        "lookup" => {
            let [table, key, ..] = arguments.as_slice() else { return Value::Unknown };
            let (true, Some(key)) = (table.is_map(), key.text()) else { return Value::Unknown };
            let found = table.get(key).or_else(|| arguments.get(2));
            return found.map_or(Value::Unknown, |found| found.value.clone());
        }
        "join" => {
            let [separator, list] = arguments.as_slice() else { return Value::Unknown };
            let texts: Option<Vec<String>> = list.items().iter().map(text_of).collect();
            let (Some(separator), Value::List(_), Some(texts)) =
                (separator.text(), &list.value, texts)
            else {
                return Value::Unknown;
            };
            return Value::Text(texts.join(separator));
        }
        _ => {}
    }
    if arguments.len() != 1 {
        return Value::Unknown;
    }
    let Some(argument) = arguments.pop() else { return Value::Unknown };
    let text = || text_of(&argument);
    match name {
        "jsonencode" | "sensitive" | "nonsensitive" | "tolist" | "toset" | "tomap" => {
            argument.value
        }
        "tostring" => text().map_or(Value::Unknown, Value::Text),
        "tobool" => match text().as_deref() {
            Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            _ => Value::Unknown,
        },
        "tonumber" => text().and_then(|t| t.parse().ok()).map_or(Value::Unknown, Value::Integer),
        "lower" => text().map_or(Value::Unknown, |text| Value::Text(text.to_lowercase())),
        "upper" => text().map_or(Value::Unknown, |text| Value::Text(text.to_uppercase())),
        "trimspace" => text().map_or(Value::Unknown, |text| Value::Text(text.trim().to_owned())),
        "length" => {
            let length = match &argument.value {
                Value::List(items) => items.len(),
                Value::Map(entries) => entries.len(),
                Value::Text(text) => text.chars().count(),
                _ => return Value::Unknown,
            };
            i64::try_from(length).map_or(Value::Unknown, Value::Integer)
        }
        _ => Value::Unknown,
    }
}
