//! The truth about a whole image.

use crate::location::Location;
use crate::package::{Package, PackageId};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// The operating system of an image, from os-release or its older relatives.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Os {
    /// `ID` of os-release, lower case: `alpine`, `debian`, `ubuntu` …
    pub id: String,
    /// `VERSION_ID`; absent on rolling releases such as Debian unstable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `VERSION_CODENAME`, or the codename in an older file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codename: Option<String>,
    /// `PRETTY_NAME`, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretty_name: Option<String>,
    /// `ID_LIKE`: the distributions it descends from, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_like: Vec<String>,
}

/// The operating system and where that is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OsFound {
    /// What the file says.
    #[serde(flatten)]
    pub os: Os,
    /// The file.
    pub location: Location,
}

/// How two packages hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// The first package's files hold the second: a distribution's package of a Python module.
    Owns,
    /// The first package needs the second.
    DependsOn,
}

/// A directed edge between two packages of one inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Relation {
    /// The package the edge starts at.
    pub from: PackageId,
    /// The package it points to.
    pub to: PackageId,
    /// What the edge says.
    pub kind: RelationKind,
}

/// Everything an image holds, as its user would see it when it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The operating system; absent in images without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<OsFound>,
    /// Packages, sorted by ecosystem, name, version and place.
    pub packages: Vec<Package>,
    /// Edges between packages, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// What could not be read, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl Inventory {
    /// The package an id stands for, if it is of this inventory.
    pub fn package(&self, id: PackageId) -> Option<&Package> {
        self.packages.get(id.index())
    }
}
