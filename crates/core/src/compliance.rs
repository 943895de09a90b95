//! What was found of a catalog of controls, passed ones included.

use crate::severity::Severity;
use serde::{Deserialize, Serialize};

/// What was found of every control of a specification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compliance {
    /// The specification's name, such as `docker-cis`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its version, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Its controls, in its order.
    pub controls: Vec<Control>,
}

/// What was found of one control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Its number, such as `4.1`.
    pub id: String,
    /// What is asked for.
    pub name: String,
    /// How bad it is not to do it.
    pub severity: Severity,
    /// Whether it is done.
    pub status: ControlStatus,
    /// Rules that speak for it and had something to look at, by their own ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// How many images or files they looked at; of several rules the most.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub looked_at: u32,
    /// What speaks against it: positions in the report's findings, in their order. A finding that is
    /// accepted is among them, and does not make the control fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<u32>,
}

/// What is known of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControlStatus {
    /// Something that speaks for it was looked at, and nothing that counts speaks against it.
    Pass,
    /// Something speaks against it.
    Fail,
    /// No program can tell: it is for people to say.
    Manual,
    /// Rules could tell, but they were not asked, or there was nothing for them to look at.
    NotChecked,
}

impl ControlStatus {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Manual => "manual",
            Self::NotChecked => "not checked",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over as it is")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
