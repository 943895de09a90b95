//! The program as a user runs it: images in, reports and exit codes out.

mod bad_input;
mod corpus;
mod database;
mod example;
mod explain;
mod gate;
mod handmade;
mod history;
mod hostile;
mod registry;
mod rootfs;
mod settings;
mod support;
mod usage;
