//! The objects of a file, and the pods some of them make.

use super::container::Container;
use crate::tree::{Node, Value};
use lazaret_core::location::LineRange;
use std::fmt;

/// Lists in lists: none of them is real.
const LIST_DEPTH_MAX: usize = 8;

/// The objects of one file.
#[derive(Debug, Default)]
pub struct Manifest {
    /// In the order of the file; lists are taken apart.
    pub objects: Vec<Object>,
}

/// An object of the Kubernetes API.
#[derive(Debug)]
pub struct Object {
    /// All of it.
    pub node: Node,
}

/// A pod, or the template of one.
#[derive(Clone, Copy, Debug)]
pub struct Pod<'m> {
    /// The object that makes it.
    pub object: &'m Object,
    /// The pod's metadata, not that of the object around it.
    pub metadata: Option<&'m Node>,
    /// The pod's spec.
    pub spec: &'m Node,
}

impl Manifest {
    /// The objects in documents. What has no kind is no object.
    pub fn new(documents: Vec<Node>) -> Self {
        let mut objects = Vec::new();
        for document in documents {
            collect(document, &mut objects, 0);
        }
        Self { objects }
    }

    /// The objects of a kind.
    pub fn of_kind<'m>(&'m self, kind: &'m str) -> impl Iterator<Item = &'m Object> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// The pods that the objects make.
    pub fn pods(&self) -> impl Iterator<Item = Pod<'_>> {
        self.objects.iter().filter_map(Object::pod)
    }

    /// All containers of all pods.
    pub fn containers(&self) -> impl Iterator<Item = Container<'_>> {
        self.pods().flat_map(Pod::containers)
    }
}

fn collect(mut node: Node, objects: &mut Vec<Object>, depth: usize) {
    let kind = node.text_at(&["kind"]).unwrap_or_default();
    if kind.is_empty() {
        return;
    }
    let is_list = kind.ends_with("List") && node.get("items").is_some();
    if !is_list {
        objects.push(Object { node });
        return;
    }
    if depth >= LIST_DEPTH_MAX {
        return;
    }
    if let Value::Map(entries) = &mut node.value {
        for entry in entries.drain(..).filter(|entry| entry.key == "items") {
            if let Value::List(items) = entry.value.value {
                for item in items {
                    collect(item, objects, depth.saturating_add(1));
                }
            }
        }
    }
}

impl Object {
    /// What it is, such as `Deployment`.
    pub fn kind(&self) -> &str {
        self.node.text_at(&["kind"]).unwrap_or_default()
    }

    /// The API it is of, such as `apps/v1`.
    pub fn api_version(&self) -> &str {
        self.node.text_at(&["apiVersion"]).unwrap_or_default()
    }

    /// Its name; empty where it has none.
    pub fn name(&self) -> &str {
        self.node
            .text_at(&["metadata", "name"])
            .or_else(|| self.node.text_at(&["metadata", "generateName"]))
            .unwrap_or_default()
    }

    /// The namespace it is put in, where it says so.
    pub fn namespace(&self) -> Option<&str> {
        self.node.text_at(&["metadata", "namespace"])
    }

    /// The value at a path of names.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        self.node.at(path)
    }

    /// The lines it stands on.
    pub fn lines(&self) -> LineRange {
        self.node.lines
    }

    /// Where to point for something it does not say: its metadata, or its first lines.
    pub fn head(&self) -> LineRange {
        let metadata = self.node.entry("metadata").map(|entry| entry.lines);
        metadata.unwrap_or(LineRange { start: self.node.lines.start, end: self.node.lines.start })
    }

    /// Whether it is a role, in a namespace or in the cluster.
    pub fn is_role(&self) -> bool {
        matches!(self.kind(), "Role" | "ClusterRole")
    }

    /// Whether it binds a role.
    pub fn is_binding(&self) -> bool {
        ["RoleBinding", "ClusterRoleBinding"]
            .iter()
            .any(|kind| self.kind().eq_ignore_ascii_case(kind))
    }

    /// The pod it makes, if it makes one.
    pub fn pod(&self) -> Option<Pod<'_>> {
        let path: &[&str] = match self.kind() {
            "Pod" => &[],
            "Deployment"
            | "DeploymentConfig"
            | "StatefulSet"
            | "DaemonSet"
            | "ReplicaSet"
            | "ReplicationController"
            | "Job" => &["spec", "template"],
            "CronJob" => &["spec", "jobTemplate", "spec", "template"],
            "PodTemplate" => &["template"],
            _ => return None,
        };
        let node = self.node.at(path)?;
        let spec = node.get("spec").filter(|spec| spec.is_map())?;
        Some(Pod { object: self, metadata: node.get("metadata"), spec })
    }
}

impl<'m> Pod<'m> {
    /// Its containers of all three kinds.
    pub fn containers(self) -> impl Iterator<Item = Container<'m>> {
        Container::all(self)
    }

    /// A value of its security context.
    pub fn context(self, name: &str) -> Option<&'m Node> {
        self.spec.at(&["securityContext", name])
    }

    /// Its volumes.
    pub fn volumes(self) -> &'m [Node] {
        self.spec.get("volumes").map_or(&[], Node::items)
    }

    /// The host paths it mounts, each with the value that says so.
    pub fn host_paths(self) -> impl Iterator<Item = (&'m str, &'m Node)> {
        self.volumes().iter().filter_map(|volume| {
            let path = volume.at(&["hostPath", "path"])?;
            Some((path.text()?, path))
        })
    }

    /// An annotation of the pod.
    pub fn annotation(self, name: &str) -> Option<&'m Node> {
        self.metadata?.at(&["annotations", name])
    }

    /// Whether it runs to an end, as jobs do.
    pub fn is_job(self) -> bool {
        matches!(self.object.kind(), "Job" | "CronJob")
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            "" => write!(f, "{} without a name", self.kind()),
            name => write!(f, "{} `{name}`", self.kind()),
        }
    }
}

impl fmt::Display for Pod<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.object.fmt(f)
    }
}
