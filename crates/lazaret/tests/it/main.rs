//! The program as a user runs it: images in, reports and exit codes out.

mod bad_input;
mod corpus;
mod database;
mod enrichment;
mod example;
mod gate;
mod handmade;
mod hostile;
mod registry;
mod rootfs;
mod settings;
mod support;
mod usage;
