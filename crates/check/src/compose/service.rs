//! The services of a Compose file.

use crate::tree::{Node, Value};
use lazaret_core::location::LineRange;
use std::fmt;

/// A Compose file.
#[derive(Debug)]
pub struct Compose {
    /// All of it.
    pub node: Node,
}

/// A service of a Compose file.
#[derive(Clone, Copy, Debug)]
pub struct Service<'c> {
    /// Its name.
    pub name: &'c str,
    /// All of it.
    pub node: &'c Node,
    /// From its name to its end.
    pub lines: LineRange,
}

/// A port that a service publishes.
#[derive(Clone, Copy, Debug)]
pub struct Port<'c> {
    /// The address of the host it is published on; all, where there is none.
    pub address: Option<&'c str>,
    /// The port in the container; the first, where it is a range.
    pub target: Option<u16>,
    /// Whether it is known to be published on the host.
    pub is_published: bool,
    /// The lines that say so.
    pub lines: LineRange,
}

impl Compose {
    /// Its services. Fragments that begin with `x-` are none.
    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        let services = self.node.get("services").map_or(&[][..], Node::entries);
        services.iter().filter(|entry| entry.value.is_map()).map(|entry| Service {
            name: &entry.key,
            node: &entry.value,
            lines: entry.lines,
        })
    }
}

impl<'c> Service<'c> {
    /// A value of it.
    pub fn get(self, name: &str) -> Option<&'c Node> {
        self.node.get(name)
    }

    /// Whether a switch is on; some write it as a text.
    pub fn is_on(self, name: &str) -> Option<&'c Node> {
        self.get(name).filter(|node| node.is_true() || node.text() == Some("true"))
    }

    /// The texts of a list.
    pub fn list(self, name: &str) -> &'c [Node] {
        self.get(name).map_or(&[], Node::items)
    }

    /// Its environment, of both forms: name, value if it has one, and lines.
    pub fn environment(self) -> Vec<(&'c str, Option<String>, LineRange)> {
        let Some(node) = self.get("environment") else { return Vec::new() };
        let mut variables = Vec::new();
        for entry in node.entries() {
            let value = match &entry.value.value {
                Value::Text(text) => Some(text.clone()),
                Value::Integer(number) => Some(number.to_string()),
                Value::Bool(value) => Some(value.to_string()),
                _ => None,
            };
            variables.push((entry.key.as_str(), value, entry.lines));
        }
        for item in node.items() {
            if let Some(text) = item.text() {
                let (name, value) = match text.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_owned())),
                    None => (text, None),
                };
                variables.push((name, value, item.lines));
            }
        }
        variables
    }

    /// The folders and files of the host it mounts: source, target and lines.
    pub fn binds(self) -> Vec<(&'c str, &'c str, LineRange)> {
        let mut binds = Vec::new();
        for volume in self.list("volumes") {
            if let Some(text) = volume.text() {
                let mut parts = text.split(':');
                let source = parts.next().unwrap_or_default();
                let is_path = source.starts_with(['/', '.', '~', '$']);
                if let Some(target) = parts.next().filter(|_| is_path) {
                    binds.push((source, target, volume.lines));
                }
            } else if volume.text_at(&["type"]) == Some("bind") {
                let text = |name| volume.text_at(&[name]).unwrap_or_default();
                binds.push((text("source"), text("target"), volume.lines));
            }
        }
        binds
    }

    /// The ports it publishes.
    pub fn ports(self) -> Vec<Port<'c>> {
        self.list("ports").iter().map(port).collect()
    }

    /// Its image.
    pub fn image(self) -> Option<&'c Node> {
        self.get("image")
    }
}

/// Reads a port in the short form, `[HOST:]CONTAINER[/PROTOCOL]`, or as a table.
fn port(node: &Node) -> Port<'_> {
    let number = |text: &str| text.split('-').next().and_then(|first| first.parse().ok());
    let lines = node.lines;
    match &node.value {
        Value::Text(text) => {
            let ports = text.split('/').next().unwrap_or(text);
            let (host, target) = match ports.rsplit_once(':') {
                Some((host, target)) => (Some(host), target),
                None => (None, ports),
            };
            let address = host.and_then(|host| {
                let (address, _) = host.rsplit_once(':')?;
                Some(address.trim_matches(['[', ']']))
            });
            Port { address, target: number(target), is_published: true, lines }
        }
        Value::Integer(target) => {
            let target = u16::try_from(*target).ok();
            Port { address: None, target, is_published: true, lines }
        }
        _ => Port {
            address: node.text_at(&["host_ip"]),
            target: node.get("target").and_then(Node::integer).and_then(|n| u16::try_from(n).ok()),
            is_published: node.get("published").is_some(),
            lines,
        },
    }
}

impl fmt::Display for Service<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service `{}`", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_and_the_long_form_are_the_same() {
        let text = "services:\n  a:\n    ports:\n      - \"80:8080/tcp\"\n      - 127.0.0.1:5432:5432\n      \
                    - {target: 6379, host_ip: \"127.0.0.1\", published: 6379}\n      - 3000-3005\n    \
                    environment: [A=1, B]\n    volumes: [\"./x:/y:ro\", \"v:/z\", {type: bind, source: /s, target: /t}]\n";
        let compose = Compose { node: crate::tree::read(text).0.remove(0) };
        let service = compose.services().next().unwrap();
        let ports: Vec<_> = service.ports().iter().map(|p| (p.address, p.target)).collect();
        assert_eq!(
            ports,
            [
                (None, Some(8080)),
                (Some("127.0.0.1"), Some(5432)),
                (Some("127.0.0.1"), Some(6379)),
                (None, Some(3000))
            ]
        );
        let environment = service.environment();
        assert_eq!(environment[0].1.as_deref(), Some("1"));
        assert_eq!(environment[1].1, None);
        let binds: Vec<_> = service.binds().iter().map(|bind| (bind.0, bind.1)).collect();
        assert_eq!(binds, [("./x", "/y"), ("/s", "/t")]);
    }
}
