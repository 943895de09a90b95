//! Packages and applications of Erlang, Elixir and Gleam.

mod app;
mod gleam_manifest;
mod mix_lock;
mod rebar_lock;
mod term;

pub(crate) use app::APP;
pub(crate) use gleam_manifest::GLEAM_MANIFEST;
pub(crate) use mix_lock::MIX_LOCK;
pub(crate) use rebar_lock::REBAR_LOCK;
