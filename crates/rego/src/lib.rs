//! Rego with bounds: the one engine that rules of one's own run in.
//!
//! [`Rego`] takes modules in the syntax of today and in that of before OPA 1.0, and answers rules of
//! them. Nothing in it reaches the network, the environment or a clock: what day it is, is said by
//! the caller ([`Rego::set_now`]), and nothing is left to chance. A module is bounded in size, what
//! it builds at once is bounded in number, and every question in time, so that a rule that does not
//! end is an error like any other. Rules that call themselves, through others or not, are refused.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]
#![warn(missing_docs)]

mod builtin;
mod calls;
mod depth;
mod engine;
mod layout;
mod reference;

pub use engine::{Budget, Function, Rego, RegoError};
pub use regorus::Value;
