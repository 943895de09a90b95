//! May this image pass?

use serde::{Deserialize, Serialize};

/// What a verdict, or one rule of it, comes to.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing to object to.
    #[default]
    Pass,
    /// Something to look at, which does not stop the image.
    Warn,
    /// The question could not be answered: something that the rule needs was not scanned.
    Incomplete,
    /// The image may not pass.
    Fail,
}

/// What one rule decided, and on what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The rule's id, such as `fail-on:HIGH`.
    pub rule: String,
    /// What it came to.
    pub effect: Effect,
    /// In words.
    pub message: String,
    /// Positions of the findings it rests on, in the report's list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<u32>,
}

/// The answer, and the decisions that led there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The worst effect of all decisions.
    pub effect: Effect,
    /// Every decision, in the order of the policy's rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
}
