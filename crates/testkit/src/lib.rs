//! Recipes for layers and images, for tests, the shipped example and the benchmark harness.
//!
//! It writes tar archives, OCI layouts and `docker save` files with code of its own, sharing none
//! with the crates under test, so that it is an independent check on them.
//!
//! ```
//! use lazaret_testkit::{Image, Layer};
//!
//! let base = Layer::new("ADD rootfs.tar /").file("etc/os-release", "ID=alpine\n");
//! let next = Layer::new("RUN rm /etc/os-release").whiteout("etc/os-release");
//! let image = Image::new("example:1").layer(base).layer(next);
//! assert!(image.docker_archive().len() > 2048);
//! ```

mod flatten;
mod image;
mod layer;
mod recipe;
pub mod registry;
mod tar;
pub mod web;

pub use flatten::flatten;
pub use image::{Compression, Image};
pub use layer::{Entry, Layer};
pub use recipe::{RecipeError, parse as parse_recipe};
