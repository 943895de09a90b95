//! What a role permits.

use super::manifest::{Manifest, Object};
use crate::rule::Hits;
use crate::tree::Node;
use lazaret_core::location::LineRange;

/// One of the rules of a role.
#[derive(Clone, Copy)]
pub(super) struct Permission<'m> {
    /// The role.
    pub(super) role: &'m Object,
    node: &'m Node,
}

/// Verbs that change something.
pub(super) const CHANGE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// Verbs that read something, change it or act as it.
const ANY: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
];

impl<'m> Permission<'m> {
    /// What the roles of a file permit, rule by rule.
    pub(super) fn all(manifest: &'m Manifest) -> impl Iterator<Item = Self> {
        manifest.objects.iter().filter(|object| object.is_role()).flat_map(|role| {
            let rules = role.at(&["rules"]).map_or(&[][..], Node::items);
            rules.iter().map(move |node| Self { role, node })
        })
    }

    /// Tells of every role of this kind that permits something with secrets.
    pub(super) fn of_secrets(manifest: &'m Manifest, kind: &str, hits: &mut Hits<'_>) {
        for permission in Self::all(manifest) {
            if permission.role.kind() == kind
                && permission.names(&["secrets"])
                && permission.permits(ANY)
            {
                hits.at(permission.lines(), format!("{} gives access to secrets", permission.role));
            }
        }
    }

    /// The lines it stands on.
    pub(super) fn lines(self) -> LineRange {
        self.node.lines
    }

    /// Whether it names the resource; a wildcard is another rule's concern.
    pub(super) fn names(self, resources: &[&str]) -> bool {
        self.has("resources", resources)
    }

    /// Whether it is about all resources.
    pub(super) fn is_about_all(self) -> bool {
        self.has("resources", &["*"])
    }

    /// Whether it permits one of the verbs, by name or by wildcard.
    pub(super) fn permits(self, verbs: &[&str]) -> bool {
        self.permits_all() || self.has("verbs", verbs)
    }

    /// Whether it permits all verbs.
    pub(super) fn permits_all(self) -> bool {
        self.has("verbs", &["*"])
    }

    /// Whether one of `names` is among its texts of that kind.
    pub(super) fn has(self, kind: &str, names: &[&str]) -> bool {
        self.node.get(kind).is_some_and(|list| list.texts().any(|text| names.contains(&text)))
    }

    /// Whether it is about a few objects only, by name.
    pub(super) fn is_limited(self) -> bool {
        self.node.get("resourceNames").is_some_and(|names| !names.is_empty())
    }
}

/// The subjects of a binding: kind, name and the whole.
pub(super) fn subjects(binding: &Object) -> impl Iterator<Item = (&str, &str, &Node)> {
    let subjects = binding.at(&["subjects"]).map_or(&[][..], Node::items);
    subjects.iter().map(|subject| {
        let text = |key| subject.text_at(&[key]).unwrap_or_default();
        (text("kind"), text("name"), subject)
    })
}
