//! What every format says of one component, and who is told of it.

use lazaret_core::package::SourcePackage;

/// Licenses of one component. More than a few are a mistake.
const LICENSES_MAX: usize = 50;

/// Longest license, in bytes: an expression of names. Whole texts are none.
const LICENSE_BYTES_MAX: usize = 1_024;

/// Properties of one component, and places of it. An image of a thousand layers has some thousands.
const PROPERTIES_MAX: usize = 20_000;

/// What a component is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// A package, or something that may be one.
    #[default]
    Package,
    /// An operating system.
    Os,
    /// An application: a package if it has a package url, else a file that lists packages.
    Application,
    /// A file.
    File,
    /// Anything that is no software: an image, a device, data.
    Other,
}

/// How two elements of a document hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// The first needs the second.
    Needs,
    /// The first holds the second.
    Contains,
}

/// One component as a document has it.
#[derive(Debug, Default)]
pub(super) struct Component {
    /// What the document itself calls it.
    pub(super) reference: String,
    /// What it is.
    pub(super) kind: Kind,
    /// Whether the document is about it.
    pub(super) is_subject: bool,
    /// The namespace of its name, where the format has one.
    pub(super) group: String,
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// Its package url.
    pub(super) purl: Option<String>,
    /// Its licenses.
    pub(super) licenses: Vec<String>,
    /// Its source package, where a field of the format says it.
    pub(super) source: Option<SourcePackage>,
    /// Who supplies it.
    pub(super) supplier: Option<String>,
    /// The files it was found in, as written.
    pub(super) places: Vec<String>,
    /// What the format has no field for, by name.
    pub(super) properties: Vec<(String, String)>,
}

impl Component {
    /// Adds a license, unless it says that nothing is known, or is one already.
    pub(super) fn license(&mut self, license: &str) {
        let license = license.trim();
        if said(license).is_some()
            && license.len() <= LICENSE_BYTES_MAX
            && self.licenses.len() < LICENSES_MAX
            && !self.licenses.iter().any(|known| known == license)
        {
            self.licenses.push(license.to_owned());
        }
    }

    /// Adds a property.
    pub(super) fn property(&mut self, name: impl Into<String>, value: impl Into<String>) {
        if self.properties.len() < PROPERTIES_MAX {
            self.properties.push((name.into(), value.into()));
        }
    }

    /// Adds a place.
    pub(super) fn place(&mut self, path: impl Into<String>) {
        if self.places.len() < PROPERTIES_MAX {
            self.places.push(path.into());
        }
    }

    /// The value of a property.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

/// A text, unless it says that nothing is known.
pub(super) fn said(text: &str) -> Option<&str> {
    let text = text.trim();
    (!matches!(text, "" | "NOASSERTION" | "NONE")).then_some(text)
}

/// Who is told what a document says.
pub(super) trait Take {
    /// A component.
    fn component(&mut self, component: Component);
    /// Two elements hang together; both by what the document calls them.
    fn relation(&mut self, from: &str, edge: Edge, to: &str);
    /// What the document says of itself and has no field for.
    fn property(&mut self, name: &str, value: &str);
    /// Where the document says statements about exploitability are, in formats that can.
    fn statements(&mut self, addresses: Vec<String>) {
        drop(addresses);
    }
}
