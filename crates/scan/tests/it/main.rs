//! The pipeline on images written by the test kit, from archives as a user would give them.

mod attached;
mod binaries;
mod bounds;
mod cache;
mod java;
mod langmix;
mod links;
mod places;
mod programs;
mod rpm;
mod scope;
mod squash;
mod support;
