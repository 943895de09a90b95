//! Local images: layouts, archives and root file systems, hand-made and from the corpus.

mod archive;
mod base;
mod corpus;
mod docker;
mod kit;
mod layout;
mod rootfs;
