//! Rules in Rego: what they are asked, and what becomes of their answers.
//!
//! Trivy's `--ignore-policy` is an [`IgnorePolicy`]; a rule of a policy file may hold a module of its
//! own. What cannot be answered, because a module fails, gives something else than an answer or
//! takes too long, makes the whole verdict incomplete: nobody knows what it would have said.

mod code;
mod ignore;
mod reply;
mod session;
mod vector;

pub(crate) use code::Code;
pub use ignore::IgnorePolicy;
pub(crate) use reply::Reply;
pub(crate) use session::{IGNORE_POLICY, Session};

use lazaret_core::finding::Finding;
use lazaret_core::image::Image;
use lazaret_core::inventory::Inventory;

/// How a finding looks as JSON.
pub type View = fn(&Image, &Inventory, &Finding) -> serde_json::Value;
