//! The policy crate from outside: one program, so that it is linked once.

mod cases;
mod change;
mod ignore_files;
mod many;
mod policy_files;
mod recipe;
mod rego;
mod schema;
mod speed;
mod vex;
mod vexhub;
