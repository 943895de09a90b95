//! The program as a user runs it: images in, reports and exit codes out.

mod artifact;
mod bad_input;
mod corpus;
mod database;
mod enrichment;
mod example;
mod explain;
mod foreign;
mod gate;
mod gate_flags;
mod handmade;
mod history;
mod hostile;
mod policy;
mod proxy;
mod registry;
mod rootfs;
mod settings;
mod support;
mod update;
mod update_faults;
mod usage;
mod vex_sources;
