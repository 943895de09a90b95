//! Maven project files as they are written, before anything is inherited or filled in.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One project file (<https://maven.apache.org/pom.html>). Values may hold `${NAME}`, which the
/// project, one of its parents or nobody in the image fills in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MavenProject {
    /// The group; that of the parent where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The name within the group.
    pub artifact: String,
    /// The version; that of the parent where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it inherits from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<MavenParent>,
    /// What `${NAME}` stands for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// Versions and scopes for whoever depends on these (`dependencyManagement`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed: Vec<MavenDependency>,
    /// What it depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<MavenDependency>,
    /// License names as declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
}

/// The parent of a project file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MavenParent {
    /// Its group.
    pub group: String,
    /// Its name within the group.
    pub artifact: String,
    /// Its version.
    pub version: String,
    /// Where it is looked for first, relative to the folder of the child: a file, or a folder with
    /// a `pom.xml`. Empty if it is nowhere beside the child.
    pub relative_path: String,
}

/// A dependency of a project file, or what is said for those who have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MavenDependency {
    /// Its group.
    pub group: String,
    /// Its name within the group.
    pub artifact: String,
    /// Its version, or a range such as `[1.0,2.0)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `compile`, `runtime`, `provided`, `system`, `test` or `import`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whether those who depend on the project can do without.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_optional: bool,
    /// The line of its version, or else that of its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}
