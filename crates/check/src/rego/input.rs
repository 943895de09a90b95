//! What rules in Rego see of a file: the values Trivy shows them, with `__defsec_metadata` in every
//! map, from which a hit has its lines. Dockerfiles have a form of their own:
//! `{"Stages": [{"Name", "Commands": [{"Cmd", "Value", "Flags", "StartLine", "EndLine", …}]}]}`.

mod dockerfile;

pub use dockerfile::dockerfile;

use crate::kubernetes::Manifest;
use crate::terraform::{Block, Configuration};
use crate::tree::{Entry, Node, Value};
use lazaret_core::location::LineRange;
use serde_json::{Map, Value as Json, json};

/// The objects of a file of manifests, each an input of its own.
pub fn kubernetes(manifest: &Manifest, path: &str) -> Vec<Json> {
    manifest.objects.iter().map(|object| value(&object.node, path)).collect()
}

/// The documents of a YAML or JSON file, each an input of its own.
pub fn documents(documents: &[Node], path: &str) -> Vec<Json> {
    documents.iter().map(|document| value(document, path)).collect()
}

/// The files of a Terraform folder, given as path and blocks, as `terraform-raw`.
///
/// Nested blocks are among `children`, and among `attributes` too: in JSON the two look alike.
pub fn terraform(files: &[(&str, &Configuration)]) -> Json {
    let mut blocks = Vec::new();
    for (path, configuration) in files {
        blocks.extend(configuration.blocks.iter().map(|b| block(b, path)));
    }
    json!({ "modules": [{ "root_path": ".", "module_path": ".", "blocks": blocks }] })
}

/// A value; an unknown one is left out of maps and lists.
fn value(node: &Node, path: &str) -> Json {
    match &node.value {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::List(items) => {
            let known = items.iter().filter(|item| !item.is_unknown());
            Json::Array(known.map(|item| value(item, path)).collect())
        }
        Value::Map(entries) => {
            let mut map = Map::new();
            for entry in entries.iter().filter(|entry| !entry.value.is_unknown()) {
                map.insert(entry.key.clone(), value(&entry.value, path));
            }
            map.insert("__defsec_metadata".to_owned(), metadata(node.lines, path));
            Json::Object(map)
        }
    }
}

fn metadata(lines: LineRange, path: &str) -> Json {
    json!({
        "startline": lines.start,
        "endline": lines.end,
        "filepath": path,
        "managed": true,
        "explicit": true,
    })
}

fn block(block: &Block, path: &str) -> Json {
    let mut json = children(&block.body, path);
    let mut own = metadata(block.lines, path);
    if let (Json::Object(map), Json::Object(own)) = (&mut json, &mut own) {
        own.insert("resource".to_owned(), Json::from(block.labels.join(".")));
        map.insert("kind".to_owned(), Json::from(block.kind.as_str()));
        map.insert("type".to_owned(), Json::from(block.labels.first().map_or("", String::as_str)));
        map.insert("name".to_owned(), Json::from(block.labels.last().map_or("", String::as_str)));
    }
    if let Json::Object(map) = &mut json {
        map.insert("__defsec_metadata".to_owned(), own);
    }
    json
}

/// A body as attributes and child blocks.
fn children(body: &Node, path: &str) -> Json {
    let mut attributes = Map::new();
    let mut blocks = Vec::new();
    for entry in body.entries() {
        for item in entry.value.items().iter().filter(|item| item.is_map()) {
            let mut child = children(item, path);
            if let Json::Object(map) = &mut child {
                map.insert("name".to_owned(), Json::from(entry.key.as_str()));
                map.insert("__defsec_metadata".to_owned(), metadata(item.lines, path));
            }
            blocks.push(child);
        }
        attributes.insert(entry.key.clone(), attribute(entry, path));
    }
    json!({ "attributes": attributes, "children": blocks })
}

fn attribute(entry: &Entry, path: &str) -> Json {
    json!({
        "name": entry.key,
        "known": !entry.value.is_unknown(),
        "value": value(&entry.value, path),
        "__defsec_metadata": metadata(entry.lines, path),
    })
}
