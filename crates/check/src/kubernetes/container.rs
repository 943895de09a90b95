//! The containers of a pod.

use super::manifest::Pod;
use crate::tree::{Entry, Node};
use lazaret_core::location::LineRange;
use std::fmt;

/// What a container is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is what the pod is there for.
    Main,
    /// It runs before the others do.
    Init,
    /// It was put into a running pod to look around.
    Ephemeral,
}

/// A container of a pod.
#[derive(Clone, Copy, Debug)]
pub struct Container<'m> {
    /// The pod it is in.
    pub pod: Pod<'m>,
    /// What it is for.
    pub role: Role,
    /// All of it.
    pub node: &'m Node,
}

/// Values of a security context that a container takes over from its pod where it says nothing.
const INHERITED: [&str; 6] = [
    "runAsGroup",
    "runAsNonRoot",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
    "windowsOptions",
];

/// Inherited too, but later than the others came (Kubernetes 1.30).
const INHERITED_SINCE_1_30: &str = "appArmorProfile";

impl<'m> Container<'m> {
    /// The containers of a pod.
    pub(super) fn all(pod: Pod<'m>) -> impl Iterator<Item = Self> {
        let places = [
            ("initContainers", Role::Init),
            ("containers", Role::Main),
            ("ephemeralContainers", Role::Ephemeral),
        ];
        places.into_iter().flat_map(move |(place, role)| {
            let nodes = pod.spec.get(place).map_or(&[][..], Node::items);
            nodes.iter().filter(|node| node.is_map()).map(move |node| Self { pod, role, node })
        })
    }

    /// Its name.
    pub fn name(self) -> &'m str {
        self.node.text_at(&["name"]).unwrap_or_default()
    }

    /// The image it runs.
    pub fn image(self) -> Option<&'m Node> {
        self.node.get("image")
    }

    /// The lines it stands on.
    pub fn lines(self) -> LineRange {
        self.node.lines
    }

    /// A value of its security context, or of its pod's where containers take that over.
    pub fn context(self, name: &str) -> Option<&'m Node> {
        let own = self.own_context(name);
        let is_inherited = INHERITED.contains(&name) || name == INHERITED_SINCE_1_30;
        own.or_else(|| is_inherited.then(|| self.pod.context(name)).flatten())
    }

    /// A value of its own security context.
    pub fn own_context(self, name: &str) -> Option<&'m Node> {
        self.node.at(&["securityContext", name])
    }

    /// The capabilities it adds or drops (`add`, `drop`).
    pub fn capabilities(self, how: &str) -> impl Iterator<Item = (&'m str, LineRange)> {
        let list = self.node.at(&["securityContext", "capabilities", how]);
        list.map_or(&[][..], Node::items)
            .iter()
            .filter_map(|node| Some((capability(node.text()?), node.lines)))
    }

    /// Whether it drops a capability, alone or with all others.
    pub fn drops(self, name: &str) -> bool {
        self.capabilities("drop").any(|(dropped, _)| is_all(dropped) || dropped == name)
    }

    /// The environment variables it sets.
    pub fn env(self) -> &'m [Node] {
        self.node.get("env").map_or(&[], Node::items)
    }

    /// The ports it declares.
    pub fn ports(self) -> &'m [Node] {
        self.node.get("ports").map_or(&[], Node::items)
    }

    /// A limit or request: `resource("limits", "memory")`.
    pub fn resource(self, how: &str, what: &str) -> Option<&'m Entry> {
        self.node.at(&["resources", how])?.entry(what)
    }

    /// Whether it keeps running beside the others and so needs all they need: it is a main one, or
    /// an init container that is restarted (a sidecar).
    pub fn is_service(self) -> bool {
        let is_sidecar =
            self.role == Role::Init && self.node.text_at(&["restartPolicy"]) == Some("Always");
        !self.pod.is_job() && (self.role == Role::Main || is_sidecar)
    }
}

/// A capability's name without the prefix some write.
pub(super) fn capability(name: &str) -> &str {
    name.strip_prefix("CAP_").unwrap_or(name)
}

/// Whether a capability's name stands for all of them.
pub(super) fn is_all(name: &str) -> bool {
    name.eq_ignore_ascii_case("all")
}

impl fmt::Display for Container<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match self.role {
            Role::Main => "container",
            Role::Init => "init container",
            Role::Ephemeral => "ephemeral container",
        };
        match self.name() {
            "" => write!(f, "a {role} of {}", self.pod),
            name => write!(f, "{role} `{name}` of {}", self.pod),
        }
    }
}
