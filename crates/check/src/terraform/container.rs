//! The containers that task definitions carry, as a text or as what is encoded to one.

use super::block::{Block, Configuration, Found};
use crate::tree::{self, Node};

/// A value that is a text of JSON, read; or the value that would be encoded to one.
pub(super) fn decoded(node: &Node) -> Option<Node> {
    let Some(text) = node.text() else { return Some(node.clone()) };
    let (mut documents, error) = tree::read(text);
    if error.is_some() || documents.len() != 1 {
        return None;
    }
    let mut read = documents.pop()?;
    // Lines within the text are not lines of the file.
    place(&mut read, node);
    Some(read)
}

fn place(read: &mut Node, at: &Node) {
    read.lines = at.lines;
    match &mut read.value {
        tree::Value::List(items) => items.iter_mut().for_each(|item| place(item, at)),
        tree::Value::Map(entries) => {
            for entry in entries {
                entry.lines = at.lines;
                place(&mut entry.value, at);
            }
        }
        _ => {}
    }
}

/// The containers of the ECS tasks of a file, each with its task.
pub(super) fn ecs(configuration: &Configuration) -> Vec<(&Block, Node)> {
    let mut containers = Vec::new();
    for task in configuration.resources("aws_ecs_task_definition") {
        let Found::Known(node) = task.find(&["container_definitions"]) else { continue };
        let Some(list) = decoded(node) else { continue };
        containers.extend(list.items().iter().filter(|c| c.is_map()).map(|c| (task, c.clone())));
    }
    containers
}

/// The name of a container.
pub(super) fn name(container: &Node) -> &str {
    container.text_at(&["name"]).unwrap_or("without a name")
}
